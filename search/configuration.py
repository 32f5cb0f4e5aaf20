"""The engine's address and data folder: from the settings, or overridden for an evaluation."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings

_override: ContextVar[tuple[str, Path] | None] = ContextVar("search_configuration", default=None)


def search_url() -> str:
    """The address of the engine."""
    overridden = _override.get()
    return str(settings.SEARCH_URL) if overridden is None else overridden[0]


def standby_url() -> str:
    """The address of the standby engine, which answers while the main one is down; empty for none."""
    return "" if _override.get() else str(getattr(settings, "SEARCH_STANDBY_URL", ""))


def shards() -> int:
    """The number of shards of an index on a cluster."""
    return int(getattr(settings, "SEARCH_SHARDS", 1))


def replicas() -> int:
    """The number of copies of each shard."""
    return int(getattr(settings, "SEARCH_REPLICAS", 0))


def folder() -> Path:
    """The folder that holds indexes and vectors."""
    overridden = _override.get()
    given: Path = settings.DATA_DIR if overridden is None else overridden[1]
    return given


@contextmanager
def elsewhere(url: str, path: Path) -> Iterator[None]:
    """Use this engine and this folder inside the block, for evaluations and measurements."""
    token = _override.set((url, path))
    try:
        yield
    finally:
        _override.reset(token)
