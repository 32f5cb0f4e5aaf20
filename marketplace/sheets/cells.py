"""How the value of one cell becomes clean text, and text a cell that no program takes for a formula."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

#: Excel's own limit for one cell. Longer text did not come from a spreadsheet.
MAX_CELL = 32_767

#: What a spreadsheet program may run as a formula when a cell begins with it, full-width forms too.
_FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
# XML 1.0 can't hold these; NUL and its like have no place in a cell either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Zero width and direction marks; joiners (200C, 200D) stay for emoji and some scripts.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]")


def text_of(value: Any, number_format: str = "") -> str:
    """A cell's value as a person reads it in the sheet.

    Whole numbers without `.0`, never an exponent, fifteen digits as Excel shows them, percentages
    with their sign, days as 2025-11-03.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        if number_format.endswith("%"):
            return f"{_plain_number(value * 100)}%"
        return _plain_number(value)
    return _time_text(value)


def _plain_number(value: float | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    number = Decimal(format(value, ".15g"))
    if not number.is_finite():
        return str(value)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _time_text(value: Any) -> str:
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        return str(value)
    return clean(str(value))


def clean(text: str) -> str:
    r"""Text without what no database, page or XML takes; newlines as \n, outer blanks gone.

    The apostrophe that `safe` puts before a formula sign is taken off again, so that an exported
    list can be imported unchanged.
    """
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _INVISIBLE.sub("", _ILLEGAL.sub("", text)).replace("\xa0", " ").strip()
    if text.startswith("'") and _looks_like_formula(text):
        return text[1:].lstrip()
    return text


def safe(value: Any) -> Any:
    """A value that may be written: text that looks like a formula gets a leading apostrophe."""
    if isinstance(value, str):
        text = _ILLEGAL.sub("", value)
        if _looks_like_formula(text):
            text = f"'{text}"
        return text[:MAX_CELL]
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.replace(tzinfo=None)
    if value is None or isinstance(value, bool | int | float | Decimal | date | time):
        return value
    return safe(str(value))


def _looks_like_formula(text: str) -> bool:
    """A formula sign first, or after apostrophes: one more apostrophe keeps the text what it was."""
    return text.lstrip("'").startswith(tuple(_FORMULA_SIGNS))


def column_letter(index: int) -> str:
    """The letter of a column counted from 0: A, B, …, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
