"""The number beside the bell; asked for only by a page that shows it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from marketplace.notices import queries


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: empty for nobody and nothing, a number, or `99+`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": ""}
    return {"unread_notices": SimpleLazyObject(lambda: _shown(queries.unread_count(user)))}


def _shown(count: int) -> str:
    if count >= queries.COUNTED:
        return f"{queries.COUNTED - 1}+"
    return str(count) if count else ""
