"""The engines without the product: their own clients, queries made beforehand, the ids of the hits."""

import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import tantivy
from elasticsearch import Elasticsearch, helpers

from search import engine, schema
from search.backends.elasticsearch.documents import action_of, index_of
from search.backends.embedded.compile import document_of, schema_of
from search.plan import Plan, Row


class Bare(ABC):
    """What the product is measured against. `ask` answers what was made ready under the same words."""

    def __init__(self, name: str) -> None:
        self.spec = schema.get(name)
        self._ready: dict[tuple[str, str], Any] = {}

    def prepare(self, kind: str, words: str, plan: Plan) -> None:
        """Make a question ready."""
        self._ready[kind, words] = self.question(plan)

    def is_ready(self, kind: str, words: str) -> bool:
        """Whether such a question was made ready."""
        return (kind, words) in self._ready

    @abstractmethod
    def question(self, plan: Plan) -> Any:
        """The question in the engine's own terms."""

    @abstractmethod
    def ask(self, kind: str, words: str) -> list[str]:
        """The ids of the hits."""

    @abstractmethod
    def load(self, rows: list[Row]) -> float:
        """Seconds that the engine's own bulk loading takes for rows that are ready."""


class BareTantivy(Bare):
    """tantivy on the product's own files."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        backend: Any = engine.backend()
        self._searcher, opened = backend.store(self.spec).searcher()
        self._compiler = opened.compiler

    def question(self, plan: Plan) -> Any:
        facets = {
            facet: {"terms": {"field": facet, "size": 1000}}
            for facet in plan.facets
            if isinstance(facet, str)
        }
        return self._compiler.ranked(plan), self._compiler.matching(plan), plan, facets

    def ask(self, kind: str, words: str) -> list[str]:
        query, matching, plan, facets = self._ready[kind, words]
        found = self._searcher.search(query, plan.limit, count=plan.count, offset=plan.offset)
        if facets:
            self._searcher.aggregate(matching, facets)
        return [self._searcher.doc(address)["id"][0] for _, address in found.hits]

    def load(self, rows: list[Row]) -> float:
        with tempfile.TemporaryDirectory() as folder:
            index = tantivy.Index(schema_of(self.spec), path=str(Path(folder)))
            began = time.perf_counter()
            writer = index.writer(128_000_000, 1)
            for row in rows:
                writer.add_document(document_of(self.spec, row))
            writer.commit()
            return time.perf_counter() - began


class BareElasticsearch(Bare):
    """The official client with bodies that were made beforehand, on the product's own index."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._backend: Any = engine.backend()
        self._alias = self._backend.store(self.spec).alias
        self._client: Elasticsearch = self._backend._cluster._reader

    def question(self, plan: Plan) -> Any:
        return self._backend.request(self.spec, plan).to_dict() | {"_source": False}

    def ask(self, kind: str, words: str) -> list[str]:
        answer = self._client.search(index=self._alias, body=self._ready[kind, words])
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def load(self, rows: list[Row]) -> float:
        name = "bench-bare"
        index_of(self.spec, name, shards=1, aliases={}).create(using=self._client)
        client = self._client.options(request_timeout=60)
        actions = [action_of(name, row) for row in rows]
        began = time.perf_counter()
        helpers.bulk(client, actions, chunk_size=500)
        client.indices.refresh(index=name)
        seconds = time.perf_counter() - began
        client.indices.delete(index=name)
        return seconds
