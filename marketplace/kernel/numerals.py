"""How people type a number, read in one place for forms, API and spreadsheets alike."""

import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

# Not NFKC, which would read 10² as 102 and ① as 1. Digits of other scripts are refused, not read: who
# checks a figure by eye must be able to read it.
_ASCII = str.maketrans(
    dict(zip("０１２３４５６７８９．，％＋　", "0123456789.,%+ ", strict=True))
    # Full-width and small hyphen, minus sign, hyphens, figure dash, en dash, em dash, bar.
    | dict.fromkeys("\uff0d\ufe63\u2212\u2010\u2011\u2012\u2013\u2014\u2015", "-")
    # Full-width tilde, wave dash, tilde operator, small tilde.
    | dict.fromkeys("\uff5e\u301c\u223c\u02dc", "~")
)
_NUMBER = re.compile(r"^[+-]?(\d+)(?:\.(\d+))?\Z", re.ASCII)
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z", re.ASCII)
#: Digits before and behind the point that a column of figures keeps.
MAX_WHOLE, MAX_DECIMALS = 12, 6


class NumeralError(ValueError):
    """A text that is no number; the text of the error tells the person why and what would do."""


def ascii_signs(text: str) -> str:
    """The text with full-width digits, and with every dash and tilde that stands for - and ~ as such."""
    return text.translate(_ASCII)


def ungrouped(text: str) -> str:
    """The number without the commas that group thousands; other commas stay, so that it is refused."""
    return text.replace(",", "") if _GROUPED.match(text) else text


def read_number(text: str) -> Decimal:
    """A plain decimal number. Raises NumeralError.

    Full-width digits, every minus and commas that group thousands are understood. Any other comma
    may be a decimal one or part a list, so it is never guessed at; exponents, underscores and digits
    of other scripts are refused too.
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
