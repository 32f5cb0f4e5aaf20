"""Words for templates of evaluations."""

from django import template

from marketplace.evaluation.queries import SCHEME
from marketplace.taxonomy import queries as taxonomy

register = template.Library()


@register.filter
def field_label(code: str) -> str:
    """The name of a field of work, of a retired one too."""
    return taxonomy.label(SCHEME, code)
