"""The parts of the home page that are the same for every reader, kept as text in the process.

The key of a text is all that it shows: the page and its place on it, the stamp of the editorial part,
language and day, and what the block itself names, such as the counts of the industries. So a text of
yesterday's articles or counts is not found again. They are drawn without request and user.
"""

from collections.abc import Hashable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cms.blocks.sections import Kept, market_of
from cms.site_tree import site_tree
from marketplace.kernel import clock
from marketplace.web.shell import once


def section(context: Any, place: int, child: Any) -> SafeString:
    """The section at this place of the page; drawn anew if its block cannot be kept."""
    market = market_of(context)
    shown = child.block.shown(child.value, market) if isinstance(child.block, Kept) else None
    key = _key(context, ("section", place), shown)
    if key is None:
        return SafeString(child.render(context.flatten()))
    alone = {"page": context["page"], "market": market}
    return SafeString(once(key, lambda: str(child.render(alone))))


def doors(context: Any, children: Any) -> SafeString:
    """The large entries under the head of the page, which lead to pages and parts of the site."""

    def draw() -> str:
        return "".join(str(child.render({"page": context["page"]})) for child in children)

    key = _key(context, "doors", ())
    return SafeString(draw() if key is None else once(key, draw))


def _key(context: Any, part: Hashable, shown: Hashable) -> Hashable:
    """None for what is not kept: an editor's preview, and a block that depends on more."""
    request: HttpRequest = context["request"]
    stamp = site_tree(request).stamp
    if shown is None or stamp is None or getattr(request, "is_preview", False):
        return None
    return (part, context["page"].pk, stamp, get_language(), clock.today(), shown)
