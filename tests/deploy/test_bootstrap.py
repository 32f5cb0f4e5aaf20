"""`bootstrap` asks the database and the engine: a stamp of another database makes no broken site."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests import template

ROOT = Path(__file__).resolve().parents[2]


def run(data: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    bare |= {"DJANGO_SETTINGS_MODULE": "deploy.settings.dev", "DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**bare, "SEARCH_VECTORS": "false", **given},
        capture_output=True,
        text=True,
        check=False,
    )


def bootstrap(data: Path, **given: str) -> str:
    done = run(data, "bootstrap", **given)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(database: Path, statement: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(statement).fetchone()[0])


def is_whole(data: Path, database: Path, **given: str) -> None:
    """Samples are there, and index and database agree."""
    assert rows(database, "SELECT count(*) FROM needs_need WHERE status = 'published'") > 10
    done = run(data, "reconcile_index", **given)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables are there; that `bootstrap` makes them is the test of the empty database."""
    data = tmp_path_factory.mktemp("made")
    template.copy_to(data / "jiebang.sqlite3")
    said = bootstrap(data)
    for step in "③④⑤":
        assert step in said
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A site that is whole; the stamps say so."""
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def test_what_is_there_is_not_made_again(data: Path):
    assert bootstrap(data) == ""


def test_an_empty_database_is_filled_whatever_the_stamps_say(data: Path, tmp_path: Path):
    other = {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    said = bootstrap(data, **other)
    assert "②" in said
    assert "④" in said
    is_whole(data, tmp_path / "other.sqlite3", **other)


def test_an_older_database_gets_what_it_lacks(data: Path):
    """As a copy of before an upgrade: a migration short, a listing short of what the index knows."""
    assert run(data, "migrate", "search", "0001").returncode == 0
    with sqlite3.connect(data / "jiebang.sqlite3") as connection:
        connection.execute("UPDATE needs_need SET rev = rev - 1 WHERE rev > 1")
        connection.execute("DELETE FROM kernel_cache")
        connection.execute("DROP TABLE kernel_cache")
    assert "②" in bootstrap(data)
    is_whole(data, data / "jiebang.sqlite3")
    assert rows(data / "jiebang.sqlite3", "SELECT count(*) FROM search_refusedtext") == 0
    assert rows(data / "jiebang.sqlite3", "SELECT count(*) FROM kernel_cache") == 0


def test_a_lost_index_and_lost_static_files_are_made_again(data: Path):
    shutil.rmtree(data / "index")
    shutil.rmtree(data / "static")
    said = bootstrap(data)
    assert "③" in said
    assert "⑤" in said
    assert "②" not in said
    assert (data / "static" / "staticfiles.json").exists()


def test_samples_that_were_removed_stay_away(data: Path):
    assert run(data, "load_samples", "--remove").returncode == 0
    bootstrap(data)
    assert rows(data / "jiebang.sqlite3", "SELECT count(*) FROM needs_need") == 0


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"SEARCH_URL": "elasticsearch://127.0.0.1:9/x"}, "搜索引擎没有应答"),
        ({"DATABASE_URL": "postgres://u:geheim@127.0.0.1:9/x"}, "数据库没有应答"),
    ],
)
def test_a_server_that_does_not_answer_is_no_success(data: Path, given: dict[str, str], why: str):
    done = run(data, "bootstrap", **given)
    assert done.returncode != 0
    assert why in done.stderr
    assert "geheim" not in done.stderr
