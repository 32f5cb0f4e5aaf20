"""Vectors of rows: made once per text, stored in a database table, read from a memory map.

The memory map is a copy: it is rebuilt from the table when it is lost.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet

import numpy as np

from search import configuration, embedder
from search.embedder import DIMENSIONS, Away, TextRefused, Vector, embed_query, is_wanted
from search.errors import IndexUnavailable, ModelAway, SearchUnavailable
from search.model import client
from search.models import Embedding, RefusedText
from search.schema import Document, IndexSpec, get, table_of
from search.vector_store import EMPTY, WAIT_SECONDS, Matrix, VectorStore

__all__ = [
    "deviations",
    "embed",
    "embed_query",
    "forget",
    "is_up",
    "is_wanted",
    "lacking",
    "matrix",
    "rebuild",
    "refused",
    "standardised",
    "store_of",
    "try_again",
]

log = logging.getLogger(__name__)
_Row = TypeVar("_Row", bound=Model)
_BATCH = 200
# Seconds that a question waits for a map that another process is writing.
_PATIENCE_SECONDS = 2.0
# The number of rows that are multiplied at once: 25 MB, whatever the number of all rows.
_ROWS = 16_384
# With a smaller deviation all rows are equally near, in single precision.
_NO_SPREAD = 1e-6


def embed(spec_name: str, ids: Sequence[str], *, strict: bool = False) -> int:
    """Make the vectors of these rows where they are missing or outdated; the number of texts embedded.

    About 0.1 to 0.25 s for each new text, nothing for a known one. While the model is down the rows
    get no vector, or with `strict` ModelAway is raised; vectors made until then are kept. A text that has
    crashed the model twice is remembered and skipped. Rows that are not visible lose their vector.
    """
    spec = get(spec_name)
    if not is_wanted():
        return 0
    documents = {str(id_): (rev, document) for id_, rev, document in spec.source(list(ids))}
    shown = {
        id_: (rev, document)
        for id_, (rev, document) in documents.items()
        if document is not None and document.get("visible", True)
    }
    forget(spec_name, [id_ for id_ in ids if id_ not in shown])
    made = 0
    fresh: dict[str, Vector] = {}
    away: Away | None = None
    for id_, (rev, document) in shown.items():
        try:
            vector, was_made = _vector_of(spec, id_, rev, document)
        except Away as error:
            # It would not answer for the next text either, and each would wait as long.
            away = error
            break
        made += was_made
        if vector is not None:
            fresh[id_] = vector
    if fresh:
        store_of(spec_name).append(list(fresh), np.stack(list(fresh.values())))
    if away is not None and strict:
        raise ModelAway from away
    return made


def _vector_of(
    spec: IndexSpec, id_: str, rev: int, document: Document
) -> tuple[Vector | None, bool]:
    """The row's vector if the map lacks it, and whether it was made now. Raises Away."""
    text = spec.passage_of(document)
    sha256 = embedder.digest(text, is_query=False)
    row = Embedding.objects.filter(kind=spec.name, object_id=id_).first()
    if row is not None and row.text_sha256 == sha256:
        if row.rev != rev:
            Embedding.objects.filter(pk=row.pk).update(rev=rev)
        return (None if _has(spec.name, id_) else _array(row.vector)), False
    same_text = Embedding.objects.filter(text_sha256=sha256).first()
    try:
        if RefusedText.objects.filter(text_sha256=sha256).exists():
            raise TextRefused  # noqa: TRY301 -- known, or found out now: the same follows
        vector = embedder.embed_passage(text) if same_text is None else _array(same_text.vector)
    except TextRefused:
        _note_refusal(spec.name, id_, rev, sha256)
        return None, False
    RefusedText.objects.filter(kind=spec.name, object_id=id_).delete()
    Embedding.objects.update_or_create(
        kind=spec.name,
        object_id=id_,
        defaults={"rev": rev, "text_sha256": sha256, "vector": vector.astype("<f4").tobytes()},
    )
    return vector, same_text is None


def _note_refusal(spec_name: str, id_: str, rev: int, sha256: str) -> None:
    """The row keeps no vector: that of its earlier text would describe what it no longer says."""
    forget(spec_name, [id_])
    RefusedText.objects.update_or_create(
        kind=spec_name, object_id=id_, defaults={"rev": rev, "text_sha256": sha256}
    )


