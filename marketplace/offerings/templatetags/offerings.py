"""What pages of service offers ask of a row."""

from django import template

from marketplace.kernel import clock
from marketplace.offerings.models import Qualification

register = template.Library()


@register.filter
def has_ended(row: Qualification) -> bool:
    """Whether the validity of a qualification is over today."""
    return row.is_over(clock.today())
