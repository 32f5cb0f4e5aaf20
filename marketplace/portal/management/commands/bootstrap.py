"""`bootstrap`: everything between an empty data folder and a working site, each step once.

Each step leaves a stamp in DATA_DIR with what it was made from, so that the second start does only
what has changed.
"""

import hashlib
import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from marketplace.journal import services as journal
from marketplace.journal import wakeup
from marketplace.kernel import cache
from search import engine
from search.plan import fingerprint
from search.schema import all_specs

ROOT = Path(settings.BASE_DIR)


class Command(BaseCommand):
    help = "Prepare the data folder: tables, static files, sample data, search index."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run what is due, in order, with progress."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        self._once("② 建立数据库表", "schema", self._schema_of(), self._migrate)
        self._once("③ 收集静态文件", "static", _print_of(self._static_files()), self._static)
        if settings.SAMPLE_ACCOUNTS:
            self._once("④ 载入示例数据", "samples", "1", self._samples)
        self._once("⑤ 建立搜索索引", "index", self._index_of(), self._index)

    def _once(self, title: str, name: str, wanted: str, step: Callable[[], None]) -> None:
        stamp = settings.DATA_DIR / "stamps" / name
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.stdout.write(f"{title}…")
        self.stdout.flush()
        began = time.monotonic()
        step()
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)
        self.stdout.write(f"   完成，{time.monotonic() - began:.1f} 秒")

    def _schema_of(self) -> str:
        loader = MigrationLoader(None, ignore_no_migrations=True)
        names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations)
        seeds = (ROOT / "marketplace/taxonomy/seeds").glob("*.toml")
        database = str(settings.DATABASES["default"].get("NAME"))
        return _digest([*names, _print_of(seeds), database])

    def _migrate(self) -> None:
        counter = _Counting(self.stdout)
        call_command("migrate", interactive=False, verbosity=1, stdout=counter)
        call_command("createcachetable", cache.TABLE, verbosity=0)
        self.stdout.write(f"   {len(connection.introspection.table_names())} 张表")

    def _static_files(self) -> Iterable[Path]:
        for tree in ("marketplace", "cms"):
            yield from (ROOT / tree).glob("*/static/**/*")
        yield ROOT / "deploy/requirements/base.txt"

    def _static(self) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)

    def _samples(self) -> None:
        with wakeup.quiet():
            call_command("load_samples", stdout=self.stdout)
            if "load_cms_samples" in get_commands():
                call_command("load_cms_samples", stdout=self.stdout)

    def _index_of(self) -> str:
        return _digest([f"{spec.name} {fingerprint(spec)}" for spec in all_specs()])

    def _index(self) -> None:
        for spec in all_specs():
            rows = engine.rebuild(spec.name)
            self.stdout.write(f"   {spec.name} {rows}")
            self.stdout.flush()
        self.stdout.write("   投递事件…")
        self.stdout.flush()
        with wakeup.quiet():
            journal.drain()


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
