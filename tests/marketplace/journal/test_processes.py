"""Real processes, really killed: nothing is lost, and what was half done is done again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("worker.py")
ROOT = WORKER.parents[3]


@pytest.fixture
def worker(tmp_path):
    """Run worker.py on a database of its own; returns its exit code."""
    effects = tmp_path / "effects"

    def run(command, *, kill=False):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.marketplace.journal.worker_settings",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            "DATA_DIR": str(tmp_path),
            "EFFECTS": str(effects),
            "KILL": "1" if kill else "0",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        done = subprocess.run(
            [sys.executable, str(WORKER), command],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
        return done.returncode

    run.effects = lambda: (
        effects.read_text(encoding="utf-8").split("\n")[:-1] if effects.exists() else []
    )
    run.database = tmp_path / "db.sqlite3"
    run("setup")
    return run


def rows(worker, sql):
    with sqlite3.connect(worker.database) as connection:
        return connection.execute(sql).fetchall()


def test_killed_worker_repeats_what_it_had_not_marked(worker):
    assert worker("publish") == 0
    assert worker("drain", kill=True) == -signal.SIGKILL
    assert worker.effects() == ["handled 1"]
    assert rows(worker, "SELECT status, attempts FROM journal_delivery") == [("pending", 1)]
    time.sleep(1.1)
    assert worker("drain") == 0
    assert worker.effects() == ["handled 1", "handled 1"]
    assert rows(worker, "SELECT status, attempts FROM journal_delivery") == [("done", 2)]
    assert worker("drain") == 0
    assert len(worker.effects()) == 2


def test_killed_writer_leaves_nothing(worker):
    assert worker("rollback") == -signal.SIGKILL
    assert worker("drain") == 0
    assert rows(worker, "SELECT * FROM journal_entry") == []
    assert worker.effects() == []


def test_killed_job_resumes_where_it_was(worker):
    assert worker("job") == 0
    assert worker("drain", kill=True) == -signal.SIGKILL
    assert rows(worker, "SELECT status, done FROM journal_job") == [("running", 5)]
    time.sleep(1.1)
    assert worker("drain") == 0
    assert rows(worker, "SELECT status, done, total FROM journal_job") == [("done", 8, 8)]
    assert worker.effects() == [f"step {number}" for number in range(8)]


def test_entries_are_append_only_for_other_programs_too(worker):
    worker("publish")
    with sqlite3.connect(worker.database) as connection:
        for sql in ("UPDATE journal_entry SET event = 'x'", "DELETE FROM journal_entry"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(sql)
