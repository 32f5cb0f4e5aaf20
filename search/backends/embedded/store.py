"""One index folder: its generations, the pointer to the one in use, writing and rebuilding.

    <root>/<index>/current        JSON: which generation answers, and with which schema
    <root>/<index>/g-<hex>/       the files of one generation
    <root>/<index>/building       the name of a generation that is being built
    <root>/<index>/write.lock     held by whoever writes
    <root>/<index>/rebuild.lock   held by whoever rebuilds

Readers never lock. A rebuild writes a new generation and changes the pointer at the end. Rows refreshed
meanwhile are written to the old generation and to a list, which the rebuild works off before it ends.
"""

import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from search.backends.embedded.compile import Compiler, document_of, schema_of
from search.backends.embedded.guard import guarded
from search.backends.progress import counted
from search.errors import IndexUnavailable
from search.locks import locked
from search.plan import Load, Progress, Row, fingerprint
from search.schema import IndexSpec

# How long a refresh may wait for another writer; a batch of 500 rows takes about a second.
WRITE_WAIT_SECONDS = 60.0
_WRITER_HEAP = 15_000_000
_REBUILD_HEAP = 128_000_000
# Tells a file from the one that replaced it: inode, time of change and size.
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class Opened:
    """A generation that is open for reading."""

    spec: IndexSpec
    generation: str
    pointer: Mark
    meta: Path
    index: Any
    compiler: Compiler


@dataclass(frozen=True)
class View:
    """A committed state of a generation."""

    opened: Opened
    commit: Mark
    searcher: Any


