"""Head and foot of the page as text, kept in the process for all readers who see the same.

A head depends on language, choices of looks, menus, the section, the names in the settings and on whether
its reader is signed in: that is the key. The page's own address, and the reader's name, unread messages
and CSRF token, are filled in for each page. The head of a page of results, with what was asked in its box,
is drawn anew.
"""

import secrets
from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import quote

from django.template import Engine
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language

#: Stand for what is each page's own while the head is drawn. Letters and digits alone, so that no filter
#: changes them, and unknown outside this process.
_PATH, _NEXT, _NAME, _SHORT, _UNREAD, _TOKEN = (
    f"{word}{secrets.token_hex(16)}"
    for word in ("path", "next", "name", "short", "unread", "token")
)
#: Characters of the reader's name that the narrow line above the head has room for.
_NAME_ROOM = 16
#: Kept texts at most; there are some twenty for each revision of the menus.
MOST = 400

_kept: dict[Hashable, str] = {}


def header(context: Any) -> str:
    """`web/partials/header.html` for this page."""
    template = Engine.get_default().get_template("web/partials/header.html")
    user = context.get("user")
    if user is None:
        return str(template.render(context))
    site, preferences, signed_in = context["site"], context["preferences"], user.is_authenticated
    name = str(user) if signed_in else ""
    # Asking for a token sets a cookie, which a visitor without a form must not get.
    token = context.get("csrf_token") if signed_in else ""
    unread = context.get("unread_notices") or ""
    own = {
        "site": {**site, "path": _PATH, "login_next": _NEXT if site["login_next"] else ""},
        "user_name": _NAME,
        "user_short": _SHORT,
        "unread_notices": _UNREAD if unread else "",
        "csrf_token": _TOKEN,
    }

    def draw() -> str:
        with context.push(**own):
            return str(template.render(context))

    searched = context.get("search_text") or context.get("search_scope")
    revision = context.get("shell_revision")
    key = (
        *("header", str(revision), get_language(), preferences.theme, preferences.size),
        *(signed_in, bool(unread), bool(site["login_next"])),
        *(bool(context.get("hide_head_search")), site["names"]),
        tuple(link.current for link in context["navigation"]),
    )
    html = draw() if searched or not revision else once(key, draw)
    fillings = {
        _PATH: site["path"],
        _NEXT: quote(site["login_next"]),
        _NAME: name,
        _SHORT: Truncator(name).chars(_NAME_ROOM),
        _UNREAD: unread,
        _TOKEN: token or "",
    }
    for stand_in, text in fillings.items():
        html = html.replace(stand_in, escape(text))
    return mark_safe(html)  # noqa: S308 -- a rendered template with escaped texts


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
