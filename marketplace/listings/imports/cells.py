"""What a cell says, in every import of listings: names of terms, yes and no. Text in, form input out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.sheets.headings import plain
from marketplace.taxonomy import queries as taxonomy

#: What stands between several entries of one cell: surely, and where no entry has one inside.
_SEPARATORS = re.compile(r"[、,，;；|｜\n]+")
_LOOSE = re.compile(r"[、,，;；|｜/／·•\s]+")

YES = frozenset({"是", "有", "√", "✓", "y", "yes", "true", "1"})
NO = frozenset({"", "否", "无", "×", "n", "no", "false", "0"})


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
