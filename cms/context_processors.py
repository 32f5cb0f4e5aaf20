"""Gives every page the navigation that editors keep."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms.navigation import menus
from cms.site_tree import site_tree
from marketplace.web.navigation import footer_columns, main_links


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Replaces the product's own menus where editors have made others; asked once, when shown."""
    made = SimpleLazyObject(lambda: menus(request))
    return {
        "shell_revision": SimpleLazyObject(lambda: str(site_tree(request).stamp or "")),
        "navigation": SimpleLazyObject(lambda: made["navigation"] or main_links(request)),
        "footer_columns": SimpleLazyObject(lambda: made["footer_columns"] or footer_columns()),
    }
