"""Money as an integer number of fen: parsing and formatting of amounts.

No float and no Decimal column: SQLite stores Decimal as a float, which loses fen above 2**53.
"""

import re
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.numerals import ascii_signs, ungrouped

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
FEN_PER_YI = 10_000_000_000
#: 1,000 亿元: above every expected contract, far below 2**63.
MAX_FEN = 1_000 * FEN_PER_YI
UNITS = {"yuan": FEN_PER_YUAN, "wan": FEN_PER_WAN}

_AMOUNT = re.compile(r"^(\d{1,12})(?:\.(\d{1,6}))?\Z", re.ASCII)


class MoneyError(ValueError):
    """A text that is no amount. The message tells the user why."""


def parse_money(text: str, *, unit: str, exact: bool = False) -> int:
    """Read an amount typed in yuan ("yuan") or 万元 ("wan") and return fen.

    At most two decimals, in either unit; with `exact`, as many as a fen needs: six in 万元. Full-width
    digits and thousands commas are accepted. Exponents, underscores, signs, NaN and all other text raise
    MoneyError.
    """
    plain = ungrouped(ascii_signs(text).strip())
    if plain.startswith("-"):
        raise MoneyError(_("金额不能为负数"))
    match = _AMOUNT.match(plain)
    if not match:
        raise MoneyError(_("请输入数字，例如 120 或 120.5"))
    decimals = (match[2] or "").rstrip("0")
    places = len(str(UNITS[unit])) - 1 if exact else 2
    if len(decimals) > places:
        raise MoneyError(_("最多保留两位小数"))
    fen = int(match[1]) * UNITS[unit]
    fen += int((decimals or "0").ljust(places, "0")) * UNITS[unit] // 10**places
    if fen > MAX_FEN:
        raise MoneyError(_("金额超出可登记的范围"))
    return fen


def in_wan(fen: int) -> str:
    """Fen as 万元 for an input field: exact, without grouping and trailing zeros."""
    return _trim(Decimal(fen) / FEN_PER_WAN, places=6)


def format_listing(fen: int | None) -> str:
    """An amount on a listing: 元 below one 万, 万元 below one 亿, otherwise 亿元; 面议 when empty."""
    if fen is None:
        return gettext("面议")
    if _english():
        return _english_amount(fen)
    number, unit = _number_and_unit(fen)
    return f"{number} {unit}"


def format_exact(fen: int | None) -> str:
    """The same to the fen, for what is compared: never rounded; a dash when empty."""
    if fen is None:
        return "—"
    if _english():
        return _english_amount(fen, places=_EXACT)
    number, unit = _number_and_unit(fen, places=_EXACT)
    return f"{number} {unit}"


def format_range(low: int | None, high: int | None) -> str:
    """A price range such as `120–180 万元`. With one bound only, 起 (from) or 以内 (up to) is added."""
    if low is None and high is None:
        return gettext("面议")
    if low is None:
        return gettext("%(amount)s以内") % {"amount": format_listing(high)}
    if high is None:
        return gettext("%(amount)s起") % {"amount": format_listing(low)}
    if low == high:
        return format_listing(low)
    if _english():
        return f"{_english_amount(low)} – {_english_amount(high).removeprefix('CNY ')}"
    if low < FEN_PER_WAN <= high < 10 * FEN_PER_WAN:
        # 3,500–45,000 元 is read at once; 3,500 元–4.5 万元 and 0.35–4.5 万元 are not.
        ends = (_trim(Decimal(fen) / FEN_PER_YUAN, places=2, group=True) for fen in (low, high))
        return f"{'–'.join(ends)} 元"
    low_number, low_unit = _number_and_unit(low)
    high_number, high_unit = _number_and_unit(high)
    if low_unit == high_unit:
        return f"{low_number}–{high_number} {high_unit}"
    return f"{low_number} {low_unit}–{high_number} {high_unit}"


def format_yi(fen: int) -> str:
    """An amount in statistics: 亿元 with two decimals; in English billions, and millions below one 亿."""
    if _english() and abs(fen) < FEN_PER_YI:
        return f"CNY {Decimal(fen) / 100_000_000:,.2f} million"
    if _english():
        return f"CNY {Decimal(fen) / 100_000_000_000:,.2f} billion"
    return f"{Decimal(fen) / FEN_PER_YI:,.2f} 亿元"


def format_wan(fen: int) -> str:
    """An amount in a contract table: 万元 with two decimals; the column header has the unit."""
    return f"{Decimal(fen) / FEN_PER_WAN:,.2f}"


#: Decimals that a fen needs in the greatest unit.
_EXACT = 11


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _number_and_unit(fen: int, *, places: int = 2) -> tuple[str, str]:
    if fen < FEN_PER_WAN:
        return _trim(Decimal(fen) / FEN_PER_YUAN, places=2, group=True), "元"
    if fen < FEN_PER_YI:
        return _trim(Decimal(fen) / FEN_PER_WAN, places=places, group=True), "万元"
    return _trim(Decimal(fen) / FEN_PER_YI, places=places, group=True), "亿元"


def _english_amount(fen: int, *, places: int = 2) -> str:
    yuan = Decimal(fen) / FEN_PER_YUAN
    for size, word in ((10**9, " billion"), (10**6, " million")):
        if yuan >= size:
            return f"CNY {_trim(yuan / size, places=places, group=True)}{word}"
    return f"CNY {_trim(yuan, places=2, group=True)}"


def _trim(value: Decimal, *, places: int, group: bool = False) -> str:
    text = f"{value:,.{places}f}" if group else f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]
    """Fen in the database and in Python. The model adds a CHECK that the value is not negative."""

    description = "money in fen"

    def formfield(self, **_kwargs: Any) -> Any:
        """No automatic form field: people type 万元, which `web.forms.MoneyFormField` parses."""
        raise TypeError("use web.forms.MoneyFormField for money")
