"""The Elasticsearch backend: plans in, answers out."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from elasticsearch.dsl import Search
from elasticsearch.dsl import query as q

from search.backends.elasticsearch import facets
from search.backends.elasticsearch.address import Address
from search.backends.elasticsearch.cluster import Cluster
from search.backends.elasticsearch.compile import Filters, among, filter_of, selection
from search.backends.elasticsearch.store import Store
from search.errors import IndexBusy
from search.locks import locked, locked_everywhere
from search.plan import Answer, Load, Plan, Progress, Revision
from search.query import Hit, Range, Value
from search.schema import IndexSpec

#: The parts of a response that are used; the cluster leaves out the rest.
_PARTS = ["hits.total.value", "hits.hits._id", "hits.hits._score", "hits.hits.fields"]


class ElasticsearchBackend:
    """Indexes on the cluster that SEARCH_URL names; only lock files are under `root`."""

    heals_inline = False

    def __init__(self, url: str, root: Path, *, shards: int = 1, replicas: int = 0) -> None:
        self._address = Address.parse(url)
        self._cluster = Cluster(self._address)
        self._root = root
        self._shards = shards
        self._replicas = replicas
        self._stores: dict[str, tuple[IndexSpec, Store]] = {}
        self._lock = threading.Lock()

    def store(self, spec: IndexSpec) -> Store:
        """The index of this spec on the cluster."""
        held = self._stores.get(spec.name)
        if held is not None and held[0] is spec:
            return held[1]
        with self._lock:
            store = Store(spec, self._cluster, self._address, self._shards, self._replicas)
            self._stores[spec.name] = (spec, store)
            return store

    def search(self, spec: IndexSpec, plan: Plan) -> Answer:
        """See `Backend.search`."""
        answer = self._ask(spec, self.request(spec, plan), plan)
        found = answer.get("hits", {})
        return Answer(
            [_hit(hit) for hit in found.get("hits", [])],
            int(found["total"]["value"]) if plan.count else 0,
            facets.counts(spec, plan, answer["aggregations"]) if plan.facets else {},
        )

    def request(self, spec: IndexSpec, plan: Plan) -> Search[Any]:
        """The request to the cluster for a plan."""
        inside, after = facets.split(plan)
        search = Search().query(selection(spec, plan, inside, scored=not plan.sort))
        if after:
            chosen = [filter_of(spec, name, one) for name, one in after.items()]
            search = search.post_filter(q.Bool(filter=chosen))
        for name, counted in facets.aggregations(spec, plan).items():
            search.aggs.bucket(name, counted)
        if plan.sort:
            search = search.sort(_order(plan.sort))
        return search.extra(from_=plan.offset, size=plan.limit, track_total_hits=plan.count)

    def count(self, spec: IndexSpec, plan: Plan) -> int:
        """See `Backend.count`."""
        query = selection(spec, plan, plan.filters, scored=False)
        search = Search().query(query).extra(size=0, track_total_hits=True)
        return int(self._ask(spec, search, plan)["hits"]["total"]["value"])

    def allowed(
        self, spec: IndexSpec, ids: Sequence[str], filters: Mapping[str, Sequence[Value] | Range]
    ) -> dict[str, int]:
        """See `Backend.allowed`."""
        if not ids:
            return {}
        wanted: Filters = filters
        search = Search().query(among(spec, ids, wanted))
        search = search.extra(size=len(ids), track_total_hits=False)
        answer = self._ask(spec, search, Plan())
        return {hit["_id"]: _rev(hit) for hit in answer.get("hits", {}).get("hits", [])}

    def _ask(self, spec: IndexSpec, search: Search, plan: Plan) -> Mapping[str, Any]:
        body = search.to_dict()
        if body.get("size") != 0:
            body |= {"_source": False, "docvalue_fields": ["rev"]}
        alias = self.store(spec).alias
        answer = self._cluster.read(
            lambda client: client.search(
                index=alias,
                body=body,
                # The same query goes to the same copies, so that its pages are consistent.
                preference=_preference(plan),
                # Rarity is counted over all shards: otherwise a row's rank would depend on its shard.
                search_type="dfs_query_then_fetch" if self._shards > 1 else None,
                allow_partial_search_results=False,
                filter_path=[*_PARTS, "aggregations"],
            )
        )
        body_of: Mapping[str, Any] = answer.body
        return body_of

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
        anew: bool = False,
    ) -> int:
        """See `Backend.rebuild`. An interrupted rebuild is continued."""
        store = self.store(spec)
        with self._rebuilding(store, wait):
            if failed is not None and store.in_place() not in ("", failed):
                return 0
            return store.rebuild(load, progress, anew=anew)

    def discard(self, spec: IndexSpec) -> None:
        """See `Backend.discard`. Does nothing while a rebuild runs."""
        store = self.store(spec)
        with suppress(IndexBusy), self._rebuilding(store, 0.0):
            store.discard()

    @contextmanager
    def _rebuilding(self, store: Store, wait: float | None) -> Iterator[None]:
        lock = self._root / store.spec.name / "rebuild.lock"
        with locked(lock, wait), locked_everywhere(f"rebuild {store.alias}", wait):
            yield

    def revisions(self, spec: IndexSpec) -> Iterator[Revision]:
        """See `Backend.revisions`."""
        return self.store(spec).revisions()

    def drop(self, spec: IndexSpec) -> None:
        """See `Backend.drop`."""
        self.store(spec).drop()

    def prune(self, spec: IndexSpec) -> list[str]:
        """See `Backend.prune`."""
        return self.store(spec).prune()


def _order(sort: str) -> dict[str, Any]:
    descending = sort.startswith("-")
    options = {"order": "desc" if descending else "asc", "missing": "_last"}
    return {sort.removeprefix("-"): options}


def _preference(plan: Plan) -> str:
    asked = repr((plan.terms, plan.words, plan.filters, plan.sort))
    return blake2b(asked.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _hit(hit: Mapping[str, Any]) -> Hit:
    return Hit(hit["_id"], float(hit.get("_score") or 0.0), _rev(hit))


def _rev(hit: Mapping[str, Any]) -> int:
    return int(hit["fields"]["rev"][0])
