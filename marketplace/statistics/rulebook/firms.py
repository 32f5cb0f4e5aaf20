"""Which names and credit codes stand for one firm, so that the rules of disclosure count it once."""

import re
import unicodedata
from collections.abc import Iterable

#: Blanks, brackets, dots and dashes, which differ from one import to the next.
_NOISE = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """A name or a code without width, case, blanks and punctuation; as it is where nothing else is left."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold()) or text.strip()


def joined(parties: Iterable[tuple[int, str, str]]) -> dict[int, frozenset[str]]:
    """The firms of each contract, from (contract, credit code, name) rows.

    Two rows are one firm where the code or the name agrees, and so is whoever agrees with either of them.
    Two firms of one name are joined too. That is the safe side: fewer firms hold more figures back.
    """
    above: dict[str, str] = {}

    def first(mark: str) -> str:
        while above.setdefault(mark, mark) != mark:
            above[mark] = above[above[mark]]
            mark = above[mark]
        return mark

    marks: list[tuple[int, str]] = []
    for contract, code, name in parties:
        own = [
            f"{sort}:{text}"
            for sort, text in (("code", plain(code)), ("name", plain(name)))
            if text
        ]
        if not own:
            continue
        marks.append((contract, own[0]))
        low, high = sorted((first(own[0]), first(own[-1])))
        above[high] = low
    found: dict[int, set[str]] = {}
    for contract, mark in marks:
        found.setdefault(contract, set()).add(first(mark))
    return {contract: frozenset(firms) for contract, firms in found.items()}
