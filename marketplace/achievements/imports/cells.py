"""What a cell says: names of terms, yes and no, entries one a line. Text in, form input out."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.kernel.numerals import ascii_signs
from marketplace.sheets.headings import plain
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.fields import KeywordsField

#: What stands between several entries of one cell: surely, and where no entry has one inside.
_SEPARATORS = re.compile(r"[、,，;；|｜\n]+")
_LOOSE = re.compile(r"[、,，;；|｜/／·•\s]+")
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

YES = frozenset({"是", "有", "√", "✓", "y", "yes", "true", "1"})
NO = frozenset({"", "否", "无", "×", "n", "no", "false", "0"})
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


class CellError(ValueError):
    """A cell that can't be read; the text says why and what would do."""


# --- terms ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Terms:
    """A code list as a sheet may name it: by code, label in any language, or path."""

    codes: dict[str, str]
    labels: tuple[str, ...]
    above: dict[str, frozenset[str]]

    def named(self, text: str) -> str:
        """The code that a text names, by itself or at the end of a path; "" when it names none."""
        wanted = plain(text)
        first, _stroke, last = wanted.rpartition("/")
        found = self.codes.get(wanted) or self.codes.get(last, "")
        # A/B is a path only where A lies above B; else it names two, and the last must not win.
        is_path = all(part in self.above.get(found, ()) for part in first.split("/") if part)
        return found if wanted in self.codes or is_path else ""

    def code(self, text: str) -> str:
        """The code that a text names. Raises CellError with what is near to it."""
        if found := self.named(text):
            return found
        parts = [part for part in _LOOSE.split(text) if part]
        if len(parts) > 1 and all(map(self.named, parts)):
            raise CellError(_("“%(text)s”是多项，这里只能填一项") % {"text": text[:30]})
        near = get_close_matches(text.strip()[:40], self.labels, n=3, cutoff=0.4)
        shown = "、".join(near or self.labels[:6])
        raise CellError(
            _("“%(text)s”不在列表中，可填：%(choices)s") % {"text": text[:30], "choices": shown}
        )


@lru_cache(maxsize=64)
def _terms_of(scheme: str, rows: tuple[Any, ...]) -> Terms:
    codes: dict[str, str] = {}
    above: dict[str, frozenset[str]] = {}
    doubled = set()
    languages = [code for code, _name in settings.LANGUAGES]
    for row in rows:
        over = _path(scheme, row.code)[:-1]
        labels = {plain(taxonomy.label_in(scheme, c, lang)) for c in over for lang in languages}
        above[row.code] = frozenset(labels | {plain(code) for code in over})
        for language in languages:
            names = [taxonomy.label_in(scheme, part, language) for part in _path(scheme, row.code)]
            for name in {plain("/".join(names)), plain(names[-1])}:
                if codes.setdefault(name, row.code) != row.code:
                    doubled.add(name)
    for name in doubled:
        del codes[name]
    codes |= {plain(row.code): row.code for row in rows}
    return Terms(codes, tuple(row.names[0] for row in rows), above)


def _path(scheme: str, code: str) -> list[str]:
    return [*reversed(taxonomy.ancestors(scheme, code)), code]


def terms_of(scheme: str) -> Terms:
    """The terms of a scheme that hold today."""
    return _terms_of(scheme, tuple(taxonomy.terms(scheme)))


# --- one value --------------------------------------------------------------------------------
def term(scheme: str) -> Callable[[str], str]:
    """A reader of one term."""
    return lambda text: terms_of(scheme).code(text)


def several_terms(scheme: str) -> Callable[[str], list[str]]:
    """A reader of several terms in one cell, parted by whatever no term has inside."""

    def read(text: str) -> list[str]:
        known, found = terms_of(scheme), []
        for part in (part.strip() for part in _SEPARATORS.split(text)):
            if not part:
                continue
            if code := known.named(part):
                found.append(code)
            else:
                found += [known.code(piece) for piece in _LOOSE.split(part) if piece]
        return list(dict.fromkeys(found))

    return read


def yes_no(text: str) -> bool:
    """是 or 否. Raises CellError for anything else."""
    word = plain(text)
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellError(_("请填写“是”或“否”"))


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
