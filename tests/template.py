"""Databases with every migration applied, made once and copied for each run of the suite.

Applying the migrations takes half a minute of a processor; a copy takes none. A run begins with a
fresh copy, so nothing that an earlier, broken run left behind can fail it. What is laid after each
`migrate` (code lists, triggers, permissions) is not in the template: Django lays it in the copy.

A template of fewer migrations is taken up and migrated further, as an update of a site does; CI
(REQUIRE_ALL=1) begins with nothing. SQLite's template is the file itself, PostgreSQL's what `pg_dump` has read: servers last for one run.
`python -m tests.template` makes both, side by side; else each is made when it is first asked for.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from deploy.services import PostgreSQL, environment, postgresql_binaries, started

ROOT = Path(__file__).resolve().parents[1]
#: Templates of other states of the code are removed when they are older than this.
KEPT_SECONDS = 3 * 24 * 3600
#: All that decides what the migrations make; the requirements stand for the libraries' own.
READ = (
    "[a-z]*/**/migrations/*.py",
    "marketplace/kernel/operations.py",
    "deploy/settings/*.py",
    "deploy/requirements/*.txt",
)
#: The database of a server that `CREATE DATABASE … TEMPLATE` copies.
NAME = "migrated"


def copy_to(target: Path) -> None:
    """Put a fresh migrated SQLite database here, in place of the one that may be there.

    CalledProcessError, with what it said, when a migration fails.
    """
    template = _made("sqlite3")
    for ending in ("", "-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    shutil.copyfile(template, target)


def on_server(url: str) -> str:
    """The name of the migrated database on this PostgreSQL server, to be given to `CREATE DATABASE`.

    CalledProcessError when a migration fails; Missing without PostgreSQL's programs.
    """
    dump = _made("sql")
    with psycopg.connect(url, autocommit=True) as connection:
        # The workers of one run wait for the first of them; the lock goes with the connection.
        connection.execute("SELECT pg_advisory_lock(1)")
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if found.fetchone() is None:
            connection.execute(f"CREATE DATABASE {NAME}_new")
            restore(f"{url.rpartition('/')[0]}/{NAME}_new", dump)
            connection.execute(f"ALTER DATABASE {NAME}_new RENAME TO {NAME}")
    return NAME


def restore(url: str, dump: Path | None = None) -> None:
    """Fill this empty PostgreSQL database with the migrated tables; errors as of `on_server`."""
    read = dump or _made("sql")
    quiet = ["--quiet", "--no-psqlrc", "--output", os.devnull, "--set", "ON_ERROR_STOP=1"]
    program = postgresql_binaries() / "psql"
    subprocess.run([program, *quiet, "--file", read, url], check=True)


def _made(ending: str) -> Path:
    folder = Path(tempfile.gettempdir()) / f"jiebang-templates-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{_fingerprint()}.{ending}"
    # The workers of one run, and runs of several checkouts in the same state, wait for whoever makes it.
    with path.with_suffix(f".{ending}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob("*.*"):
                if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                    old.unlink(missing_ok=True)
            unfinished = path.with_name(path.name + ".new")
            (_sqlite if ending == "sqlite3" else _postgresql)(unfinished, _earlier(folder, ending))
            _listing(path).write_text(json.dumps(_migrations()))
            unfinished.rename(path)
    return path


def _listing(template: Path) -> Path:
    """The file beside a template that says which migrations it has."""
    return template.with_name(f"{template.name}.json")


def _migrations() -> dict[str, str]:
    """What decides on a database, by path with its digest: each migration, and what applies them."""
    paths = (file for pattern in READ if "settings" not in pattern for file in ROOT.glob(pattern))
    found = {str(file.relative_to(ROOT)): file.read_bytes() for file in paths}
    found["versions"] = repr((sys.version_info, sqlite3.sqlite_version)).encode()
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def _earlier(folder: Path, ending: str) -> Path | None:
    """The template that has most of the present migrations and nothing else; None in CI."""
    if os.environ.get("REQUIRE_ALL") == "1":
        return None
    present, found = set(_migrations().items()), []
    for listing in folder.glob(f"*.{ending}.json"):
        had = json.loads(listing.read_text())
        template = listing.with_suffix("")
        same_way = all(name in had for name, _digest in present if "/migrations/" not in name)
        if template.exists() and same_way and had.items() <= present:
            found.append((len(had), template))
    return max(found, default=(0, None))[1]


def _fingerprint() -> str:
    """Changes with each migration, library and setting, and with what applies the migrations."""
    found = hashlib.sha256(repr((sys.version_info, sqlite3.sqlite_version)).encode())
    for pattern in READ:
        for file in sorted(ROOT.glob(pattern)):
            found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def _sqlite(path: Path, earlier: Path | None) -> None:
    path.unlink(missing_ok=True)
    if earlier is not None:
        shutil.copyfile(earlier, path)
    _migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        # One file, whatever was still in the log.
        connection.execute("PRAGMA journal_mode=DELETE")


def _postgresql(path: Path, earlier: Path | None) -> None:
    with started(PostgreSQL) as servers:
        url = environment(servers)["DATABASE_URL"]
        if earlier is not None:
            restore(url, earlier)
        _migrate(url)
        program = postgresql_binaries() / "pg_dump"
        plain = ["--no-owner", "--no-privileges", "--file", path]
        subprocess.run([program, *plain, url], check=True)


def _migrate(url: str) -> None:
    program = (
        # Models of past states are garbage in cycles by the thousand: the collector need not look so often.
        "import gc; gc.set_threshold(100_000, 20, 20)\n"
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.executor import MigrationExecutor\n"
        "executor = MigrationExecutor(connection)\n"
        "executor.migrate(executor.loader.graph.leaf_nodes())\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "deploy.settings.test", "DATABASE_URL": url},
        check=True,
    )


if __name__ == "__main__":
    with ThreadPoolExecutor() as both:
        list(both.map(_made, ("sqlite3", "sql")))
