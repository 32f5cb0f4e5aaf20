"""Finding the headings of a table, whatever stands above them and however they are decorated."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.sheets.limits import Row

#: Rows with content in which the headings are looked for: titles and instructions may stand above.
WITHIN = 20

_NUMBER = re.compile(r"^(?:\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}[、.])")
_REMARK = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕)\Z")
#: Remarks that make another column of it: 名称（英文） is not the name, 价格（元） not one in 万元.
_TELLING = re.compile("英|english|旧|曾用|元")


@dataclass(frozen=True)
class Wanted:
    """The headings that the reader of a table understands, and those without which it is none.

    Both as `plain` writes them.
    """

    known: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Header:
    """Where the headings stand: place of their first row among the rows looked at, rows they take."""

    place: int
    depth: int
    names: list[str]
    score: tuple[bool, int] = (False, 0)


def plain(text: str) -> str:
    """Text for comparing: width, case and blanks do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def spellings(heading: str) -> list[str]:
    """A heading as it stands and then with less and less around it: number, * and :, remarks."""
    text = plain(heading)
    found = [text]
    for shorter in (text.strip("*:："), _NUMBER.sub("", text.strip("*:："))):
        text = shorter or text
        found.append(text)
    while (remark := _REMARK.search(text)) and not _TELLING.search(remark[0]):
        text = text[: remark.start()].strip("*:：")
        found.append(text)
    return list(dict.fromkeys(name for name in found if name))


def find(rows: Sequence[Row], wanted: Wanted) -> Header | None:
    """The headings among the first rows of a sheet; None for no rows.

    The row (or two rows, one above the other) that holds most of what is wanted; where nothing is
    known, the first row with two texts, else the first.
    """
    if not rows:
        return None
    found = [
        header
        for place in range(min(len(rows), WITHIN))
        for header in (_single(rows, place, wanted), _double(rows, place, wanted))
        if header is not None
    ]
    best = max(found, key=lambda header: (header.score, -header.depth, -header.place))
    if best.score[1]:
        return best
    place = next((place for place, (_n, cells) in enumerate(rows) if _filled(cells) > 1), 0)
    return _single(rows, place, wanted)


def _single(rows: Sequence[Row], place: int, wanted: Wanted) -> Header:
    names = [tidy(cell) for cell in rows[place][1]]
    return Header(place, 1, names, _score(names, wanted))


def _double(rows: Sequence[Row], place: int, wanted: Wanted) -> Header | None:
    """Headings in two rows: groups above (联系方式), their members below (联系人, 电话)."""
    if place + 1 >= len(rows) or rows[place + 1][0] != rows[place][0] + 1:
        return None
    upper = [tidy(cell) for cell in rows[place][1]]
    lower = [tidy(cell) for cell in rows[place + 1][1]]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    names, group = [], ""
    for column, (above, below) in enumerate(zip(upper, lower, strict=True)):
        group = above or (group if below else "")
        spans = column + 1 < width and not upper[column + 1] and bool(lower[column + 1])
        # Something under a heading that is understood by itself: a row of data, not of headings.
        if above and below and not spans and is_known(above, wanted):
            return None
        names.append(_joined(group, below, wanted) if below else above)
    score = _score(names, wanted)
    better = max(_score(upper, wanted), _score(lower, wanted))
    return Header(place, 2, names, score) if score > better else None


def _joined(group: str, member: str, wanted: Wanted) -> str:
    """The heading of a member: by itself, or with the name of its group (意向价格（万元）＋上限)."""
    remark = _REMARK.search(plain(group))
    bare = plain(group)[: remark.start()] if remark else plain(group)
    together = [
        f"{plain(group)}{plain(member)}",
        f"{bare}{plain(member)}{remark[0] if remark else ''}",
    ]
    known = [name for name in (member, *together) if is_known(name, wanted)]
    return known[0] if known else member


def is_known(heading: str, wanted: Wanted) -> bool:
    """Whether one of the heading's spellings is wanted."""
    return any(name in wanted.known for name in spellings(heading))


def _score(names: Sequence[str], wanted: Wanted) -> tuple[bool, int]:
    found = {
        next((name for name in spellings(heading) if name in wanted.known), "") for heading in names
    } - {""}
    return bool(found & wanted.needed), len(found)


def tidy(cell: str) -> str:
    """A heading on one line without the mark of a required column."""
    return re.sub(r"\s+", " ", cell).strip(" *＊")


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)
