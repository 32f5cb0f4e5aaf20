"""The anchor file: heads of the hash chain, kept outside the database.

Somebody who owns the database could rewrite the chain from some entry on, or cut its end. A copy of the
heads in a place that he does not own shows both. Each line is `<UTC time> <seq> <hash>`.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


class AnchorUnreadable(Exception):
    """The anchor file cannot be read, or line `args[0]` is not a line of an anchor file."""


@dataclass(frozen=True)
class Anchored:
    """One line of the file, numbered from 1."""

    line: int
    seq: int
    hash: str


def path() -> Path:
    """Where the file is (setting AUDIT_ANCHOR_FILE)."""
    return Path(settings.AUDIT_ANCHOR_FILE)


def append(seq: int, value: str, at: datetime) -> None:
    """Add this head to the file and have it on the disk before returning. Raises OSError."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    line = f"{at.astimezone(UTC).isoformat(timespec='seconds')} {seq} {value}\n"
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(opened, line.encode("ascii"))
        os.fsync(opened)
    finally:
        os.close(opened)


def read(file: Path) -> list[Anchored]:
    """The lines of an anchor file. Raises FileNotFoundError, AnchorUnreadable."""
    found = []
    try:
        text = file.read_text("ascii")
    except UnicodeDecodeError as error:
        raise AnchorUnreadable(1) from error
    for number, line in enumerate(text.splitlines(), 1):
        try:
            _at, seq, value = line.split(" ")
            found.append(Anchored(number, int(seq), value))
        except ValueError as error:
            raise AnchorUnreadable(number) from error
    return found