class Store:
    """The folder of one index, used by any number of threads and processes."""

    def __init__(self, spec: IndexSpec, folder: Path) -> None:
        self.spec = spec
        self.folder = folder
        self._pointer = folder / "current"
        self._view: View | None = None
        self._opening = threading.Lock()

    # Reading ----------------------------------------------------------------------------------

    def searcher(self) -> tuple[Any, Opened]:
        """A view of the newest committed state."""
        view = self._view
        try:
            if view is not None and self._is_newest(view):
                return view.searcher, view.opened
        except OSError:
            pass
        return self._reopen()

    def _is_newest(self, view: View) -> bool:
        """Whether neither file was replaced since: the pointer by us, the metadata by tantivy."""
        return (
            _mark(self._pointer) == view.opened.pointer and _mark(view.opened.meta) == view.commit
        )

    def _reopen(self) -> tuple[Any, Opened]:
        with self._opening:
            for attempt in (1, 2, 3):
                opened = self._current()
                try:
                    with guarded(opened.generation):
                        # Read the mark first, so that the next request notices a commit made in between.
                        commit = _mark(opened.meta)
                        opened.index.reload()
                        self._view = View(opened, commit, opened.index.searcher())
                        return self._view.searcher, opened
                except IndexUnavailable:
                    # The generation may just have been replaced: the second try reads the new pointer.
                    self._view = None
                    if attempt == 3 or self._pointer_mark() == opened.pointer:
                        raise
        raise IndexUnavailable("the index changes faster than it can be opened")

    def _current(self) -> Opened:
        mark = self._pointer_mark()
        if self._view is not None and self._view.opened.pointer == mark:
            return self._view.opened
        return self._open(mark)

    def _pointer_mark(self) -> Mark:
        try:
            return _mark(self._pointer)
        except OSError:
            raise IndexUnavailable("there is no index yet") from None

    def _open(self, mark: Mark) -> Opened:
        try:
            pointer = json.loads(self._pointer.read_text(encoding="utf-8"))
            generation = str(pointer["generation"])
            made_for = pointer["fingerprint"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(f"the pointer cannot be read: {error}") from error
        if made_for != fingerprint(self.spec):
            raise IndexUnavailable("the index was made for another schema", generation)
        path = self.folder / generation
        if Path(generation).name != generation or not (path / "meta.json").is_file():
            raise IndexUnavailable("the index files are gone", generation)
        with guarded(generation):
            index = tantivy.Index.open(str(path))
            index.config_reader("manual", 0)
            compiler = Compiler(self.spec, index.schema)
            return Opened(self.spec, generation, mark, path / "meta.json", index, compiler)

    # Writing ----------------------------------------------------------------------------------

    def refresh(self, ids: Sequence[str], load: Load) -> None:
        """Write these rows as `load` gives them now. Rows are read inside the lock.

        So the last writer has read the latest state.
        """
        with locked(self.folder / "write.lock", WRITE_WAIT_SECONDS):
            self._remember(ids)
            searcher, opened = self.searcher()
            self._write(opened, searcher, ids, load)

    def _remember(self, ids: Sequence[str]) -> None:
        """Note for a running rebuild which rows it must read again before it ends."""
        building = self.folder / "building"
        if building.exists():
            with (self.folder / "refreshed").open("a", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(id_)}\n" for id_ in ids)

    def _write(self, opened: Opened, searcher: Any, ids: Sequence[str], load: Load) -> None:
        rows = {row.id: row for row in load(ids)}
        with guarded(opened.generation):
            held = {id_: held_revision(searcher, opened.compiler, id_) for id_ in {*ids, *rows}}
        for id_ in ids:
            known = held[id_]
            if id_ not in rows and known is not None and known[1]:
                # The row is gone: its revision plus one, so that no late write brings it back.
                rows[id_] = Row(id_, known[0] + 1, visible=False)
        due = [row for row in rows.values() if (held[row.id] or (-1, False))[0] <= row.rev]
        if due:
            _commit(opened, due, replace=True)

    # Rebuilding -------------------------------------------------------------------------------

    def rebuild(
        self, load: Load, progress: Progress | None, failed: str | None, wait: float | None
    ) -> int:
        """Build a new generation and point to it; see `Backend.rebuild`."""
        with locked(self.folder / "rebuild.lock", wait):
            if failed is not None and self._replaced(failed):
                return 0
            generation = f"g-{uuid.uuid4().hex[:12]}"
            self._clear(keep={generation, self._generation_in_use()})
            path = self.folder / generation
            path.mkdir(parents=True)
            with locked(self.folder / "write.lock"):
                (self.folder / "refreshed").unlink(missing_ok=True)
                (self.folder / "building").write_text(generation, encoding="utf-8")
            try:
                with guarded(generation):
                    index = tantivy.Index(schema_of(self.spec), str(path))
                    index.config_reader("manual", 0)
                compiler = Compiler(self.spec, index.schema)
                meta = path / "meta.json"
                fresh = Opened(self.spec, generation, (0, 0, 0), meta, index, compiler)
                rows = counted(load(None), progress, self.spec)
                count = _commit(fresh, rows, replace=False)
                self._finish(fresh, load, count)
            finally:
                (self.folder / "building").unlink(missing_ok=True)
            self._clear(keep={generation})
            return count

    def _finish(self, fresh: Opened, load: Load, count: int) -> None:
        """Read the rows that were refreshed meanwhile, then point to the new generation."""
        with locked(self.folder / "write.lock"):
            refreshed = self.folder / "refreshed"
            if refreshed.exists():
                lines = refreshed.read_text(encoding="utf-8").splitlines()
                ids = list(dict.fromkeys(json.loads(line) for line in lines))
                with guarded(fresh.generation):
                    fresh.index.reload()
                    searcher = fresh.index.searcher()
                self._write(fresh, searcher, ids, load)
                refreshed.unlink()
            self._point_to(fresh.generation, count)
            (self.folder / "building").unlink(missing_ok=True)

    def _point_to(self, generation: str, count: int) -> None:
        pointer = {
            "generation": generation,
            "fingerprint": fingerprint(self.spec),
            "rows": count,
            "built_at": time.time(),
        }
        fresh = self.folder / "current.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(pointer, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._pointer)

    def drop(self) -> None:
        """Remove the folder; open readers keep their mapped files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _replaced(self, failed: str) -> bool:
        """Whether another generation than the failed one is in use and can be opened."""
        try:
            _, opened = self.searcher()
        except IndexUnavailable:
            return False
        return opened.generation != failed

    def age(self) -> float:
        """Seconds since the generation in use was built; infinite when there is none."""
        try:
            pointer = json.loads(self._pointer.read_text(encoding="utf-8"))
            return max(0.0, time.time() - float(pointer["built_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return float("inf")

    def _generation_in_use(self) -> str:
        try:
            pointer = json.loads(self._pointer.read_text(encoding="utf-8"))
            return str(pointer["generation"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _clear(self, keep: set[str]) -> None:
        """Remove the generations that are not in use; open readers keep their mapped files."""
        for path in self.folder.glob("g-*"):
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)


def _mark(path: Path) -> Mark:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def held_revision(searcher: Any, compiler: Compiler, id_: str) -> tuple[int, bool] | None:
    """The revision of a row in the index and whether it is visible; None when unknown."""
    found = searcher.search(compiler.by_id(id_), 1, count=False).hits
    if not found:
        return None
    document = searcher.doc(found[0][1])
    return int(document["rev"][0]), bool(document["visible"][0])


def _commit(opened: Opened, rows: Iterable[Row], *, replace: bool) -> int:
    """Write rows in one commit by one short-lived writer; how many distinct rows there were.

    Only tantivy's own calls are guarded: errors of the source are not taken for a damaged index.
    """
    with guarded(opened.generation):
        writer = opened.index.writer(_WRITER_HEAP if replace else _REBUILD_HEAP, 1)
    seen: set[str] = set()
    try:
        for row in rows:
            with guarded(opened.generation):
                if replace or row.id in seen:
                    writer.delete_documents_by_term("id", row.id)
                writer.add_document(document_of(opened.spec, row))
            seen.add(row.id)
        with guarded(opened.generation):
            writer.commit()
    except BaseException:
        with suppress(IndexUnavailable), guarded(opened.generation):
            writer.rollback()
        raise
    finally:
        with suppress(IndexUnavailable), guarded(opened.generation):
            writer.wait_merging_threads()
    return len(seen)
