"""`bootstrap`: everything between an empty data folder and a working site, as often as one likes.

It asks the database and the engine what there is, and does what is lacking. Only what lies in DATA_DIR
itself, or was done to this very database, is known by a stamp there.
"""

import hashlib
import io
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from marketplace.journal import services as journal
from marketplace.journal import wakeup
from marketplace.kernel import cache
from search import engine
from search.active_backends import backend, standby
from search.errors import IndexUnavailable, SearchUnavailable
from search.plan import Plan
from search.schema import IndexSpec, all_specs

ROOT = Path(settings.BASE_DIR)
#: Up to so many rows are compared with the index, each one; above, it takes minutes.
COMPARED = 10_000


class Command(BaseCommand):
    help = (
        "Prepare database, static files, sample data and search index: whatever of it is lacking."
    )
    # The tables that some checks ask may not be there yet.
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do what is due, in order, with progress. CommandError when a server does not answer."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            self._database()
            if not (settings.STATIC_ROOT / "staticfiles.json").exists():
                self._stamp("static").unlink(missing_ok=True)
            self._once("③ 收集静态文件", "static", _print_of(_static_files()), self._static)
            if settings.SAMPLE_ACCOUNTS:
                self._once("④ 载入示例数据", "samples", _database_itself(), self._samples)
            self._indexes()
        except DatabaseError as error:
            raise CommandError(f"数据库没有应答或拒绝了请求：{error}") from error
        except SearchUnavailable as error:
            raise CommandError(f"搜索引擎没有应答，索引未能检查：{error}") from error

    def _step(self, title: str, step: Callable[[], None]) -> None:
        self.stdout.write(f"{title}…")
        self.stdout.flush()
        began = time.monotonic()
        step()
        self.stdout.write(f"   完成，{time.monotonic() - began:.1f} 秒")

    def _stamp(self, name: str) -> Path:
        folder: Path = settings.DATA_DIR
        return folder / "stamps" / name

    def _once(self, title: str, name: str, wanted: str, step: Callable[[], None]) -> None:
        stamp = self._stamp(name)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self._step(title, step)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)

    # The database ------------------------------------------------------------------------------

    def _database(self) -> None:
        executor = MigrationExecutor(connection)
        lacks_tables = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if lacks_tables or cache.TABLE not in connection.introspection.table_names():
            self._step("② 建立数据库表", self._migrate)
        else:
            # Triggers, code lists and the root of the articles, which an older copy may lack.
            call_command("migrate", interactive=False, verbosity=0)

    def _migrate(self) -> None:
        counter = _Counting(self.stdout)
        call_command("migrate", interactive=False, verbosity=1, stdout=counter)
        call_command("createcachetable", cache.TABLE, verbosity=0)
        self.stdout.write(f"   {len(connection.introspection.table_names())} 张表")

    def _static(self) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)

    def _samples(self) -> None:
        with wakeup.quiet():
            call_command("load_samples", stdout=self.stdout)
            if "load_cms_samples" in get_commands():
                call_command("load_cms_samples", stdout=self.stdout)

    # The engine --------------------------------------------------------------------------------

    def _indexes(self) -> None:
        lost = [spec for spec in all_specs() if not _answers(spec)]
        if lost:
            self._step("⑤ 建立搜索索引", lambda: self._build(lost))
        for spec in all_specs():
            if spec not in lost and spec.size is not None and spec.size() <= COMPARED:
                found = engine.reconcile(spec.name, fix=True)
                if found:
                    self.stdout.write(f"   {spec.name} 更正 {len(found.ids)}")

    def _build(self, specs: list[IndexSpec]) -> None:
        for spec in specs:
            rows = engine.rebuild(spec.name)
            self.stdout.write(f"   {spec.name} {rows}")
            self.stdout.flush()
        self.stdout.write("   投递事件…")
        self.stdout.flush()
        with wakeup.quiet():
            journal.drain()


def _answers(spec: IndexSpec) -> bool:
    """Whether each engine of the site has an index of this schema, and rows in it if there are any."""
    for one in (backend(), standby()):
        if one is None:
            continue
        with suppress(IndexUnavailable):
            if one.count(spec, Plan()) or not _has_shown(spec):
                continue
        return False
    return True


def _has_shown(spec: IndexSpec) -> bool:
    if spec.newest is not None:
        return any(True for _ in spec.newest([]))
    return any(document is not None for _, _, document in spec.source(None))


def _database_itself() -> str:
    """What tells this database from another of the same name: when its first table was made."""
    first = MigrationRecorder(connection).migration_qs.order_by("applied").first()
    return first.applied.isoformat() if first else ""


def _static_files() -> Iterable[Path]:
    for tree in ("marketplace", "cms"):
        yield from (ROOT / tree).glob("*/static/**/*")
    yield ROOT / "deploy/requirements/base.txt"


class _Counting(io.StringIO):
    """Swallows the migrations' own lines and says every 50 how many there were."""

    def __init__(self, terminal: Any) -> None:
        super().__init__()
        self.terminal = terminal
        self.applied = 0

    def write(self, text: str) -> int:
        """Count, and report now and then."""
        if "Applying" in text:
            self.applied += 1
            if self.applied % 50 == 0:
                self.terminal.write(f"   已执行 {self.applied} 步…")
                self.terminal.flush()
        return len(text)


def _print_of(paths: Iterable[Path]) -> str:
    """A fingerprint of files by path, size and time of change."""
    files = sorted(path for path in paths if path.is_file())
    return _digest(f"{p}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in files)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
