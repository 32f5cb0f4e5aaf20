"""Runs a benchmark of queries through the engine, over a temporary index.

A data set is a folder with `docs.jsonl.gz` (doc_id, text) and `queries.jsonl.gz` (qid, text).
"""

import gzip
import json
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from search import engine, schema, vectors
from search.configuration import elsewhere
from search.embedder import CacheFile
from search.errors import SearchUnavailable
from search.plan import load_from
from search.schema import IndexSpec, SourceRow, Text
from search.vector_store import EMPTY

DEPTH = 100
MODES = ("lexical", "hybrid")
Note = Callable[[str], None]


@dataclass(frozen=True)
class Dataset:
    """Documents and queries, each with its id and text."""

    documents: list[tuple[str, str]]
    queries: list[tuple[str, str]]


def read_dataset(folder: Path) -> Dataset:
    """The data set in this folder; OSError or ValueError when it is none."""
    documents = [(str(row["doc_id"]), str(row["text"])) for row in _rows(folder / "docs.jsonl.gz")]
    queries = [(str(row["qid"]), str(row["text"])) for row in _rows(folder / "queries.jsonl.gz")]
    return Dataset(documents, queries)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            if not isinstance(row, dict) or "text" not in row:
                raise ValueError(f"{path.name}, line {number}: no text")
            yield row


@contextmanager
def throw_away_index(
    documents: Sequence[tuple[str, str]], url: str, note: Note
) -> Iterator[IndexSpec]:
    """An index of these texts for the length of the block."""

    def source(ids: Sequence[str] | None) -> Iterable[SourceRow]:
        wanted = None if ids is None else set(ids)
        for id_, text in documents:
            if wanted is None or id_ in wanted:
                yield id_, 1, {"text": text}

    # A unique name: on a cluster two evaluations may run at the same time.
    spec = IndexSpec(
        name=f"evaluation_{secrets.token_hex(4)}",
        fields={"text": Text()},
        source=source,
        size=lambda: len(documents),
    )
    with tempfile.TemporaryDirectory(prefix="evaluate-") as folder, elsewhere(url, Path(folder)):
        schema.register(spec)
        try:
            engine.backend().rebuild(spec, load_from(spec), progress=_every(1000, "indexed", note))
            yield spec
        finally:
            with suppress(SearchUnavailable):
                engine.backend().drop(spec)
            schema.unregister(spec.name)


def run(
    data: Dataset, *, mode: str, url: str, cache: Path, note: Note, written_as: str = ""
) -> Iterator[tuple[str, str, float]]:
    """Query id, document id and score of the best hundred for each query.

    `written_as` names the index whose rows are texts like the queries. In mode `hybrid` new texts are
    embedded first (about five a second for each core) and kept in the file `cache`; RuntimeError when
    the sentence model is missing.
    """
    with throw_away_index(data.documents, url, note) as spec:
        query_vectors: Sequence[Any] = [None] * len(data.queries)
        if mode == "hybrid":
            query_vectors = _embed(spec, data, CacheFile(cache), note)
        for (qid, text), vector in zip(data.queries, query_vectors, strict=True):
            if vector is None:
                hits = engine.match(spec.name, text, DEPTH, written_as=written_as)
            else:
                hits = engine.hybrid_match(
                    spec.name, text, DEPTH, vector=vector, written_as=written_as
                )
            for hit in hits:
                yield qid, hit.id, hit.score


def _embed(spec: IndexSpec, data: Dataset, cache: CacheFile, note: Note) -> Sequence[Any]:
    passages = [spec.passage_of({"text": text}) for _, text in data.documents]
    rows = cache.vectors(passages, is_query=False, progress=_every(100, "embedded", note))
    ids = [id_ for id_, _ in data.documents]
    stacked = np.stack(rows) if rows else EMPTY.vectors
    vectors.store_of(spec.name).replace(lambda: (ids, stacked))
    texts = [text for _, text in data.queries]
    return cache.vectors(texts, is_query=True, progress=_every(100, "queries embedded", note))


def _every(step: int, done_what: str, note: Note) -> Callable[[int, int | None], None]:
    def progress(done: int, total: int | None) -> None:
        if done % step == 0 or done == total:
            note(f"{done_what} {done}" + (f" of {total}" if total else ""))

    return progress
