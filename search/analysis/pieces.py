"""Cutting a cleaned text into pieces, and finding names of several pieces: H-13, 10 μm, Nd-Fe-B, 95 ℃.

People write the same name in one piece, with a hyphen or with a space. Each spelling gives the same token,
in addition to the tokens of its parts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# A longer run of letters (a base64 image, a key) is not a word.
MAX_RUN = 64
# A name has few parts; a longer chain is probably a line of a table.
_MAX_PARTS = 6
# The letters beside a number are a unit or a name (DN 50, Inconel 718), not a long word.
_MAX_LETTERS = 12

_CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SIGN = rf"[^\W_{_CJK}]"
_PIECE = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    # C++, C# and .NET: without their signs they would mean something else.
    rf"|(?P<plain>(?<!{_SIGN})[a-z]\+\+|(?<!{_SIGN})[cfj]\#(?!{_SIGN})|\.net(?!{_SIGN})"
    # 2.5 and PM2.5 stay in one piece; a full stop after a number is not part of it.
    rf"|[℃℉]|{_SIGN}+(?:(?<=\d)\.(?=\d){_SIGN}+)*)"
)
_CHINESE = re.compile(f"[{_CJK}]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_LETTERS = re.compile(r"[^\W\d_]+|[℃℉]")
_LETTER = re.compile("[a-zα-ω]")
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2212")
_BLANKS = re.compile("[ \t]{0,4}")
# Units, which follow a number: in "a 5 kW motor" the name is 5 kW.
_SYMBOLS = (
    "℃ ℉ k mm cm dm m km um nm kg g mg ug t w kw mw v kv mv a ma hz khz mhz ghz thz pa kpa mpa gpa "
    "bar n kn j kj mj wh kwh ah mah s ms us min h l ml ul db dbm ppm ppb rpm mol cd lx lm ev kev"
)
_UNITS = frozenset(_SYMBOLS.split())


class Piece(NamedTuple):
    """A run of CJK characters, or of letters and digits, and its place in the text."""

    text: str
    start: int
    end: int
    is_cjk: bool

    @property
    def is_number(self) -> bool:
        """Whether it is digits only, with decimals."""
        return _NUMBER.fullmatch(self.text) is not None

    @property
    def is_letters(self) -> bool:
        """Whether it is letters only, none of them Chinese."""
        return not self.is_cjk and _LETTERS.fullmatch(self.text) is not None

    @property
    def is_letter(self) -> bool:
        """Whether it is one Latin or Greek letter."""
        return _LETTER.fullmatch(self.text) is not None


def has_chinese(token: str) -> bool:
    """Whether a token has a Chinese character."""
    return _CHINESE.search(token) is not None


def pieces(cleaned: str) -> list[Piece]:
    """The pieces of a cleaned text, in reading order."""
    return [
        Piece(match.group()[:MAX_RUN], *match.span(), is_cjk=False)
        if match.lastgroup == "plain"
        else Piece(match.group(), *match.span(), is_cjk=True)
        for match in _PIECE.finditer(cleaned)
    ]


def runs(cleaned: str) -> Iterator[tuple[str, bool]]:
    """The texts of the pieces, each with whether it is CJK."""
    for piece in pieces(cleaned):
        yield piece.text, piece.is_cjk


class Name(NamedTuple):
    """Neighbouring pieces that are one name: which ones, and the name without hyphen or space."""

    first: int
    last: int
    text: str


def names(cleaned: str, found: Sequence[Piece]) -> list[Name]:
    """All neighbouring pieces that may be one name. They may overlap."""
    return [*_chains(cleaned, found), *_pairs(cleaned, found)]


def chosen_names(cleaned: str, found: Sequence[Piece]) -> dict[int, Name]:
    """The names of a query by the number of their first piece. They do not overlap."""
    chosen: dict[int, Name] = {}
    taken: set[int] = set()
    units = [n for n in _pairs(cleaned, found) if found[n.last].text in _UNITS]
    for name in (*_chains(cleaned, found), *units, *_pairs(cleaned, found)):
        places = range(name.first, name.last + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen[name.first] = name
    return chosen


def _chains(cleaned: str, found: Sequence[Piece]) -> Iterator[Name]:
    """Pieces joined by hyphens. Not ranges: 10-20 and 2019-2025 stay two numbers."""
    first = 0
    for last in range(1, len(found) + 1):
        if last < len(found) and _is_tied(cleaned, found[last - 1], found[last]):
            continue
        if first < last - 1 and last - first <= _MAX_PARTS:
            text = "".join(piece.text for piece in found[first:last])
            if len(text) <= MAX_RUN:
                yield Name(first, last - 1, text)
        first = last


def _is_tied(cleaned: str, left: Piece, right: Piece) -> bool:
    if left.is_cjk or right.is_cjk or cleaned[left.end : right.start] not in _HYPHENS:
        return False
    return not (left.is_number and right.text[0].isdigit())


def _pairs(cleaned: str, found: Sequence[Piece]) -> Iterator[Name]:
    """A number and the letters beside it, on one line with at most blanks between them."""
    for place in range(len(found) - 1):
        left, right = found[place], found[place + 1]
        letters = right if left.is_number else left
        if left.is_number == right.is_number or not letters.is_letters:
            continue
        if len(letters.text) > _MAX_LETTERS or not _is_near(cleaned, left, right):
            continue
        if left is letters and letters.text in "℃℉":
            continue
        yield Name(place, place + 1, left.text + right.text)


def _is_near(cleaned: str, left: Piece, right: Piece) -> bool:
    return _BLANKS.fullmatch(cleaned, left.end, right.start) is not None


def touches(cleaned: str, left: Piece, right: Piece, *, blank: bool = False) -> bool:
    """Whether two pieces are adjacent or joined by a hyphen; with `blank`, also by blanks."""
    between = cleaned[left.end : right.start]
    return between == "" or between in _HYPHENS or (blank and _is_near(cleaned, left, right))


def in_prose(cleaned: str, found: Sequence[Piece], place: int) -> bool:
    """Whether the neighbour of a piece, separated by a blank, is a word or number that is not Chinese."""
    here = found[place]
    before, after = found[max(0, place - 1) : place], found[place + 1 : place + 2]
    return any(not one.is_cjk and _is_near(cleaned, one, here) for one in before) or any(
        not one.is_cjk and _is_near(cleaned, here, one) for one in after
    )
