"""Labels of taxonomy codes, and structured data, for listing pages."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from marketplace.listings import queries
from marketplace.listings.workflow import PUBLIC
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.cards import draw
from marketplace.web.formats import time_left
from marketplace.web.templatetags.web import local, local_lang, marked, slot

register = template.Library()


@register.filter
def term(code: str, scheme: str) -> str:
    """The label of one code in the reader's language; empty for no code."""
    return taxonomy.label(scheme, code) if code else ""


@register.filter
def term_path(code: str, scheme: str) -> str:
    """The label with its parents: 新材料 / 磁性材料."""
    if not code:
        return ""
    path = [*reversed(list(taxonomy.ancestors(scheme, code))), code]
    return " / ".join(taxonomy.label(scheme, part) for part in path)


@register.filter
def term_list(codes: list[str], scheme: str) -> str:
    """Labels of several codes, joined as the language joins them."""
    return gettext("、").join(taxonomy.label(scheme, code) for code in codes or [])


@register.filter
def json_ld(listing: Any, kind: str) -> str:
    """A schema.org description of a public listing, as a data block that no browser executes."""
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": listing.title,
        "description": listing.summary,
        "identifier": listing.code,
        "inLanguage": "zh-Hans",
        "keywords": "、".join(listing.keywords),
    }
    if listing.published_at:
        data["datePublished"] = listing.published_at.isoformat()
    if not listing.hide_owner:
        data["provider"] = {"@type": "Organization", "name": listing.owner.name}
    text = json.dumps(data, ensure_ascii=False)
    for sign, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, escape)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_tag(takes_context=True)
def listing_cards(
    context: template.Context, name: str, rows: Sequence[Any], query: str = ""
) -> SafeString:
    """The cards of listings by the template of this name; `query` are the words to mark.

    Of rows without marked words, code, revision and owner are enough: the rest is read for a card that
    is not kept yet.
    """

    def complete(missing: Sequence[Any]) -> Sequence[Any]:
        if not missing[0].get_deferred_fields():
            return missing
        codes = [row.code for row in missing]
        return queries.in_order(type(missing[0]), context["request"].user, codes)

    def live(row: Any, place: str) -> str:
        if place == "owner":
            return marked(local(row.owner, "name"), query)
        if place == "owner_lang":
            return local_lang(row.owner, "name")
        if place == "badges":
            return slot(context, "listing.badges", row)
        if place == "time_left":
            return time_left(row.deadline)
        raise KeyError(place)

    cards = draw(
        name, rows, live=live, complete=complete, revision=taxonomy.revision(), query=query
    )
    return SafeString("".join(cards))


@register.simple_tag(takes_context=True)
def listing_card(context: template.Context, name: str, row: Any, query: str = "") -> SafeString:
    """The card of one listing."""
    return listing_cards(context, name, [row], query)


@register.simple_tag
def listing_part(name: str, listing: Any) -> SafeString:
    """A part of a listing's page that says only what `rev` stands for: its text, its tables.

    What the public does not see is drawn anew, so that nothing of it is kept.
    """
    if listing.status not in PUBLIC:
        return SafeString(get_template(name).render({"listing": listing}))
    parts = draw(
        name, [listing], live=_nothing, complete=list, revision=taxonomy.revision(), named="listing"
    )
    return parts[0]


def _nothing(_row: Any, place: str) -> str:
    raise KeyError(place)