def lacking(spec_name: str, rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """Those of these rows of the index's table that have no vector of their current revision.

    They are what to give to `embed`. Rows whose text was refused are left out. KeyError for an index
    without a table.
    """
    table = table_of(spec_name)
    same = {"kind": spec_name, "object_id": OuterRef(table.id), "rev": OuterRef(table.rev)}
    held = Embedding.objects.filter(**same)
    refused_ = RefusedText.objects.filter(**same)
    return rows.exclude(Exists(held)).exclude(Exists(refused_))


def is_up() -> bool:
    """Whether the model answers on this machine now."""
    said = embedder.state()
    return said is not None and said.get("worker") is not None


def refused() -> QuerySet[RefusedText]:
    """The rows whose text has crashed the model, newest first."""
    return RefusedText.objects.order_by("-refused_at", "-pk")


def try_again() -> int:
    """Try every refused text again, on this machine; the number of rows."""
    with suppress(Away):
        client.forget(settings.RUNTIME_DIR)
    return RefusedText.objects.all().delete()[0]


def forget(spec_name: str, ids: Sequence[str]) -> None:
    """Delete the vectors of rows that are no longer shown."""
    if not ids:
        return
    for table in (Embedding, RefusedText):
        table.objects.filter(kind=spec_name, object_id__in=list(ids)).delete()
    try:
        store_of(spec_name).forget(ids)
    except IndexUnavailable:
        rebuild(spec_name)


def rebuild(spec_name: str, *, wait: float = WAIT_SECONDS) -> int:
    """Rewrite the memory map from the table; the number of rows.

    The table is read under the write lock, so vectors made meanwhile are appended afterwards. IndexBusy
    when the lock is not free within `wait` seconds.
    """
    return store_of(spec_name).replace(lambda: _stored(spec_name), wait=wait)


def _stored(spec_name: str) -> tuple[list[str], Vector]:
    """The ids and vectors of the table."""
    rows = Embedding.objects.filter(kind=spec_name).order_by("pk")
    pairs = ((r.object_id, _array(r.vector)) for r in rows.iterator(chunk_size=_BATCH))
    ids: list[str] = []
    parts: list[Vector] = []
    while batch := list(islice(pairs, _BATCH)):
        ids.extend(id_ for id_, _ in batch)
        parts.append(np.stack([vector for _, vector in batch]))
    return ids, np.concatenate(parts) if parts else EMPTY.vectors


def matrix(spec_name: str) -> Matrix:
    """The vectors of an index as they are now; none when nothing was embedded yet.

    A lost map is rewritten; while another process holds the lock for long, the result is empty.
    """
    store = store_of(spec_name)
    for _ in range(2):
        # The files may be replaced after the pointer was read: then the second try reads the new pointer.
        with suppress(IndexUnavailable):
            return store.matrix()
    if not store.exists() and not Embedding.objects.filter(kind=spec_name).exists():
        return EMPTY
    log.warning("the vectors of %s are written anew", spec_name)
    try:
        rebuild(spec_name, wait=_PATIENCE_SECONDS)
        return store.matrix()
    except SearchUnavailable as error:
        log.warning("the vectors of %s cannot be written: %s", spec_name, type(error).__name__)
        return EMPTY


def standardised(matrix: Matrix, query: Vector) -> Vector:
    """How near each row is to the query, in standard deviations above the mean of all rows."""
    cosines = matrix.nearness(query)
    spread = float(cosines.std()) if len(cosines) else 0.0
    if spread <= _NO_SPREAD:
        return np.zeros(len(cosines), dtype=np.float32)
    z: Vector = (cosines - cosines.mean()) / spread
    return z


def deviations(matrix: Matrix, queries: Sequence[Vector], ids: Sequence[str]) -> Vector:
    """What `standardised` says of these rows, a line for each query; all queries in one pass.

    The rows are read once for all queries, which is what a pass costs: a hundred queries over
    100,000 rows take as long as ten alone. KeyError for a row that has no vector.
    """
    if not ids or not queries:
        return np.zeros((len(queries), len(ids)), dtype=np.float32)
    asked = np.stack(queries).T
    rows = np.arange(len(matrix.vectors)) if matrix.places is None else matrix.places
    total = np.zeros(asked.shape[1])
    squares = np.zeros(asked.shape[1])
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        block = matrix.vectors[some[0] : some[-1] + 1]
        cosines = block @ asked if matrix.places is None else (block @ asked)[some - some[0]]
        total += cosines.sum(axis=0, dtype=np.float64)
        squares += np.square(cosines, dtype=np.float64).sum(axis=0)
    mean = total / len(rows)
    spread = np.sqrt(np.maximum(squares / len(rows) - mean**2, 0.0))
    theirs = matrix.vectors[rows[[matrix.index[id_] for id_ in ids]]] @ asked
    z = np.divide(theirs - mean, spread, out=np.zeros(theirs.shape), where=spread > _NO_SPREAD)
    found: Vector = z.T.astype(np.float32)
    return found


def fuse(
    lexical: Mapping[str, float], z: Vector, matrix: Matrix, weight: float, depth: int
) -> dict[str, tuple[float, float, float]]:
    """Score, lexical part and dense part of each candidate.

    Candidates are the lexical hits and the `depth` nearest rows. Each part is a share of the best of
    its kind: bm25 / max bm25 + weight * z / max z.
    """
    best_lexical = max(lexical.values(), default=0.0) or 1.0
    best_dense = float(z.max()) if len(z) else 0.0
    nearest = np.argpartition(-z, depth)[:depth] if len(z) > depth else np.arange(len(z))
    candidates = {*lexical, *(matrix.ids[place] for place in nearest)}
    fused = {}
    for id_ in candidates:
        place = matrix.index.get(id_)
        dense = float(z[place]) / best_dense if place is not None and best_dense > 0 else 0.0
        share = lexical.get(id_, 0.0) / best_lexical
        fused[id_] = (share + weight * dense, share, dense)
    return fused


def _has(spec_name: str, id_: str) -> bool:
    return id_ in matrix(spec_name).index


def _array(data: bytes | memoryview) -> Vector:
    vector = np.frombuffer(bytes(data), dtype="<f4")
    return vector if vector.shape == (DIMENSIONS,) else np.zeros(DIMENSIONS, dtype=np.float32)


def store_of(spec_name: str) -> VectorStore:
    """The memory map of an index."""
    return _store_under(configuration.folder(), spec_name)


@lru_cache(maxsize=64)
def _store_under(data_dir: Path, spec_name: str) -> VectorStore:
    return VectorStore(data_dir / "vectors" / spec_name)
