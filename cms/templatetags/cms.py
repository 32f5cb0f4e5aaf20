"""Small wording for pages: figures, and the way to a page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cms import kept
from cms.addresses import address_of
from marketplace.web.templatetags.web import crumbs

register = template.Library()


@register.filter
def figure(number: int) -> str:
    """A count with commas at the thousands, the same in both languages: `2,316`."""
    return f"{number:,}"


@register.simple_tag(takes_context=True)
def home_sections(context: template.Context, children: Iterable[Any]) -> SafeString:
    """The sections of the home page, each in its frame."""
    return format_html_join(
        "",
        '<div class="l-section">{}</div>',
        ((kept.section(context, place, child),) for place, child in enumerate(children)),
    )


@register.simple_tag(takes_context=True)
def home_doors(context: template.Context, children: Iterable[Any]) -> SafeString:
    """The large entries of the home page."""
    return kept.doors(context, children)


@register.inclusion_tag("web/components/crumb.html")
def crumbs_of(above: Iterable[Any], here: str) -> dict[str, Any]:
    """The way through the pages above to this one."""
    steps = [part for page in above for part in (page.title, address_of(page))]
    context: dict[str, Any] = crumbs(*steps, here)
    return context
