"""Filters of the pages of contracts."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """An exact amount in yuan with two decimals, without its unit: 860,000.00; a dash for none."""
    return "—" if fen is None else f"{Decimal(fen) / 100:,.2f}"


@register.filter
def percent(basis_points: int) -> str:
    """Basis points as percent: 3333 is 33.33%."""
    return f"{Decimal(basis_points) / 100:f}%"
