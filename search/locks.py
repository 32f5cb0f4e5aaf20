"""File locks between processes and threads."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.db import connection

from search.errors import IndexBusy

_POLL_SECONDS = 0.02


@contextmanager
def locked(path: Path, wait: float | None = None) -> Iterator[None]:
    """Hold the lock at `path`; IndexBusy after `wait` seconds (None: no limit).

    The kernel releases the lock when its holder dies, so a killed writer blocks nobody.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, wait)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait: float | None) -> None:
    if wait is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise IndexBusy("another process is writing the index") from None
            time.sleep(_POLL_SECONDS)
        else:
            return


@contextmanager
def locked_everywhere(name: str, wait: float | None = None) -> Iterator[None]:
    """Hold a lock across all machines, where the database is PostgreSQL.

    IndexBusy after `wait` seconds. Elsewhere there is one machine, and `locked` is enough. The server
    releases the lock when its holder's connection ends.
    """
    if connection.vendor != "postgresql":
        yield
        return
    key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
    end = None if wait is None else time.monotonic() + wait
    while not _ask("pg_try_advisory_lock", key):
        if end is not None and time.monotonic() >= end:
            raise IndexBusy("another machine is writing the index")
        time.sleep(_POLL_SECONDS * 10)
    try:
        yield
    finally:
        _ask("pg_advisory_unlock", key)


def _ask(function: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])
        return bool(cursor.fetchone()[0])
