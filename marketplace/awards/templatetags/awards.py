"""Words for templates of results."""

from django import template

from marketplace.awards.rulebook import in_reader_language

register = template.Library()


@register.filter
def read_reasons(text: str) -> str:
    """Stored reasons in the language of the reader."""
    return in_reader_language(text)
