"""Exact numbers: everything is compared as a fraction, so no rounding ever decides a verdict."""

from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

#: Figures beyond these powers of ten are typing errors, and exact arithmetic with them would be slow.
MAX_POWER = 40


def exact(value: Any) -> Fraction | None:
    """A figure as a fraction; None for an empty, infinite or absurdly large one."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, Fraction):
        return value
    try:
        number = Decimal(str(value).strip()[:60])
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > MAX_POWER):
        return None
    return Fraction(number)


def show(value: Fraction, digits: int = 4) -> str:
    """A figure as people write it: at most `digits` significant digits, no exponent, no trailing zeros."""
    context = Context(prec=digits)
    number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
