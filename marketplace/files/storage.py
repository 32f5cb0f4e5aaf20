"""The private folder: `aa/bb/<uuid>` below `PRIVATE_FILES_DIR`, readable by the product alone.

Names are made here and carry nothing of what was uploaded; nothing below this folder is served by
a web server except through the one policy-checked view.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BufferedReader
from pathlib import Path
from typing import IO

from django.conf import settings

from marketplace.kernel import clock
from marketplace.kernel.errors import StorageFull
from marketplace.kernel.outages import is_full

_CHUNK = 64 * 1024
#: Bytes; fewer are too few on any disk.
LITTLE = 1024**3
#: No stored path looks like it.
_MARK = ".swept"


class TooLarge(Exception):
    """The stream went on beyond the cap."""


@dataclass(frozen=True)
class Stored:
    """Where bytes were put, how many, and their fingerprint."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Room:
    """Bytes that are free on a disk, and its size."""

    free: int
    total: int

    @property
    def free_gib(self) -> float:
        """Free, in gibibytes."""
        return self.free / 1024**3

    @property
    def is_short(self) -> bool:
        """Whether the operator should act: less than a gigabyte, on a small disk a twentieth."""
        return self.free < min(LITTLE, self.total // 20)


def put(source: IO[bytes], most: int | None = None) -> Stored:
    """Store a stream durably under a fresh name, mode 0640, in folders of mode 0750.

    Raises TooLarge as soon as it has more than `most` bytes, and StorageFull; both leave nothing.
    """
    name = uuid.uuid4().hex
    path = f"{name[:2]}/{name[2:4]}/{name}"
    target = _root() / path
    source.seek(0)
    try:
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with _no_half(target):
            size, sha256 = _copy(source, target, most)
    except OSError as error:
        if not is_full(error):
            raise
        raise StorageFull from error
    return Stored(path, size, sha256)


@contextmanager
def _no_half(target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy(source: IO[bytes], target: Path, most: int | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(handle, "wb") as out:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if most is not None and size > most:
                raise TooLarge
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def open_stored(path: str) -> BufferedReader:
    """Open stored bytes for reading. Raises FileNotFoundError."""
    return locate(path).open("rb")


def erase(path: str) -> bool:
    """Erase stored bytes; whether there were any. Erasing twice does no harm."""
    try:
        locate(path).unlink()
    except FileNotFoundError:
        return False
    return True


def exists(path: str) -> bool:
    """Whether these bytes lie in the store."""
    return locate(path).is_file()


def paths_older_than(age: timedelta) -> Iterator[str]:
    """Every stored path last written longer ago than `age`."""
    limit = (clock.now() - age).timestamp()
    root = _root()
    for found in root.glob("??/??/*"):
        try:
            if found.is_file() and found.stat().st_mtime < limit:
                yield found.relative_to(root).as_posix()
        except FileNotFoundError:
            continue


def read_mark() -> tuple[int, str] | None:
    """What the last sweep wrote with `write_mark`; None before the first."""
    try:
        entry, at = json.loads((_root() / _MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return int(entry), str(at)


def write_mark(entry: int, at: str) -> None:
    """Note in the store which database swept it last: the newest fact that it knew."""
    _root().mkdir(mode=0o750, parents=True, exist_ok=True)
    fresh = _root() / f"{_MARK}.{uuid.uuid4().hex}"
    fresh.write_text(json.dumps([entry, at]), encoding="utf-8")
    fresh.replace(_root() / _MARK)


def room() -> Room:
    """How much room the disk of the private folder has."""
    root = _root()
    root.mkdir(mode=0o750, parents=True, exist_ok=True)
    usage = shutil.disk_usage(root)
    return Room(usage.free, usage.total)


def locate(path: str) -> Path:
    """The place of a stored path. Raises ValueError for one that leaves the folder."""
    root = _root().resolve()
    place = (root / path).resolve()
    if not place.is_relative_to(root):
        raise ValueError(path)
    return place


def _root() -> Path:
    return Path(settings.PRIVATE_FILES_DIR)
