"""Questions to the code lists. Answers come from a cache in the process.

Every few seconds the cache asks for the stamps of the schemes (one query) and reads anew what has
changed, so all processes agree within REFRESH seconds. Between two checks nothing is queried.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from marketplace.kernel import clock
from marketplace.kernel.errors import NotVisible
from marketplace.taxonomy.models import Scheme, Term

#: Seconds until a change made in another process is seen.
REFRESH = 5.0


@dataclass(frozen=True)
class TermInfo:
    """One term as pages need it. `level` is its depth in a tree, 0 at the top."""

    code: str
    names: tuple[str, str]
    parent: str
    level: int
    valid_from: date
    valid_to: date | None
    note: str

    @property
    def label(self) -> str:
        """The name in the reader's language; Chinese where there is no English one."""
        return self.label_in(get_language() or "")

    def label_in(self, language: str) -> str:
        """The name in a language; Chinese where there is no English one."""
        chinese, english = self.names
        return english if language.startswith("en") and english else chinese

    def holds_on(self, day: date) -> bool:
        """Whether the term may be chosen on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class _Snapshot:
    """A scheme as it was read: every row depth first, and the latest row of each code."""

    stamp: UUID | None
    rows: tuple[TermInfo, ...]
    latest: dict[str, TermInfo]


class _Cache:
    """Snapshots by scheme. They are replaced, never changed, so threads may share them."""

    def __init__(self) -> None:
        self.snapshots: dict[str, _Snapshot] = {}
        self.checked = -float("inf")
        self.revision = ""

    def scheme(self, code: str) -> _Snapshot:
        self.check()
        # The one that this call began with: if another thread notices a change while the rows are
        # read, they are old, and must not be kept among the snapshots of the new revision.
        snapshots = self.snapshots
        found = snapshots.get(code)
        if found is None:
            found = snapshots[code] = _read(code)
        return found

    def check(self) -> None:
        """Ask what has changed, if the last time was REFRESH seconds ago."""
        if time.monotonic() - self.checked < REFRESH:
            return
        stamps = dict(Scheme.objects.values_list("code", "stamp"))
        self.snapshots = {
            code: snapshot
            for code, snapshot in list(self.snapshots.items())
            if stamps.get(code) == snapshot.stamp
        }
        every = ",".join(f"{code}={stamps[code]}" for code in sorted(stamps))
        self.revision = hashlib.sha256(every.encode()).hexdigest()[:16]
        self.checked = time.monotonic()


def _read(scheme: str) -> _Snapshot:
    # The stamp comes with the rows in one statement: they always belong together.
    terms = list(Term.objects.filter(scheme__code=scheme).select_related("scheme"))
    if not terms:
        stamp = Scheme.objects.filter(code=scheme).values_list("stamp", flat=True).first()
        return _Snapshot(stamp, (), {})
    rows = tuple(_depth_first(terms))
    latest = {row.code: row for row in sorted(rows, key=lambda row: row.valid_from)}
    return _Snapshot(terms[0].scheme.stamp, rows, latest)


def _depth_first(terms: list[Term]) -> Iterator[TermInfo]:
    codes = {term.code for term in terms}
    below: dict[str, list[Term]] = {}
    for term in terms:
        # A term whose parent is not there stands at the top instead of nowhere.
        below.setdefault(term.parent if term.parent in codes else "", []).append(term)
    return _walk(below, "", 0, set())


def _walk(
    below: dict[str, list[Term]], parent: str, level: int, seen: set[str]
) -> Iterator[TermInfo]:
    for term in below.get(parent, []):
        yield TermInfo(
            code=term.code,
            names=(term.label, term.label_en),
            parent=parent,
            level=level,
            valid_from=term.valid_from,
            valid_to=term.valid_to,
            note=term.note,
        )
        if term.code not in seen:
            seen.add(term.code)
            yield from _walk(below, term.code, level + 1, seen)


_cache = _Cache()


def forget() -> None:
    """Drop the cache of this process: after a change that was committed here."""
    _cache.snapshots = {}
    _cache.checked = -float("inf")


def revision() -> str:
    """The state of all code lists as this process knows them; another one after any change."""
    _cache.check()
    return _cache.revision


def terms(scheme: str, on: date | None = None) -> list[TermInfo]:
    """The terms that hold on a day (today by default), in order; trees depth first."""
    day = on or clock.today()
    return [row for row in _cache.scheme(scheme).rows if row.holds_on(day)]


def label(scheme: str, code: str) -> str:
    """The label of a code in the reader's language, of a retired one too; the code when unknown."""
    return label_in(scheme, code, get_language() or "")


