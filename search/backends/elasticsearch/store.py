"""One index on the cluster: its alias, what is written to it, and how it is rebuilt.

    {prefix}-{index}-{fingerprint}               alias: the index that answers
    {prefix}-{index}-{fingerprint}-building      alias: an index that is being filled
    {prefix}-{index}-{fingerprint}-{time}        an index

The fingerprint is part of the name: while a release with another schema is rolled out, the processes of
both find their own index. A write carries the row's revision as its version, so the order of writes does
not matter: the cluster refuses an older one (409), as intended.

A refresh writes to the index being filled *before* the one that answers. If it finds none being filled,
either the filling has not begun, and will read rows at least as new; or it has ended, and then the index
that answers is the new one. Such a write is searchable at once: the new index may be put into use at any
moment, and must not return an older state of a row than the old one did.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from elasticsearch import Elasticsearch, NotFoundError, helpers

from search.backends.elasticsearch.address import Address
from search.backends.elasticsearch.cluster import BUSY, Cluster
from search.backends.elasticsearch.documents import action_of, index_of
from search.backends.progress import counted
from search.errors import IndexUnavailable, SearchRefused, SearchUnavailable
from search.plan import Load, Progress, Revision, Row, fingerprint
from search.schema import IndexSpec

log = logging.getLogger(__name__)
_CHUNK = 500
_PAGE = 5_000
_KEEP_ALIVE = "2m"
#: Seconds that a new index waits for its copies before it is used without them.
_COPIES_SECONDS = 60
#: After so many seconds an unfinished index is discarded: an older release may have filled it.
_LEFT_SECONDS = 86_400.0
_STALE, _MISSING = 409, 404


class Store:
    """The index of one spec."""

    def __init__(
        self, spec: IndexSpec, cluster: Cluster, address: Address, shards: int, replicas: int
    ) -> None:
        self.spec = spec
        self._cluster = cluster
        self._address = address
        self._shards = shards
        self._replicas = replicas
        self._family = f"{address.prefix}-{spec.name.replace('_', '-')}"
        self.alias = f"{self._family}-{fingerprint(spec)}"
        self.building = f"{self.alias}-building"

    # Writing ----------------------------------------------------------------------------------

    def refresh(self, ids: Sequence[str], load: Load) -> None:
        """Write these rows as `load` gives them now."""
        rows = {row.id: row for row in load(ids)}
        with self._cluster.writing() as client:
            gone = [id_ for id_ in ids if id_ not in rows]
            rows |= {row.id: row for row in self._tombstones(client, gone)}
            if client.indices.exists_alias(name=self.building) and self._is_fillable(client):
                self._write(client, self.building, rows.values(), refresh=True, required=False)
            self._write(client, self.alias, rows.values(), refresh="wait_for", required=True)

    def _is_fillable(self, client: Elasticsearch) -> bool:
        """Whether the index that is being filled can be written; if it alone is lost, it is removed.

        It has no copies yet, so a lost node takes it along: it must not stop the writes to the index
        that answers. Who was filling it begins anew.
        """
        lost = self._lost(client, [self.alias, self.building])
        half_filled = set(self._behind(client, self.building))
        if not lost & half_filled:
            return True
        if lost <= half_filled:
            log.warning("index %s: the one being filled is lost", self.spec.name)
            self.discard()
        return False

    def _lost(self, client: Elasticsearch, names: list[str]) -> set[str]:
        """Which of the indexes have a shard that no node holds."""
        # The cluster answers 408 when one of them does not exist.
        asking = client.options(ignore_status=408)
        health = asking.cluster.health(index=names, level="indices", timeout="0s")
        found = health.get("indices", {})
        return {name for name, one in found.items() if one["status"] == "red"}

    def _tombstones(self, client: Elasticsearch, ids: list[str]) -> Iterator[Row]:
        """Rows that are gone: their revision plus one, so that no late write brings a row back."""
        if not ids:
            return
        answer = client.mget(index=self.alias, ids=ids, source_includes=["visible"])
        for one in answer["docs"]:
            if "error" in one:
                raise IndexUnavailable(str(one["error"].get("type")))
            if one.get("found") and one["_source"]["visible"]:
                yield Row(one["_id"], one["_version"] + 1, visible=False)

    def _write(
        self,
        client: Elasticsearch,
        index: str,
        rows: Iterable[Row],
        *,
        refresh: bool | Literal["wait_for"],
        required: bool,
    ) -> None:
        actions = (action_of(index, row) for row in rows)
        outcome = helpers.streaming_bulk(
            client,
            actions,
            chunk_size=_CHUNK,
            max_retries=3,
            initial_backoff=0.5,
            raise_on_error=False,
            refresh=refresh,
            # Without this a write to a lost alias would create an index of that name with a wrong mapping.
            require_alias=True,
        )
        for fine, item in outcome:
            if fine:
                continue
            result = item["index"]
            if result["status"] == _STALE:
                continue
            if result["status"] == _MISSING:
                if required:
                    raise IndexUnavailable(f"{index} is gone")
                return
            refused = SearchUnavailable if result["status"] in BUSY else SearchRefused
            raise refused(f"{index} refuses {result['_id']}: {_type_of(result)}")

    # Rebuilding -------------------------------------------------------------------------------

    def in_place(self) -> str:
        """The name of the index in use; empty when there is none."""
        with self._cluster.writing() as client:
            return next(iter(self._behind(client, self.alias)), "")

    def rebuild(self, load: Load, progress: Progress | None, *, anew: bool) -> int:
        """Fill a new index, or continue an unfinished one, and put it into use."""
        with self._cluster.writing() as client:
            name = self._begin(client, anew=anew)
            held = {row.id: row.rev for row in self._listed(client, name)}
            if held:
                log.info("index %s: going on with %s rows of %s", self.spec.name, len(held), name)
            rows = counted(load(None, held), progress, self.spec, done=len(held))
            self._write(client, self.building, rows, refresh=False, required=True)
            self._complete(client, name)
            count = int(client.count(index=name)["count"])
            self._swap(client, name)
            return count

    def discard(self) -> None:
        """Remove the unfinished index."""
        with self._cluster.writing() as client:
            for name in self._behind(client, self.building):
                client.indices.delete(index=name, ignore_unavailable=True)

    def _begin(self, client: Elasticsearch, *, anew: bool) -> str:
        for name in self._behind(client, self.building):
            if not anew and _age(name) < _LEFT_SECONDS and not self._lost(client, [name]):
                return name
            client.indices.delete(index=name, ignore_unavailable=True)
        name = f"{self.alias}-{time.time_ns():x}"
        index = index_of(
            self.spec, name, shards=self._shards, aliases={self.building: {"is_write_index": True}}
        )
        index.create(using=client)
        client.indices.refresh(index=name)
        return name

    def _complete(self, client: Elasticsearch, name: str) -> None:
        """The settings of an index that answers, and its copies."""
        client.indices.put_settings(
            index=name,
            settings={
                "number_of_replicas": self._replicas,
                "refresh_interval": self._address.refresh_interval,
            },
        )
        client.indices.refresh(index=name)
        if self._replicas:
            health = client.options(request_timeout=_COPIES_SECONDS + 5).cluster.health(
                index=name, wait_for_status="green", timeout=f"{_COPIES_SECONDS}s"
            )
            if health["timed_out"]:
                log.warning("index %s answers before its copies are made", name)

    def _swap(self, client: Elasticsearch, name: str) -> None:
        """Put the new index into use in one step; then delete the old one."""
        old = [one for one in self._behind(client, self.alias) if one != name]
        actions: list[Mapping[str, Any]] = [
            *({"remove": {"index": one, "alias": self.alias}} for one in old),
            {"add": {"index": name, "alias": self.alias, "is_write_index": True}},
            {"remove": {"index": name, "alias": self.building}},
        ]
        client.indices.update_aliases(actions=actions)
        for one in old:
            client.indices.delete(index=one, ignore_unavailable=True)

    def drop(self) -> None:
        """Remove every index of this spec, whatever its schema."""
        self._delete(f"{self._family}-*")

    def prune(self) -> list[str]:
        """Remove the indexes of other schemas that no process uses any more; their names."""
        return self._delete(f"{self._family}-*", but=f"{self.alias}-")

    def _delete(self, pattern: str, but: str = "") -> list[str]:
        with self._cluster.writing() as client:
            found = client.indices.get(index=pattern, ignore_unavailable=True, features="aliases")
            names = [name for name in found if self._is_ours(name)]
            names = [name for name in names if not but or not name.startswith(but)]
            for name in names:
                client.indices.delete(index=name, ignore_unavailable=True)
            return names

    def _is_ours(self, name: str) -> bool:
        """Whether the name is ours: another index's name may begin alike, but ours have two more parts."""
        rest = name.removeprefix(f"{self._family}-").split("-")
        return len(rest) == 2 and len(rest[0]) == 16

    def _behind(self, client: Elasticsearch, alias: str) -> list[str]:
        try:
            return sorted(client.indices.get_alias(name=alias))
        except NotFoundError:
            return []

    # Which indexes there are ------------------------------------------------------------------

    def revisions(self) -> Iterator[Revision]:
        """Every row of the index in use."""
        with self._cluster.writing() as client:
            client.indices.refresh(index=self.alias)
            yield from self._listed(client, self.alias)

    def _listed(self, client: Elasticsearch, index: str) -> Iterator[Revision]:
        if index != self.alias:
            client.indices.refresh(index=index)
        pit = client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"]
        after = None
        try:
            while True:
                answer = client.search(
                    pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                    size=_PAGE,
                    sort=[{"_shard_doc": "asc"}],
                    search_after=after,
                    source=False,
                    docvalue_fields=[{"field": "rev"}, {"field": "visible"}],
                    track_total_hits=False,
                    allow_partial_search_results=False,
                )
                pit = answer["pit_id"]
                hits = answer["hits"]["hits"]
                for hit in hits:
                    fields = hit["fields"]
                    yield Revision(hit["_id"], int(fields["rev"][0]), bool(fields["visible"][0]))
                if len(hits) < _PAGE:
                    return
                after = hits[-1]["sort"]
        finally:
            client.close_point_in_time(id=pit)


def _age(name: str) -> float:
    """The age of an index in seconds, from its name."""
    return (time.time_ns() - int(name.rsplit("-", 1)[1], 16)) / 1e9


def _type_of(result: Mapping[str, Any]) -> str:
    """The kind of error, without the text that it quotes."""
    error = result.get("error")
    return str(error.get("type")) if isinstance(error, Mapping) else str(result["status"])
