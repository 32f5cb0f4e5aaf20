"""A word that stands in a sealed bid, and everything in which it might be found."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

#: Letters and digits alone, so that no quoting, JSON or encoding of file names changes it.
WORD = "kanarienvogel73110911"
#: In fen; nothing else has it.
PRICE = 731_109_117
_WRITTEN = (str(PRICE), "7311091.17", "7,311,091.17", "731.109117")


def _forms() -> Iterator[bytes]:
    """The word as bytes of any kind: plain, UTF-16, hexadecimal, within a longer text in base64."""
    for text in (WORD, *_WRITTEN):
        yield text.encode()
        yield text.encode("utf-16-le")
    yield WORD.encode().hex().encode()
    for before in range(3):
        coded = base64.b64encode(b"x" * before + WORD.encode() + b"x" * 3)
        # The ends depend on the neighbours.
        yield coded[4:-8]


FORMS = tuple(_forms())


def found_in(data: bytes) -> list[str]:
    """Which forms of the word or the price stand in these bytes, whatever the case of letters."""
    low = data.lower()
    return [form.decode("latin-1") for form in FORMS if form.lower() in low]


def in_tables() -> list[str]:
    """Tables in which it stands: every column of every row, as the database gives it."""
    places = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = cursor.fetchall()
        whole = b"\0".join(_raw(value) for row in rows for value in row)
        if found := found_in(whole):
            places.append(f"{table}: {found}")
    return places


def _raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def in_folders(*folders: Path) -> list[str]:
    """Files in which it stands, or whose name has it."""
    places = []
    for folder in folders:
        for base, _folders, names in os.walk(folder):
            for name in names:
                place = Path(base) / name
                try:
                    data = place.read_bytes()
                except OSError:
                    # Gone in between, or a socket.
                    data = b""
                if found_in(str(place).encode() + b"\0" + data):
                    places.append(str(place))
    return places
