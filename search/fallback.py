"""The answer while there is no index: a short scan of the rows in the database.

It has no stemming, no ranking by rarity and no facets, and may be incomplete; but it answers.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from search import budget
from search.analysis import Word, clean, query_words
from search.plan import Plan, Stored, bounds, stored
from search.query import Hit, Query, Range, Results
from search.schema import Document, IndexSpec, Text

_MOST = 500
# More words hardly narrow the result, and each one is compared with several columns.
_WORDS = 8
_LIMIT = "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)"

log = logging.getLogger(__name__)


def scan_find(spec: IndexSpec, query: Query, plan: Plan) -> Results:
    """Rows that contain all words of the query, newest first where the index can sort."""
    hits = _looked(spec, query.text, plan, all_words=True)
    page = hits[plan.offset : plan.offset + plan.limit]
    return Results(
        page,
        len(hits),
        page=query.bounded_page,
        size=query.bounded_size,
        degraded=True,
        partial=True,
    )


def scan_match(spec: IndexSpec, text: str, plan: Plan) -> list[Hit]:
    """Rows that contain any word of the text, those with the most mentions first."""
    hits = _looked(spec, text, plan, all_words=False)
    return sorted(hits, key=lambda hit: -hit.score)[: plan.limit]


def _looked(spec: IndexSpec, text: str, plan: Plan, *, all_words: bool) -> list[Hit]:
    """The rows found within the time that is left, or until the database stopped."""
    began = time.monotonic()
    seconds = budget.scan_left()
    hits: list[Hit] = []
    if seconds <= 0:
        return hits
    try:
        with _bounded(seconds):
            hits.extend(_scan(spec, text, plan, began + seconds, all_words=all_words))
    except DatabaseError as error:
        log.warning(
            "index %s: the look through the rows ended: %s", spec.name, type(error).__name__
        )
    finally:
        budget.spend_scan(time.monotonic() - began)
    return hits


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """PostgreSQL cancels a statement that takes longer. SQLite has no such limit: it reads row by row."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LIMIT, [f"{max(1, int(seconds * 1000))}ms"])
            [before, _] = cursor.fetchone()
        yield
        with connection.cursor() as cursor:
            cursor.execute(_LIMIT, [before])


def _scan(spec: IndexSpec, text: str, plan: Plan, end: float, *, all_words: bool) -> Iterator[Hit]:
    words = query_words(text)
    # A name in several parts may be written differently in the rows, so it is no condition of the query.
    plain = [word.forms[-1] for word in words if word.is_cjk or not word.grams]
    found = 0
    for id_, rev, document in _visible(spec, plain[:_WORDS] if all_words else []):
        if time.monotonic() > end or found >= _MOST:
            break
        if not _passes(spec, document, plan):
            continue
        prose = clean(" ".join(str(document.get(name) or "") for name in spec.texts))
        mentions = [_mentions(word, prose) for word in words]
        if not words or (all(mentions) if all_words else any(mentions)):
            found += 1
            yield Hit(id_, float(sum(mentions)), rev)


def _mentions(word: Word, prose: str) -> int:
    """How often a text contains one of a word's forms; once where it contains all its parts."""
    times = max(prose.count(form) for form in word.forms)
    apart = bool(word.grams) and all(gram in prose for gram in word.grams)
    return times or int(apart)


def _visible(spec: IndexSpec, words: Sequence[str]) -> Iterator[tuple[str, int, Document]]:
    rows = spec.source(None) if spec.newest is None else spec.newest(words)
    for id_, rev, document in rows:
        if document is not None and document.get("visible", True):
            yield str(id_), rev, document


def _passes(spec: IndexSpec, document: Document, plan: Plan) -> bool:
    for name, accepted in plan.filters.items():
        field = spec.fields[name]
        if isinstance(field, Text):
            return False
        values = stored(field, document.get(name))
        if isinstance(accepted, Range):
            if not _is_within(spec, name, values, accepted):
                return False
        elif not {item for one in accepted for item in stored(field, one)} & set(values):
            return False
    return True


def _is_within(spec: IndexSpec, name: str, values: tuple[Stored, ...], wanted: Range) -> bool:
    ends = bounds(spec, name, wanted)
    if ends is None or not values:
        return ends is not None and wanted.or_missing
    low, high = ends
    value = float(values[0])
    return (low is None or value >= low) and (high is None or value <= high)
