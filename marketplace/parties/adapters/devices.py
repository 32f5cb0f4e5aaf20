"""Devices on which somebody has signed in before: a signed cookie that says for which accounts.

It opens nothing. Whoever sends it is counted apart when passwords are tried (`services.attempts`),
so that strangers who try wrong ones somewhere else do not keep the owner out.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "__Host-device" if settings.SECURE_COOKIES else "device"
_SALT = "parties.device"
_SECONDS = 180 * 24 * 3600
#: Accounts that one cookie remembers, newest first.
_MOST = 5


def known_for(request: HttpRequest, account: int | None) -> str:
    """The device's own id if this account has signed in on it, else empty."""
    if account is None:
        return ""
    held = _read(request)
    return held["id"] if account in held["accounts"] else ""


def remember(request: HttpRequest, response: HttpResponseBase, account: int) -> None:
    """Let the device be known for this account from now on."""
    held = _read(request)
    others = [one for one in held["accounts"] if one != account]
    value = {"id": held["id"] or secrets.token_urlsafe(12), "accounts": [account, *others][:_MOST]}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=_SALT),
        max_age=_SECONDS,
        httponly=True,
        secure=settings.SECURE_COOKIES,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        held: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_SECONDS
        )
    except signing.BadSignature:
        return {"id": "", "accounts": []}
    return held
