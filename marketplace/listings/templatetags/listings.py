"""Labels of taxonomy codes, and structured data, for listing pages."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from marketplace.taxonomy import queries as taxonomy

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
