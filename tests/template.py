"""An SQLite database with every migration applied, made once and copied for each run of the suite.

Applying the migrations takes some ten seconds of a processor; a copy takes none. A run begins with
a fresh copy, so nothing that an earlier, broken run left behind can fail it. What is laid after each
`migrate` (code lists, triggers, permissions) is not in the template: Django lays it in the copy.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def copy_to(target: Path) -> None:
    """Put a fresh migrated database here, in place of the one that may be there.

    CalledProcessError, with what it said, when a migration fails.
    """
    template = _template()
    for ending in ("", "-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    shutil.copyfile(template, target)


def _template() -> Path:
    folder = Path(tempfile.gettempdir()) / f"jiebang-templates-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{_fingerprint()}.sqlite3"
    # The workers of one run, and runs of several checkouts in the same state, wait for whoever makes it.
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob("*.*"):
                if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                    old.unlink(missing_ok=True)
            unfinished = path.with_name(path.name + ".new")
            _migrate(unfinished)
            unfinished.rename(path)
    return path


def _fingerprint() -> str:
    """Changes with each migration, library and setting, and with what applies the migrations."""
    found = hashlib.sha256(repr((sys.version_info, sqlite3.sqlite_version)).encode())
    for pattern in READ:
        for file in sorted(ROOT.glob(pattern)):
            found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def _migrate(path: Path) -> None:
    program = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.executor import MigrationExecutor\n"
        "executor = MigrationExecutor(connection)\n"
        "executor.migrate(executor.loader.graph.leaf_nodes())\n"
        # One file, whatever was still in the log.
        "connection.cursor().execute('PRAGMA journal_mode=DELETE')\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{path}"},
        check=True,
    )
