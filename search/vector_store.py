"""The vectors of one index as one float32 memory map that readers share and one writer extends.

    <folder>/current       JSON: the files in use, how many rows and log bytes of them count
    <folder>/m-<hex>.f32   the rows, one after another
    <folder>/m-<hex>.log   one line for each change: `+id` for the next row, `-id` for a removal

Rows are only appended, and the pointer is written last, so a reader always sees complete data. When a
third of the rows is deleted, the files are rewritten.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from search.embedder import DIMENSIONS, Vector
from search.errors import IndexUnavailable
from search.locks import locked

WAIT_SECONDS = 60.0
_SMALL = 1_000


@dataclass(frozen=True)
class Matrix:
    """The vectors in use: `vectors[places]` are the rows that are not deleted, `ids` are their ids."""

    vectors: Vector
    ids: list[str]
    places: Any  # the numbers of the rows that are not deleted; None when none is
    mark: tuple[int, int] = (0, 0)
    index: dict[str, int] = field(default_factory=dict)

    def nearness(self, query: Vector) -> Vector:
        """The cosine of the query with every row that is not deleted, in the order of `ids`."""
        cosines: Vector = self.vectors @ query
        return cosines if self.places is None else cosines[self.places]


EMPTY = Matrix(np.zeros((0, DIMENSIONS), dtype=np.float32), [], None)


class VectorStore:
    """The vectors of one index under a folder, for any number of readers and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._matrix = EMPTY

    def matrix(self) -> Matrix:
        """The vectors as they are now; IndexUnavailable when the files are missing or damaged."""
        try:
            found = (self.folder / "current").stat()
            mark = (found.st_ino, found.st_mtime_ns)
            if self._matrix.mark != mark:
                self._matrix = self._read(mark)
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise IndexUnavailable(f"vectors: {error}") from error
        return self._matrix

    def exists(self) -> bool:
        """Whether vectors were ever stored here."""
        return (self.folder / "current").exists()

    def append(self, ids: Sequence[str], vectors: Vector) -> None:
        """Add rows; a row with a known id is replaced."""
        self._change([f"+{id_}" for id_ in ids], vectors)

    def forget(self, ids: Iterable[str]) -> None:
        """Delete rows; unknown ids are ignored."""
        if not self.exists():
            return
        known = self.matrix().index
        self._change([f"-{id_}" for id_ in ids if id_ in known], EMPTY.vectors)

    def replace(
        self, rows: Callable[[], tuple[Sequence[str], Vector]], *, wait: float = WAIT_SECONDS
    ) -> int:
        """Rewrite all rows, read under the write lock; the number of rows."""
        with locked(self.folder / "lock", wait):
            ids, vectors = rows()
            self._write_anew(ids, vectors)
            return len(ids)

    def _change(self, lines: Sequence[str], vectors: Vector) -> None:
        if not lines:
            return
        with locked(self.folder / "lock", WAIT_SECONDS):
            if not self.exists():
                self._write_anew([], EMPTY.vectors)
            pointer = self._pointer()
            name = pointer["name"]
            with (self.folder / f"{name}.f32").open("r+b") as file:
                # What a killed writer left after the last counted row is overwritten.
                file.truncate(pointer["rows"] * DIMENSIONS * 4)
                file.seek(0, os.SEEK_END)
                file.write(vectors.astype("<f4").tobytes())
                _flush(file)
            with (self.folder / f"{name}.log").open("r+b") as file:
                file.truncate(pointer["bytes"])
                file.seek(0, os.SEEK_END)
                file.write("".join(f"{line}\n" for line in lines).encode())
                _flush(file)
                size = file.tell()
            self._point_to(name, pointer["rows"] + len(vectors), size)
            self._compact()

    def _compact(self) -> None:
        matrix = self.matrix()
        dead = len(matrix.vectors) - len(matrix.ids)
        if dead > _SMALL and dead * 3 > len(matrix.vectors):
            self._write_anew(matrix.ids, matrix.vectors[matrix.places])

    def _write_anew(self, ids: Sequence[str], vectors: Vector) -> None:
        name = f"m-{uuid.uuid4().hex[:12]}"
        log = "".join(f"+{id_}\n" for id_ in ids).encode()
        for suffix, data in ((".f32", vectors.astype("<f4").tobytes()), (".log", log)):
            with (self.folder / f"{name}{suffix}").open("wb") as file:
                file.write(data)
                _flush(file)
        self._point_to(name, len(vectors), len(log))
        for old in self.folder.glob("m-*"):
            if old.stem != name:
                old.unlink(missing_ok=True)

    def _point_to(self, name: str, rows: int, size: int) -> None:
        fresh = self.folder / "current.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"name": name, "rows": rows, "bytes": size}, file)
            _flush(file)
        fresh.replace(self.folder / "current")

    def _pointer(self) -> dict[str, Any]:
        pointer = json.loads((self.folder / "current").read_text(encoding="utf-8"))
        return {
            "name": str(pointer["name"]),
            "rows": int(pointer["rows"]),
            "bytes": int(pointer["bytes"]),
        }

    def _read(self, mark: tuple[int, int]) -> Matrix:
        pointer = self._pointer()
        name, rows = pointer["name"], pointer["rows"]
        with (self.folder / f"{name}.log").open("rb") as file:
            lines = file.read(pointer["bytes"]).decode().splitlines()
        if rows == 0:
            return Matrix(EMPTY.vectors, [], None, mark)
        mapped = np.memmap(
            self.folder / f"{name}.f32", dtype="<f4", mode="r", shape=(rows, DIMENSIONS)
        )
        vectors: Vector = np.asarray(mapped)
        place_of: dict[str, int] = {}
        row = 0
        for line in lines:
            if line[0] == "+":
                place_of[line[1:]] = row
                row += 1
            else:
                place_of.pop(line[1:], None)
        if row != rows:
            raise ValueError("rows and log do not agree")
        ids = sorted(place_of, key=place_of.__getitem__)
        places = (
            None if len(ids) == rows else np.array([place_of[id_] for id_ in ids], dtype=np.int64)
        )
        index = {id_: number for number, id_ in enumerate(ids)}
        return Matrix(vectors, ids, places, mark, index)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
