"""Gives signed-in pages the workbench menu; built only by a page that shows it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from marketplace.workbench.menu import build


def menu(request: HttpRequest) -> dict[str, Any]:
    """`workbench_menu` for people who are signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"workbench_menu": SimpleLazyObject(lambda: build(request))}
