"""API tokens: shown once, stored as a hash."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.parties import events, queries
from marketplace.parties.models import ApiToken, User

MOST = 20
#: `last_used_at` is written at most this often.
TOUCH = timedelta(minutes=5)


@transaction.atomic
def create_token(
    user: User, *, name: str, scope: str = "read", expires_at: datetime | None = None
) -> queries.FreshToken:
    """Create a token for a person. The secret is returned and not stored.

    Raises InvalidInput for an unknown scope or a past expiry, Refused beyond MOST keys.
    """
    if scope not in ApiToken.Scope.values:
        raise InvalidInput({"scope": [_("没有这个权限范围")]})
    if expires_at is not None and expires_at <= clock.now():
        raise InvalidInput({"expires": [_("有效期须在将来")]})
    User.objects.select_for_update().get(pk=user.pk)
    if queries.tokens_of(user).count() >= MOST:
        raise Refused(_("最多 %(most)d 个令牌，请先撤销不用的") % {"most": MOST})
    secret = queries.fresh_secret()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:9],
        sha256=queries.hash_of(secret),
        scope=scope,
        expires_at=expires_at,
    )
    publish(
        events.ApiTokenCreated(subject_id=user.pk, prefix=token.prefix, scope=scope), actor=user
    )
    return queries.FreshToken(token, secret)


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: User) -> None:
    """Revoke a token. Idempotent."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        publish(events.ApiTokenRevoked(subject_id=token.user_id, prefix=token.prefix), actor=actor)


@transaction.atomic
def end_tokens(user: User) -> int:
    """Revoke all tokens of a person; return the number.

    Whoever changes a password because somebody else knows it means every door; a key that goes on
    would be the one that nobody thought of.
    """
    held = list(queries.tokens_of(user))
    for token in held:
        revoke_token(token, actor=user)
    return len(held)


def note_token_use(token: ApiToken) -> None:
    """Store when a token was last used; written at most every TOUCH."""
    at = clock.now()
    if token.last_used_at is None or at - token.last_used_at >= TOUCH:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
