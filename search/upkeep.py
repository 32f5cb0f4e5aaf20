"""Keeping an index in step with the rows: refresh, rebuild, compare, clean up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from search import suggestions, vectors
from search.active_backends import backend, standby
from search.errors import IndexUnavailable
from search.healing import with_healing
from search.plan import Progress, Revision, Row, load_from, row_of
from search.schema import Document, IndexSpec, get

_REFRESH_BATCH = 500


@dataclass(frozen=True)
class Differences:
    """Where the index and the rows do not agree, by id.

    `ahead` are rows whose revision in the index is higher than in the database, because the database was
    restored from an older copy. The index would refuse their next revisions.
    """

    missing: list[str]
    stale: list[str]
    extra: list[str]
    suggestions: list[str]
    ahead: list[str]

    def __bool__(self) -> bool:
        return bool(self.ids)

    @property
    def ids(self) -> list[str]:
        """Every row that differs."""
        of_index = {*self.missing, *self.stale, *self.extra, *self.ahead}
        return sorted(of_index | {*self.suggestions})


def refresh(spec_name: str, ids: Sequence[str]) -> None:
    """Bring these rows up to date in the index, the completions and the vectors.

    Idempotent. The rows are read now, not when the change happened. SearchUnavailable when the index
    cannot be written: try again later.
    """
    spec = get(spec_name)
    wanted = list(dict.fromkeys(str(id_) for id_ in ids))
    for start in range(0, len(wanted), _REFRESH_BATCH):
        _refresh(spec, wanted[start : start + _REFRESH_BATCH])


def _refresh(spec: IndexSpec, ids: list[str]) -> None:
    documents: dict[str, Document | None] = dict.fromkeys(ids)

    def load(asked: Sequence[str] | None, _held: Mapping[str, int] | None = None) -> Iterator[Row]:
        for id_, rev, document in spec.source(asked):
            documents[str(id_)] = document
            yield row_of(spec, str(id_), int(rev), document)

    # The completions of hidden rows are deleted first, also when the index cannot be written.
    shown = _shown(spec, ids)
    hidden = [id_ for id_ in ids if id_ not in shown]
    suggestions.update(spec, dict.fromkeys(hidden))
    vectors.forget(spec.name, hidden)
    # The standby first: when writing to the main engine fails, the whole refresh is tried again.
    if beside := standby():
        with_healing(beside, spec, lambda: beside.refresh(spec, ids, load))
    with_healing(backend(), spec, lambda: backend().refresh(spec, ids, load))
    suggestions.update(spec, documents)
    vectors.forget(
        spec.name, [id_ for id_, document in documents.items() if not is_shown(document)]
    )


def _shown(spec: IndexSpec, ids: Sequence[str]) -> set[str]:
    """Which of these rows may be found now; without reading documents where the index declares `shown`."""
    if spec.shown is not None:
        return set(spec.shown(ids))
    return {str(id_) for id_, _, document in spec.source(ids) if is_shown(document)}


def is_shown(document: Document | None) -> bool:
    """Whether a row's document may be found."""
    return document is not None and bool(document.get("visible", True))


def rebuild(spec_name: str, progress: Progress | None = None, *, anew: bool = False) -> int:
    """Rebuild the index and its completions; the number of rows. The old index answers meanwhile.

    `progress(done, total)` is called now and then, the total is None when unknown; with a standby
    engine it counts through both. An interrupted rebuild is continued, except with `anew`.
    """
    spec = get(spec_name)
    offers: dict[str, list[suggestions.Offered]] = {}
    seen: dict[str, int] = {}

    def load(ids: Sequence[str] | None, held: Mapping[str, int] | None = None) -> Iterator[Row]:
        for id_, rev, document in spec.source(ids):
            offers[str(id_)] = suggestions.offered_by(spec, document)
            seen[str(id_)] = int(rev)
            if held is None or held.get(str(id_)) != rev:
                yield row_of(spec, str(id_), int(rev), document)

    if beside := standby():
        beside.rebuild(spec, load_from(spec), progress=progress)
    count = backend().rebuild(spec, load, progress=progress, anew=anew)
    pairs = ((id_, offer) for id_, texts in offers.items() for offer in texts)
    suggestions.replace_all(spec, pairs)
    # A row that was refreshed during the rebuild has just got the completions of its older text.
    held = {row.id: row.rev for row in backend().revisions(spec)}
    _complete(spec, [id_ for id_, rev in seen.items() if held.get(id_, rev) != rev])
    vectors.rebuild(spec_name)
    return count


def _complete(spec: IndexSpec, ids: Sequence[str]) -> None:
    """Bring the completions of these rows up to date."""
    if ids:
        now = {str(id_): document for id_, _, document in spec.source(ids)}
        suggestions.update(spec, {**dict.fromkeys(ids), **now})


def reconcile(spec_name: str, *, fix: bool = False) -> Differences:
    """Compare every row with the index; with `fix`, refresh the rows that differ, or rebuild it.

    With a standby engine, a row counts that differs in either of the two. The differences returned are
    those found before the repair.
    """
    spec = get(spec_name)
    indexes = _held(spec)
    revs: dict[str, int] = {}
    shown: dict[str, int] = {}
    for id_, rev, document in spec.source(None):
        revs[str(id_)] = int(rev)
        if is_shown(document):
            shown[str(id_)] = int(rev)
    visible = [{id_: row.rev for id_, row in held.items() if row.visible} for held in indexes]
    found = Differences(
        missing=_union(shown.keys() - held.keys() for held in visible),
        stale=_union(
            {id_ for id_, rev in held.items() if shown.get(id_, rev) != rev} for held in visible
        ),
        extra=_union(held.keys() - shown.keys() for held in visible),
        suggestions=_union([suggestions.sources(spec) - shown.keys()]),
        ahead=_union(
            {id_ for id_, row in held.items() if row.rev > revs.get(id_, row.rev)}
            for held in indexes
        ),
    )
    if fix and found.ahead:
        # A write never lowers a revision, so only a new index gets rid of the higher ones.
        rebuild(spec_name, anew=True)
    elif fix and found:
        refresh(spec_name, found.ids)
    return found


def _held(spec: IndexSpec) -> list[dict[str, Revision]]:
    """The rows of the main engine and of the standby; a lost index is rebuilt first."""
    engines = [engine for engine in (backend(), standby()) if engine is not None]
    try:
        return [{row.id: row for row in engine.revisions(spec)} for engine in engines]
    except IndexUnavailable:
        rebuild(spec.name)
        return [{row.id: row for row in engine.revisions(spec)} for engine in engines]


def _union(sets: Iterable[AbstractSet[str]]) -> list[str]:
    return sorted(set().union(*sets))


def discard(spec_name: str) -> None:
    """Remove what an interrupted rebuild has left. SearchUnavailable when the engine is down."""
    backend().discard(get(spec_name))
