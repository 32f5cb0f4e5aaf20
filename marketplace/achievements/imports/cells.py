"""What a cell says: names of terms, yes and no, entries one a line. Text in, form input out."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.numerals import ascii_signs
from marketplace.listings.imports.cells import CellError, terms_of
from marketplace.sheets.headings import plain
from marketplace.web.fields import KeywordsField

_NAMES = re.compile(r"(?:[、，;；/／]|,(?!\s*(?:Ltd|Inc|LLC|Co)\b))+", re.IGNORECASE)
_BETWEEN_LATIN = re.compile(r"(?<=[A-Za-z0-9+#).])[ \t\u3000]+(?=[A-Za-z0-9(+#])")
_BARS = re.compile(r"[|｜]")
_TRL = re.compile(r"^(?:TRL)?\s*([1-9])\s*级?(?:\s.*)?\Z", re.IGNORECASE)
_RANGE = re.compile(r"^([+-]?[0-9.,]+)(?:[~-]|至|到)([+-]?[0-9.,]+)\Z")
_CHINESE_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}(?:[0-9.]+[%％])?\Z")
_TWO_SIGN_SURNAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "司徒",
        "令狐",
        "夏侯",
        "端木",
        "百里",
    ]
)
_CHINESE = re.compile(r"^[\u4e00-\u9fff]+\Z")
_BRACKETED = re.compile(r"^(.+?)\s*[(（]([^()（）]*)[)）]\Z")
#: A longer name is refused by its column. The pattern takes quadratic time.
_LONGEST_NAME = 200
_SHARE = re.compile(r"^(.*?)[\s:：(（占]*([0-9０-９]+(?:[.．][0-9０-９]+)?)\s*[%％][)）]?\Z")

#: How people write that they will talk about the price.
FACE = frozenset({"面议", "另议", "协商", "tobediscussed"})
#: Comparators by how people write them.
SIGNS = {
    **dict.fromkeys(
        [
            "≥",
            ">=",
            "=>",
            "≧",
            "⩾",
            "≮",
            "大于等于",
            "大于或等于",
            "不低于",
            "不小于",
            "不少于",
            "至少",
            "以上",
            "及以上",
            "起",
        ],
        "ge",
    ),
    **dict.fromkeys(
        [
            "≤",
            "<=",
            "=<",
            "≦",
            "⩽",
            "≯",
            "小于等于",
            "小于或等于",
            "不高于",
            "不大于",
            "不超过",
            "不多于",
            "至多",
            "以下",
            "及以下",
            "以内",
        ],
        "le",
    ),
    **dict.fromkeys([">", "大于", "高于", "超过", "多于"], "gt"),
    **dict.fromkeys(["<", "小于", "低于", "少于", "不足", "不到"], "lt"),
    **dict.fromkeys(("", *["=", "==", "等于", "≈", "≒"]), "eq"),
    **dict.fromkeys(["~", "区间", "范围", "介于", "between"], "between"),
}
#: Of these the ones that may stand before or behind a figure in one cell, the longest first.
_BEFORE = sorted(
    (sign for sign in SIGNS if sign not in {"", "~", "between"}), key=len, reverse=True
)
_BEHIND = ("及以上", "及以下", "以上", "以下", "以内", "起")


# --- one value --------------------------------------------------------------------------------
def readiness(text: str) -> str:
    """A readiness level 1 to 9, also written as TRL 6 or 6级."""
    match = _TRL.match(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise CellError(_("技术成熟度请填写 1 至 9"))
    return match[1]


def amount(text: str) -> str:
    """An amount for the form; 面议 is no amount."""
    return "" if plain(text) in FACE else text


def words(text: str) -> list[str]:
    """Keywords of a cell, parted as the web form does.

    Latin words with a blank between them (machine learning) are joined: archives part by other signs.
    """
    return KeywordsField.parted(_BETWEEN_LATIN.sub("-", text))


# --- entries, one a line ----------------------------------------------------------------------
Entry = dict[str, Any]


def entries(text: str, read: Callable[[list[str]], Entry]) -> list[Entry]:
    """The entries of a cell, one a line; `read` gets the parts between the bars."""
    return [
        read([part.strip() for part in _BARS.split(line)])
        for line in text.splitlines()
        if line.strip(" |｜")
    ]


def owners(text: str) -> list[Entry]:
    """The organisations of a cell: one a line with bars, or several in a line: 甲大学60%、乙公司40%."""
    return entries(_one_a_line(text, _NAMES.split), owner)


def inventors(text: str) -> list[Entry]:
    """The people of a cell: one a line with bars, or several in a line: 张三、李四."""
    return entries(_one_a_line(text, _people), inventor)


def _one_a_line(text: str, parted: Callable[[str], list[str]]) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        lines += [line] if _BARS.search(line) else parted(line)
    return "\n".join(lines)


def _people(line: str) -> list[str]:
    """The names of a line. 张三 李四 are two; 张 三 and 欧阳 娜 are one, and so is John Smith."""
    found: list[str] = []
    for part in (part.strip() for part in _NAMES.split(line)):
        pieces = part.split()
        together = "".join(pieces)
        if pieces and all(map(_CHINESE_NAME.match, pieces)) and pieces[0] not in _TWO_SIGN_SURNAMES:
            found += pieces
        else:
            found.append(together if _CHINESE.match(together) else part)
    return found


def indicator(parts: Sequence[str]) -> Entry:
    """名称|≥|数值|单位|检测方法|依据."""
    name, sign, value, unit, method, evidence = _padded(parts, 6, _("名称|≥|数值|单位|检测方法"))
    sign, value = _sign_and_value(sign, value)
    comparator = SIGNS.get(plain(sign))
    if comparator is None:
        raise CellError(
            _("“%(sign)s”不是比较符号，请用 ≥ ≤ > < = 或 ~（区间）") % {"sign": sign[:10]}
        )
    value, unit = _unit_apart(value, unit)
    entry = {"name": name, "unit": unit, "method": method, "evidence": evidence}
    span = _RANGE.match(re.sub(r"\s", "", value))
    if span and comparator in {"eq", "between"}:
        return entry | {"comparator": "between", "value": span[1], "value_high": span[2]}
    return entry | {"comparator": comparator, "value": value}


def _unit_apart(value: str, unit: str) -> tuple[str, str]:
    """95% with no unit, or with the same one beside it: the figure and its unit."""
    value = ascii_signs(value)
    for mark in ("%", "‰", "℃"):
        if mark in value and plain(unit) in {"", plain(mark)}:
            return value.replace(mark, ""), unit or mark
    return value, unit


def _sign_and_value(sign: str, value: str) -> tuple[str, str]:
    """Sign and figure, also where both stand in one part: ≥500, 500以上."""
    if sign and value:
        return sign, value
    typed = (sign or value).strip()
    for before in _BEFORE:
        if typed.startswith(before) and typed != before:
            return before, typed.removeprefix(before).strip()
    for behind in _BEHIND:
        if typed.endswith(behind) and typed != behind:
            return behind, typed.removesuffix(behind).strip()
    return sign, value


def patent(parts: Sequence[str]) -> Entry:
    """种类|号码|状态|名称|权利人|届满日."""
    kind, number, status, title, holder, expires = _padded(parts, 6, _("种类|号码|状态"))
    return {
        "kind": terms_of("ip_kind").code(kind),
        "number": number,
        "status": terms_of("ip_status").code(status) if status else "",
        "title": title,
        "holder": holder,
        "expires": expires,
    }


def owner(parts: Sequence[str]) -> Entry:
    """单位|份额, or 单位60%."""
    name, share = _padded(parts, 2, _("单位|份额"))
    if not share and (found := _with_share(name)):
        name, share = found[1], found[2]
    return {"name": name, "share": ascii_signs(share).rstrip("% ")}


def _with_share(name: str) -> re.Match[str] | None:
    """Name and share of 甲大学60%; None when there is no share behind the name."""
    return _SHARE.match(name) if len(name) <= _LONGEST_NAME else None


def inventor(parts: Sequence[str]) -> Entry:
    """姓名|职称|贡献, or 姓名（职称）, or 姓名60%."""
    name, title, contribution = _padded(parts, 3, _("姓名|职称|贡献"))
    if not title and not contribution:
        if found := _with_share(name):
            name, contribution = found[1], f"{ascii_signs(found[2])}%"
        elif len(name) <= _LONGEST_NAME and (found := _BRACKETED.match(name)):
            name, title = found[1], found[2]
    return {"name": name, "title": title, "contribution": contribution}


def _padded(parts: Sequence[str], count: int, form: str) -> list[str]:
    if len(parts) > count:
        raise CellError(_("竖线过多，格式为：%(form)s") % {"form": form})
    return [*parts, *[""] * (count - len(parts))]
