"""How the value of one cell becomes clean text, and text a cell that no program takes for a formula."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from marketplace.web.plaintext import unix_lines

#: Excel's own limit for one cell. Longer text did not come from a spreadsheet.
MAX_CELL = 32_767

#: What a spreadsheet program may run as a formula when a cell begins with it, full-width forms too.
_FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
#: What stands in a cell whose formula was saved without its result.
UNCALCULATED = "#未计算"
#: What spreadsheet programs show where a formula has no value.
_ERRORS = frozenset(
    [
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#BUSY!",
        "#EXTERNAL!",
        "#PYTHON!",
    ]
)
# XML 1.0 can't hold these; NUL and its like have no place in a cell either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# The sections of a number format, parted by semicolons outside quotes: positive, negative, zero, text.
_SECTIONS = re.compile(r"((?:\"[^\"]*\"|\\.|[^;])*)(?:;|\Z)", re.DOTALL)
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
        scale, sign = _percent(number_format, value)
        return _plain_number(value * scale if scale != 1 else value) + sign
    return _time_text(value)


def fault_of(text: str) -> str:
    """Why a cell's text is no value: a formula in error, or saved without its result; "" if it is one."""
    if text == UNCALCULATED:
        return _("公式没有保存计算结果，请在表格软件中打开并保存后再上传，或把公式改为数值")
    if text.upper() in _ERRORS:
        return _("单元格是错误值 %(text)s，请改为正确的内容或清空") % {"text": text}
    return ""


# Of a number format: a literal in quotes, one behind a backslash, the width or the filling behind _ and *, and
# conditions, colours and languages in brackets.
_FORMAT_PARTS = re.compile(r"\"([^\"]*)\"|\\(.)|([_*].)|(\[[^\]]*\])|(.)", re.DOTALL)


@lru_cache(maxsize=512)
def _percent_of(section: str) -> tuple[int, str]:
    """What a number is multiplied by and the sign behind it: a literal % is shown, but scales nothing."""
    scaled = literal = 0
    for quoted, escaped, _filler, _bracket, letter in _FORMAT_PARTS.findall(section):
        scaled += letter == "%"
        literal += (quoted + escaped).count("%")
    return 100 ** min(scaled, 3), "%" if scaled or literal else ""


def _percent(number_format: str, value: float | Decimal) -> tuple[int, str]:
    if "%" not in number_format:
        return 1, ""
    sections = [part for part in _SECTIONS.findall(number_format) if part]
    below = value < 0 and len(sections) > 1
    return _percent_of(sections[1] if below else sections[0])


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
    text = unix_lines(text)
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
