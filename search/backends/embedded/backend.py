"""The embedded backend: plans in, answers out."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy

from search.backends.embedded.compile import Compiler, aggregation, counts_of
from search.backends.embedded.guard import guarded
from search.backends.embedded.store import Opened, Store
from search.plan import Answer, Load, Plan, Progress, Revision
from search.query import Hit, Range, RangeFacet, Value
from search.schema import IndexSpec

_PAGE_OF_REVISIONS = 5_000


class EmbeddedBackend:
    """tantivy indexes in folders under `root`, one for each spec."""

    heals_inline = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def store(self, spec: IndexSpec) -> Store:
        """The folder of this index, opened once per process."""
        store = self._stores.get(spec.name)
        if store is not None and store.spec is spec:
            return store
        with self._lock:
            store = Store(spec, self.root / spec.name)
            self._stores[spec.name] = store
            return store

    def search(self, spec: IndexSpec, plan: Plan) -> Answer:
        """See `Backend.search`."""
        searcher, opened = self.store(spec).searcher()
        query = _query(opened.compiler, plan)
        facets: dict[str, dict[str, int]] = {}
        with guarded(opened.generation):
            found = searcher.search(
                query, plan.limit, count=plan.count, offset=plan.offset, **_order(plan)
            )
            hits = _hits(searcher, found)
        for without, group in _facet_groups(plan).items():
            facets |= _facets(searcher, opened, plan, without, group)
        return Answer(hits, int(found.count or 0) if plan.count else 0, facets)

    def count(self, spec: IndexSpec, plan: Plan) -> int:
        """See `Backend.count`."""
        searcher, opened = self.store(spec).searcher()
        query = opened.compiler.matching(plan)
        with guarded(opened.generation):
            return int(searcher.search(query, 1, count=True).count or 0)

    def allowed(
        self, spec: IndexSpec, ids: Sequence[str], filters: Mapping[str, Sequence[Value] | Range]
    ) -> dict[str, int]:
        """See `Backend.allowed`."""
        if not ids:
            return {}
        searcher, opened = self.store(spec).searcher()
        query = opened.compiler.among(ids, filters)
        with guarded(opened.generation):
            found = searcher.search(query, len(ids), count=False)
            hits = _hits(searcher, found)
        return {hit.id: hit.rev for hit in hits}

    def refresh(self, spec: IndexSpec, ids: Sequence[str], load: Load) -> None:
        """See `Backend.refresh`."""
        self.store(spec).refresh(ids, load)

    def rebuild(
        self,
        spec: IndexSpec,
        load: Load,
        *,
        progress: Progress | None = None,
        failed: str | None = None,
        wait: float | None = None,
        anew: bool = False,  # noqa: ARG002 -- here every rebuild is
    ) -> int:
        """See `Backend.rebuild`."""
        return self.store(spec).rebuild(load, progress, failed, wait)

    def revisions(self, spec: IndexSpec) -> Iterator[Revision]:
        """See `Backend.revisions`."""
        searcher, opened = self.store(spec).searcher()
        with guarded(opened.generation):
            for start in range(0, searcher.num_docs, _PAGE_OF_REVISIONS):
                found = searcher.search(
                    tantivy.Query.all_query(), _PAGE_OF_REVISIONS, count=False, offset=start
                )
                for _, address in found.hits:
                    document = searcher.doc(address)
                    yield Revision(
                        document["id"][0], int(document["rev"][0]), bool(document["visible"][0])
                    )

    def discard(self, _spec: IndexSpec) -> None:
        """See `Backend.discard`. Does nothing: the next rebuild clears the folder."""

    def drop(self, spec: IndexSpec) -> None:
        """See `Backend.drop`."""
        self.store(spec).drop()

    def prune(self, _spec: IndexSpec) -> list[str]:
        """See `Backend.prune`. Does nothing: a folder contains one generation only."""
        return []


def _query(compiler: Compiler, plan: Plan) -> Any:
    return compiler.matching(plan) if plan.sort else compiler.ranked(plan)


def _order(plan: Plan) -> dict[str, Any]:
    if not plan.sort:
        return {}
    descending = plan.sort.startswith("-")
    return {
        "order_by_field": plan.sort.removeprefix("-"),
        "order": tantivy.Order.Desc if descending else tantivy.Order.Asc,
    }


def _hits(searcher: Any, found: Any) -> list[Hit]:
    # Each access to `found.hits` builds a new list.
    scored = found.hits
    revisions = searcher.fast_field_values("rev", [address for _, address in scored])
    return [
        Hit(searcher.doc(address)["id"][0], score or 0.0, rev)
        for (score, address), rev in zip(scored, revisions, strict=True)
    ]


def _facet_groups(plan: Plan) -> dict[str | None, list[str | RangeFacet]]:
    """Groups of facets that are counted over the same rows; one with a filter on its field is alone."""
    groups: dict[str | None, list[str | RangeFacet]] = {}
    for facet in plan.facets:
        name = facet if isinstance(facet, str) else facet.field
        groups.setdefault(name if name in plan.filters else None, []).append(facet)
    return groups


def _facets(
    searcher: Any,
    opened: Opened,
    plan: Plan,
    without: str | None,
    group: list[str | RangeFacet],
) -> dict[str, dict[str, int]]:
    wanted: dict[str, Any] = {}
    for facet in group:
        wanted |= aggregation(opened.spec, facet)
    query = opened.compiler.matching(plan, without=without)
    with guarded(opened.generation):
        answer = searcher.aggregate(query, wanted)
    return {
        facet if isinstance(facet, str) else facet.field: counts_of(opened.spec, facet, answer)
        for facet in group
    }