def label_in(scheme: str, code: str, language: str) -> str:
    """The label of a code in a language, of a retired one too; the code when unknown."""
    term = _cache.scheme(scheme).latest.get(code)
    return term.label_in(language) if term else code


def choices(scheme: str) -> list[tuple[str, str]]:
    """Codes and labels for a form field; deeper terms are indented."""
    return [(term.code, "　" * term.level + term.label) for term in terms(scheme)]


@dataclass(frozen=True)
class Choices:
    """The choices of a scheme for a form field, which asks for them each time it is shown."""

    scheme: str

    def __call__(self) -> list[tuple[str, str]]:
        """Codes and labels that hold today."""
        return choices(self.scheme)

    def name_of(self, code: str) -> str:
        """The label of a code, of a retired one too."""
        return label(self.scheme, code)


def ancestors(scheme: str, code: str) -> list[str]:
    """The codes above a code, nearest first; empty for a top term and for an unknown code."""
    latest = _cache.scheme(scheme).latest
    above: list[str] = []
    term = latest.get(code)
    while term and term.parent and term.parent not in above:
        above.append(term.parent)
        term = latest.get(term.parent)
    return above


def descendants(scheme: str, code: str) -> list[str]:
    """The codes below a code, depth first; empty for a leaf and for an unknown code."""
    return [other for other in _cache.scheme(scheme).latest if code in ancestors(scheme, other)]


def is_valid(scheme: str, code: str, on: date | None = None) -> bool:
    """Whether the code may be chosen on a day (today by default)."""
    day = on or clock.today()
    return any(row.code == code and row.holds_on(day) for row in _cache.scheme(scheme).rows)


# ---- the operator's pages: straight from the database, never from the cache


def schemes() -> QuerySet[Scheme, Scheme]:
    """Every scheme, in order, with `in_use`: how many of its terms hold today."""
    today = clock.today()
    holding = Q(terms__valid_from__lte=today) & (
        Q(terms__valid_to__isnull=True) | Q(terms__valid_to__gt=today)
    )
    # Django leaves Meta.ordering out of grouped queries.
    return Scheme.objects.annotate(in_use=Count("terms", filter=holding)).order_by("order", "code")


def scheme_named(code: str) -> Scheme:
    """The scheme with this code. Raises NotVisible when there is none."""
    found = Scheme.objects.filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def term_of(scheme: Scheme, code: str) -> Term:
    """The latest row of a code. Raises NotVisible when there is none."""
    found = scheme.terms.filter(code=code).order_by("valid_from").last()
    if found is None:
        raise NotVisible
    return found


def table_of(scheme: Scheme) -> list[dict[str, Any]]:
    """Every row of a scheme for the operator, depth first: the term, its level, whether it holds."""
    today = clock.today()
    rows = {(term.code, term.valid_from): term for term in scheme.terms.all()}
    return [
        {
            "term": rows[info.code, info.valid_from],
            "indent": "　" * info.level,
            "holds": info.holds_on(today),
            "awaited": info.valid_from > today,
        }
        for info in _depth_first(list(rows.values()))
    ]


def parents_in(scheme: Scheme) -> list[tuple[str, str]]:
    """The terms that a new term may stand under: the top ones that hold today."""
    today = clock.today()
    return [
        (term.code, term.label)
        for term in scheme.terms.filter(parent="").order_by("order", "code")
        if term.holds_on(today)
    ]
