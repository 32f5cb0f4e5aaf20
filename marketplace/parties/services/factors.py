"""Encryption of second factors, with keys that can be rotated."""

import base64
import hashlib
import logging

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Refused
from marketplace.parties import events
from marketplace.parties.models import User

logger = logging.getLogger(__name__)

#: Keys of allauth's data that are encrypted: the secret of an app, the seed of recovery codes.
_SECRETS = ("secret", "seed")


def encrypt(text: str) -> str:
    """Encrypt a secret with the current SECRET_KEY."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Decrypt a secret. Raises Refused when its key is no longer configured."""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        logger.warning("a second factor was encrypted with a key that is no longer known")
        raise Refused(
            _("服务器更换过密钥，无法核对您的两步验证。请联系平台运营重置两步验证后再登录。")
        ) from error


@transaction.atomic
def renew_factors() -> tuple[int, list[User]]:
    """Encrypt all secrets again with the current SECRET_KEY, so that older keys can be removed.

    Returns how many were renewed, and the people whose secret no known key opens.
    """
    renewed, unreadable = 0, []
    rows = Authenticator.objects.select_for_update(of=("self",)).select_related("user")
    for row in rows.order_by("pk"):
        try:
            fresh = {
                name: _cipher().rotate(row.data[name].encode()).decode()
                for name in _SECRETS
                if name in row.data
            }
        except InvalidToken:
            unreadable.append(row.user)
            continue
        if fresh:
            row.data = row.data | fresh
            row.save(update_fields=["data"])
            renewed += 1
    return renewed, list(dict.fromkeys(unreadable))


@transaction.atomic
def reset_factor(user: User, *, actor: Actor | None) -> int:
    """Delete a person's second factor and recovery codes; the next sign-in sets up a new one.

    For whoever has lost the phone and the codes, or whose secret cannot be read. Returns how many
    authenticators went.
    """
    gone: int = Authenticator.objects.filter(user=user).delete()[0]
    if gone:
        publish(events.SecondFactorReset(subject_id=user.pk), actor=actor)
    return gone


def _cipher() -> MultiFernet:
    """The cipher from SECRET_KEY; those of SECRET_KEY_FALLBACKS still decrypt."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"parties.mfa\0" + str(key).encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
