"""Parsing of numbers that people type: the same for forms, the API and spreadsheets."""

import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

# Not NFKC normalisation, which turns 10² into 102 and ① into 1. Digits of other scripts are refused,
# because the people who check a number must be able to read it.
_ASCII = str.maketrans(
    dict(zip("０１２３４５６７８９．，％＋　", "0123456789.,%+ ", strict=True))
    # Full-width and small hyphen, minus sign, hyphens, figure dash, en dash, em dash, bar.
    | dict.fromkeys("\uff0d\ufe63\u2212\u2010\u2011\u2012\u2013\u2014\u2015", "-")
    # Full-width tilde, wave dash, tilde operator, small tilde.
    | dict.fromkeys("\uff5e\u301c\u223c\u02dc", "~")
)
_NUMBER = re.compile(r"^[+-]?(\d+)(?:\.(\d+))?\Z", re.ASCII)
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z", re.ASCII)
#: Digits before and after the decimal point that a column stores.
MAX_WHOLE, MAX_DECIMALS = 12, 6


class NumeralError(ValueError):
    """A text that is no number. The message tells the user why, with an example."""


def ascii_signs(text: str) -> str:
    """The text with full-width characters, all kinds of dashes and tildes replaced by ASCII."""
    return text.translate(_ASCII)


def ungrouped(text: str) -> str:
    """The number without thousands commas. Other commas stay, so that the number is refused."""
    return text.replace(",", "") if _GROUPED.match(text) else text


def read_number(text: str) -> Decimal:
    """A plain decimal number. Raises NumeralError.

    Full-width digits, all kinds of minus signs and thousands commas are accepted. Any other comma is
    refused, because it could be a decimal comma or separate two numbers. Exponents, underscores and
    digits of other scripts are refused too.
    """
    plain = ungrouped(ascii_signs(text).strip())
    match = _NUMBER.match(plain)
    if match is None:
        if "," in plain and _NUMBER.match(plain.replace(",", "")):
            raise NumeralError(_("逗号只能用来分隔千位，如 1,200；小数请用小数点，如 0.5"))
        raise NumeralError(_("请输入数字，例如 21 或 0.84"))
    if len((match[2] or "").rstrip("0")) > MAX_DECIMALS:
        raise NumeralError(_("最多 6 位小数，请换用更合适的单位"))
    if len(match[1].lstrip("0")) > MAX_WHOLE:
        raise NumeralError(_("整数部分最多 12 位，请换用更合适的单位"))
    return Decimal(plain)
