"""Bearer tokens: a read token reads, a write token writes too."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from marketplace.parties import queries

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ReadOnlyToken(PermissionDenied):
    """Somebody is known, but by a key that only reads: 403, whoever else may be signed in."""

    default_code = "read-only-token"
    default_detail = _("这个令牌只能读取，写入需要“读写”令牌")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; tokens are made on the page “账号安全”."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The token's owner, or None when no token was sent. Raises AuthenticationFailed."""
        kind, _space, raw = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        try:
            token = queries.valid_token(raw.strip().decode("ascii"))
        except UnicodeDecodeError:
            token = None
        if token is None:
            raise AuthenticationFailed(_("令牌无效或已过期"))
        if request.method not in READING and token.scope != "write":
            raise ReadOnlyToken
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF's signature
        """Makes DRF answer 401 rather than 403."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names the token."""

    target_class = "marketplace.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}
