"""Small wording for pages: figures, and the way to a page."""

from collections.abc import Iterable
from typing import Any

from django import template

from cms.addresses import address_of
from marketplace.web.templatetags.web import crumbs

register = template.Library()


@register.filter
def figure(number: int) -> str:
    """A count with commas at the thousands, the same in both languages: `2,316`."""
    return f"{number:,}"


@register.inclusion_tag("web/components/crumb.html")
def crumbs_of(above: Iterable[Any], here: str) -> dict[str, Any]:
    """The way through the pages above to this one."""
    steps = [part for page in above for part in (page.title, address_of(page))]
    context: dict[str, Any] = crumbs(*steps, here)
    return context
