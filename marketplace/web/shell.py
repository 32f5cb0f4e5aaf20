"""Head and foot of the page as text, kept in the process for all readers who see the same.

A visitor's head depends on language, choices of looks, menus, the section and the names in the settings:
that is the key. The page's own address, which it repeats in four places, is filled in for each page. The
head of a person who signed in, and of a page of results with what was asked in its box, is drawn anew.
"""

import secrets
from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import quote

from django.template import Engine
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

#: Stand for the page's address while the head is drawn. Letters and digits alone, so that no filter
#: changes them, and unknown outside this process.
_PATH = f"path{secrets.token_hex(16)}"
_NEXT = f"next{secrets.token_hex(16)}"
#: Kept texts at most; there are some twenty for each revision of the menus.
MOST = 400

_kept: dict[Hashable, str] = {}


def header(context: Any) -> str:
    """`web/partials/header.html` for this page."""
    template = Engine.get_default().get_template("web/partials/header.html")
    user = context.get("user")
    searched = context.get("search_text") or context.get("search_scope")
    revision = context.get("shell_revision")
    if searched or not revision or user is None or user.is_authenticated:
        return str(template.render(context))
    site, preferences = context["site"], context["preferences"]
    login_next = site["login_next"]
    key = (
        *("header", str(revision), get_language(), preferences.theme, preferences.size),
        *(bool(login_next), bool(context.get("hide_head_search")), site["names"]),
        tuple(link.current for link in context["navigation"]),
    )

    def draw() -> str:
        stand_in = {**site, "path": _PATH, "login_next": _NEXT if login_next else ""}
        with context.push(site=stand_in):
            return str(template.render(context))

    address = quote(login_next)
    html = once(key, draw).replace(_PATH, escape(site["path"])).replace(_NEXT, escape(address))
    return mark_safe(html)  # noqa: S308 -- a rendered template with escaped addresses


def footer(context: Any) -> str:
    """`web/partials/footer.html`, the same for every reader of a language."""
    template = Engine.get_default().get_template("web/partials/footer.html")
    revision = context.get("shell_revision")
    if not revision:
        return str(template.render(context))
    key = ("footer", str(revision), get_language(), context["site"]["names"])
    return SafeString(once(key, lambda: str(template.render(context))))


def once(key: Hashable, draw: Callable[[], str]) -> str:
    """What `draw` returns, drawn once for this key in this process. The key names all that it shows."""
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[key] = draw()
    return found
