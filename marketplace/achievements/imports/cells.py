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

from marketplace.taxonomy import queries as taxonomy

_SEPARATORS = re.compile(r"[、;；\n]+")
_WORD_SEPARATORS = re.compile(r"[、;；,，\n]+")
_BETWEEN_LATIN = re.compile(r"(?<=[\x21-\x7e])\s+(?=[\x21-\x7e])")
_BLANKS = re.compile(r"\s+")
_BARS = re.compile(r"\s*[|｜]\s*")
_TRL = re.compile(r"^(?:TRL)?\s*([1-9])\s*级?(?:\s.*)?\Z", re.IGNORECASE)
_RANGE = re.compile(r"^([+-]?[\d.,]+)\s*[~～–—至-]\s*([+-]?[\d.,]+)\Z")

YES = frozenset({"是", "有", "√", "✓", "y", "yes", "true", "1"})
NO = frozenset({"", "否", "无", "×", "n", "no", "false", "0"})
#: How people write that they will talk about the price.
FACE = frozenset({"面议", "另议", "协商", "tobediscussed"})
#: Comparators by how people write them.
SIGNS = {
    **dict.fromkeys(("≥", ">=", "≧", "不低于", "不小于", "不少于", "以上"), "ge"),
    **dict.fromkeys(("≤", "<=", "≦", "不高于", "不大于", "不超过", "以下"), "le"),
    **dict.fromkeys((">", "＞", "大于", "高于"), "gt"),
    **dict.fromkeys(("<", "＜", "小于", "低于"), "lt"),
    **dict.fromkeys(("", "=", "＝", "等于", "≈"), "eq"),
    **dict.fromkeys(("~", "～", "区间", "范围", "between"), "between"),
}


class CellError(ValueError):
    """A cell that can't be read; the text says why and what would do."""


def plain(text: str) -> str:
    """Text for comparing: width, case and blanks do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


# --- terms ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Terms:
    """A code list as a sheet may name it: by code, label in any language, or path."""

    codes: dict[str, str]
    labels: tuple[str, ...]

    def code(self, text: str) -> str:
        """The code that a text names. Raises CellError with what is near to it."""
        wanted = plain(text)
        found = self.codes.get(wanted) or self.codes.get(wanted.rpartition("/")[2])
        if found:
            return found
        near = get_close_matches(text.strip()[:40], self.labels, n=3, cutoff=0.4)
        shown = "、".join(near or self.labels[:6])
        raise CellError(
            _("“%(text)s”不在列表中，可填：%(choices)s") % {"text": text[:30], "choices": shown}
        )


@lru_cache(maxsize=64)
def _terms_of(scheme: str, rows: tuple[Any, ...]) -> Terms:
    codes: dict[str, str] = {}
    doubled = set()
    languages = [code for code, _name in settings.LANGUAGES]
    for row in rows:
        for language in languages:
            names = [taxonomy.label_in(scheme, part, language) for part in _path(scheme, row.code)]
            for name in {plain("/".join(names)), plain(names[-1])}:
                if codes.setdefault(name, row.code) != row.code:
                    doubled.add(name)
    for name in doubled:
        del codes[name]
    codes |= {plain(row.code): row.code for row in rows}
    return Terms(codes, tuple(row.names[0] for row in rows))


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
    """A reader of several terms in one cell."""
    return lambda text: [
        terms_of(scheme).code(part) for part in _SEPARATORS.split(text) if part.strip()
    ]


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
    """Keywords of a cell. Blanks inside a word join it, as the form parts words at blanks."""
    parts = (part.strip() for part in _WORD_SEPARATORS.split(text))
    return [_BLANKS.sub("", _BETWEEN_LATIN.sub("-", part)) for part in parts if part]


# --- entries, one a line ----------------------------------------------------------------------
Entry = dict[str, Any]


def entries(text: str, read: Callable[[list[str]], Entry]) -> list[Entry]:
    """The entries of a cell; `read` gets the parts between the bars."""
    return [read(_BARS.split(line.strip())) for line in text.splitlines() if line.strip(" |｜")]


def indicator(parts: Sequence[str]) -> Entry:
    """名称|≥|数值|单位|检测方法|依据."""
    name, sign, value, unit, method, evidence = _padded(parts, 6, _("名称|≥|数值|单位|检测方法"))
    comparator = SIGNS.get(plain(sign))
    if comparator is None:
        raise CellError(
            _("“%(sign)s”不是比较符号，请用 ≥ ≤ > < = 或 ~（区间）") % {"sign": sign[:10]}
        )
    entry = {"name": name, "unit": unit, "method": method, "evidence": evidence}
    span = _RANGE.match(unicodedata.normalize("NFKC", value).strip())
    if span and comparator in {"eq", "between"}:
        return entry | {"comparator": "between", "value": span[1], "value_high": span[2]}
    return entry | {"comparator": comparator, "value": value}


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
    """单位|份额."""
    name, share = _padded(parts, 2, _("单位|份额"))
    return {"name": name, "share": share.rstrip("%％ ")}


def inventor(parts: Sequence[str]) -> Entry:
    """姓名|职称|贡献."""
    name, title, contribution = _padded(parts, 3, _("姓名|职称|贡献"))
    return {"name": name, "title": title, "contribution": contribution}


def _padded(parts: Sequence[str], count: int, form: str) -> list[str]:
    if len(parts) > count:
        raise CellError(_("竖线过多，格式为：%(form)s") % {"form": form})
    return [*parts, *[""] * (count - len(parts))]
