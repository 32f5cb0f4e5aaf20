"""Words for codes that organisations store."""

from django import template

from marketplace.taxonomy import queries as taxonomy

register = template.Library()


@register.filter
def term(code: str, scheme: str) -> str:
    """`{{ org.kind|term:"org_kind" }}`: the label of a code; empty for an empty code."""
    return taxonomy.label(scheme, code) if code else ""
