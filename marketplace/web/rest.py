"""RFC 9457 problems: the API says no in the same words and with the same status as a page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from rest_framework import exceptions, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from marketplace.kernel.errors import DomainError, Forbidden, InvalidInput, NotVisible, TooMany
from marketplace.web.refusals import Gone

CONTENT_TYPE = "application/problem+json"
#: What names the kind of a problem: a stable slug under this address of ours.
TYPE_ROOT = "/api/problems/"


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None (a 500) for whatever is not a refusal."""
    if isinstance(error, DomainError):
        return _refusal(_as_anonymous(error, context))
    if isinstance(error, Gone):
        return _response(_body(status.HTTP_410_GONE, "gone", str(error.text)), 410, {})
    if isinstance(error, Http404):
        return _refusal(NotVisible())
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    slug = str(getattr(error, "default_code", "error")).replace("_", "-")
    if isinstance(error, exceptions.ValidationError):
        body = _body(error.status_code, "invalid", _("填写的内容有误，请按提示修改"))
        body["errors"] = list(_field_errors(error.detail))
    else:
        body = _body(error.status_code, slug, str(error.detail))
    return _response(body, error.status_code, headers)


def _as_anonymous(error: DomainError, context: dict[str, Any]) -> Exception:
    """Forbidden means 401 as long as nobody has signed in."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if isinstance(error, Forbidden) and not (user is not None and user.is_authenticated):
        return exceptions.NotAuthenticated()
    return error


def _refusal(error: Exception) -> Response:
    if isinstance(error, exceptions.NotAuthenticated):
        body = _body(status.HTTP_401_UNAUTHORIZED, "not-authenticated", str(error.detail))
        return _response(body, status.HTTP_401_UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
    if not isinstance(error, DomainError):  # pragma: no cover -- the caller passes nothing else
        raise error
    body = _body(error.status, getattr(error, "slug", "error"), str(error.reason))
    headers = {}
    if isinstance(error, InvalidInput):
        body["errors"] = [
            {"field": name, "message": str(message)}
            for name, messages in error.errors.items()
            for message in messages
        ]
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    response = _response(body, error.status, headers)
    response.refusal = error  # type: ignore[attr-defined]
    return response


def _field_errors(detail: Any, path: str = "") -> Any:
    """DRF's nested error structure as flat {field, message} rows: `indicators.0.name`."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(part, ".".join(step for step in (path, own) if step))
    elif isinstance(detail, list):
        for number, part in enumerate(detail):
            nested = isinstance(part, dict | list)
            yield from _field_errors(part, f"{path}.{number}".lstrip(".") if nested else path)
    else:
        yield {"field": path, "message": str(detail)}


def _body(code: int, slug: str, text: str) -> dict[str, Any]:
    return {"type": f"{TYPE_ROOT}{slug}", "title": text, "status": code}


def _response(body: dict[str, Any], code: int, headers: dict[str, str]) -> Response:
    set_rollback()
    return Response(body, status=code, headers=headers, content_type=CONTENT_TYPE)


class PolicyPermission(BasePermission):
    """Asks the policies. A view names `view_permission` and per action `permissions`.

    `permissions = {"submit": "needs.submit_need"}`; no entry means seeing is enough.
    An object the person may not see is a 404, not a 403.
    """

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        seeing = getattr(view, "view_permission", None)
        if seeing and not request.user.has_perm(seeing, obj):
            raise NotVisible
        action = getattr(view, "action", None) or (request.method or "").lower()
        needed = getattr(view, "permissions", {}).get(action)
        if needed and not request.user.has_perm(needed, obj):
            raise Forbidden
        return True
