"""The store of sealed bids: `aa/<32 hex>` below BID_STORE_DIR, under names that say nothing.

Nothing below the folder is served by a web server. A file grows by appending: its size is the offset of the upload,
so that a segment needs no write to the database.
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BufferedReader
from pathlib import Path

from django.conf import settings

from marketplace.files.storage import Room
from marketplace.kernel import clock
from marketplace.kernel.errors import StorageFull
from marketplace.kernel.outages import is_full


class Busy(Exception):
    """Another request is writing to the file."""


def new_path() -> str:
    """A fresh name; no file has it yet."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


def create(path: str) -> None:
    """Make an empty file. Raises StorageFull."""
    place = locate(path)
    with _room_or_full():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def append(path: str, offset: int, most: int, chunks: Iterable[bytes]) -> int:
    """Append to a file of exactly `offset` bytes until it has `most`; its new size.

    What came before an interruption stays. Raises FileNotFoundError, Busy while somebody else writes, ValueError
    when the file has another size or more than `most` would come, and StorageFull.
    """
    with locate(path).open("r+b") as out, _only_writer(out.fileno()):
        if out.seek(0, os.SEEK_END) != offset:
            raise ValueError("offset")
        size = offset
        try:
            for chunk in chunks:
                if size + len(chunk) > most:
                    raise ValueError("size")
                with _room_or_full():
                    out.write(chunk)
                size += len(chunk)
        finally:
            with _room_or_full():
                out.flush()
                if size == most:
                    os.fsync(out.fileno())
        return size


@contextmanager
def _only_writer(handle: int) -> Iterator[None]:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Busy from error
    yield  # closing the file releases the lock


@contextmanager
def _room_or_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise StorageFull from error


@contextmanager
def slot(count: int) -> Iterator[None]:
    """One of `count` places that all processes share. Raises Busy when none is free."""
    root = _root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(count):
        with (root / f".slot{number}").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield
            return
    raise Busy


def size_of(path: str) -> int:
    """Bytes that have come. Raises FileNotFoundError."""
    return locate(path).stat().st_size


def open_stored(path: str) -> BufferedReader:
    """Open for reading. Raises FileNotFoundError."""
    return locate(path).open("rb")


def erase(path: str) -> None:
    """Erase a file; one that is gone already does no harm."""
    locate(path).unlink(missing_ok=True)


def paths_older_than(age: timedelta) -> Iterator[str]:
    """Every file last written longer ago than `age`."""
    limit, root = (clock.now() - age).timestamp(), _root()
    for found in root.glob("??/*"):
        try:
            if found.stat().st_mtime < limit:
                yield found.relative_to(root).as_posix()
        except FileNotFoundError:
            continue


def room() -> Room:
    """How much room the disk of the store has."""
    root = _root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    usage = shutil.disk_usage(root)
    return Room(usage.free, usage.total)


def locate(path: str) -> Path:
    """The place of a name. Raises ValueError for one that leaves the folder."""
    root = _root().resolve()
    place = (root / path).resolve()
    if not place.is_relative_to(root):
        raise ValueError(path)
    return place


def _root() -> Path:
    return Path(settings.BID_STORE_DIR)
