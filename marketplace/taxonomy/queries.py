"""Questions to the code lists. Answers come from a cache in the process.

Every few seconds the cache asks for the schemes' revision numbers (one query) and reads anew what an
operator has changed, so all processes agree within REFRESH seconds.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from marketplace.kernel import clock
from marketplace.taxonomy.models import Scheme, Term

REFRESH = 5.0


@dataclass(frozen=True)
class TermInfo:
    """One term as pages need it. `level` is its depth in a tree, 0 at the top."""

    code: str
    names: tuple[str, str]
    valid_from: date | None
    valid_to: date | None
    note: str

    @property
    def label(self) -> str:
        """The name in the reader's language; Chinese where there is no English one."""
        return self.label_in(get_language() or "")

    @property
    def level(self) -> int:
        """Depth in the tree."""
        return self.code.count(".")

    def label_in(self, language: str) -> str:
        """The name in a language; Chinese where there is no English one."""
        chinese, english = self.names
        return english if language.startswith("en") and english else chinese

    def holds_on(self, day: date) -> bool:
        """Whether the term may be chosen on that day."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day < self.valid_to)


class _Cache:
    def __init__(self) -> None:
        self.revs: dict[str, int] = {}
        self.terms: dict[str, dict[str, TermInfo]] = {}
        self.checked = -REFRESH

    def scheme(self, code: str) -> dict[str, TermInfo]:
        if time.monotonic() - self.checked >= REFRESH:
            self._check()
        if code not in self.terms:
            self.terms[code] = {
                term.code: TermInfo(
                    term.code, (term.label, term.label_en), term.valid_from, term.valid_to, term.note
                )
                for term in Term.objects.filter(scheme__code=code)
            }
        return self.terms[code]

    def _check(self) -> None:
        revs = dict(Scheme.objects.values_list("code", "rev"))
        for code in [c for c in self.terms if revs.get(c) != self.revs.get(c)]:
            del self.terms[code]
        self.revs = revs
        self.checked = time.monotonic()


_cache = _Cache()


def forget() -> None:
    """Drop the cache of this process: after a change made here."""
    _cache.terms.clear()
    _cache.checked = -REFRESH


def terms(scheme: str, on: date | None = None) -> list[TermInfo]:
    """The terms that hold on a day (today by default), in order; trees depth first."""
    day = on or clock.today()
    return [term for term in _cache.scheme(scheme).values() if term.holds_on(day)]


def label(scheme: str, code: str) -> str:
    """The label of a code in the reader's language, of a retired one too; the code when unknown."""
    term = _cache.scheme(scheme).get(code)
    return term.label if term else code


def choices(scheme: str) -> list[tuple[str, str]]:
    """Codes and labels for a form field; deeper terms are indented."""
    return [(term.code, "　" * term.level + term.label) for term in terms(scheme)]


def ancestors(scheme: str, code: str) -> list[str]:
    """The codes above a code, nearest first; empty for a top term and for an empty code."""
    return list(_above(code)) if code in _cache.scheme(scheme) else []


def descendants(scheme: str, code: str) -> list[str]:
    """The codes below a code."""
    return [other for other in _cache.scheme(scheme) if other.startswith(f"{code}.")]


def is_valid(scheme: str, code: str, on: date | None = None) -> bool:
    """Whether the code may be chosen on a day (today by default)."""
    term = _cache.scheme(scheme).get(code)
    return term is not None and term.holds_on(on or clock.today())


def schemes() -> list[Scheme]:
    """Every scheme, in order."""
    return list(Scheme.objects.all())


def _above(code: str) -> Iterator[str]:
    while "." in code:
        code = code.rpartition(".")[0]
        yield code
