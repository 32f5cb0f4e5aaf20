"""Foreign currencies: minor units, exchange rates as exact decimals, conversion to fen."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

HOME = "CNY"
#: Currency of ISO 4217 -> decimal places of its minor unit.
MINOR: Mapping[str, int] = {
    "CNY": 2,
    "USD": 2,
    "EUR": 2,
    "GBP": 2,
    "JPY": 0,
    "KRW": 0,
    "HKD": 2,
    "MOP": 2,
    "TWD": 2,
    "SGD": 2,
    "AUD": 2,
    "CAD": 2,
    "CHF": 2,
    "RUB": 2,
    "SEK": 2,
    "THB": 2,
    "MYR": 2,
    "VND": 0,
    "INR": 2,
    "KWD": 3,
}
NAMES: Mapping[str, object] = {
    "CNY": _("人民币"),
    "USD": _("美元"),
    "EUR": _("欧元"),
    "GBP": _("英镑"),
    "JPY": _("日元"),
    "KRW": _("韩元"),
    "HKD": _("港元"),
    "MOP": _("澳门元"),
    "TWD": _("新台币"),
    "SGD": _("新加坡元"),
    "AUD": _("澳大利亚元"),
    "CAD": _("加拿大元"),
    "CHF": _("瑞士法郎"),
    "RUB": _("俄罗斯卢布"),
    "SEK": _("瑞典克朗"),
    "THB": _("泰铢"),
    "MYR": _("马来西亚林吉特"),
    "VND": _("越南盾"),
    "INR": _("印度卢比"),
    "KWD": _("科威特第纳尔"),
}
_RATE = re.compile(r"(?=.*[1-9])[0-9]{1,6}(\.[0-9]{1,8})?")


def is_rate(text: str) -> bool:
    """Whether this is a rate above 0 in plain digits: no sign, no exponent, at most 8 decimals."""
    return _RATE.fullmatch(text) is not None


def to_fen(minor: int, currency: str, rate_text: str) -> int:
    """Fen of a foreign amount in minor units at `rate_text` yuan for one unit; rounded once, half up.

    Raises KeyError for an unknown currency, ValueError for a rate that `is_rate` refuses.
    """
    if not is_rate(rate_text):
        raise ValueError(rate_text)
    # Integers: a Decimal product would be rounded to the 28 digits of the context first.
    whole, _dot, decimals = rate_text.partition(".")
    rate = int(whole + decimals)
    scale = 10 ** (MINOR[currency] + len(decimals))
    fen = minor * rate * 100
    return (2 * fen + scale) // (2 * scale)


def units(minor: int, currency: str) -> Decimal:
    """The amount in units of the currency, exact."""
    return Decimal(minor).scaleb(-MINOR[currency])


def minor_units(amount: Decimal, currency: str) -> int:
    """Minor units of an amount; ValueError when it has more decimals than the currency."""
    scaled = amount.scaleb(MINOR[currency])
    if scaled != scaled.to_integral_value(rounding=ROUND_HALF_UP):
        raise ValueError(str(amount))
    return int(scaled)
