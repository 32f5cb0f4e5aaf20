"""No test falls between the runs of CI."""

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.mark.expression import Expression

from deploy import testrun
from tests import engines, everywhere


@pytest.mark.parametrize(("kill", "long"), list(product((False, True), repeat=2)))
def test_each_test_is_in_exactly_one_of_the_three(kill: bool, long: bool) -> None:
    marks = {"kill": kill, "long": long}
    parts = [testrun.SUITE, testrun.PROOFS, testrun.LONG_PROOFS]
    chosen = [Expression.compile(part).evaluate(lambda name, **_: marks[name]) for part in parts]
    assert chosen.count(True) == 1


def test_what_kills_stands_where_the_proofs_are_looked_for(request: pytest.FixtureRequest) -> None:
    files = (engines.ROOT / "tests").rglob("test_*.py")
    killing = {p.parent.name for p in files if "pytest.mark.kill" in p.read_text(encoding="utf-8")}
    assert killing - {"suite"} == {"consistency"}


def test_what_stays_out_of_the_servers_is_there_and_has_a_reason() -> None:
    for path, reason in engines.ABOVE.items():
        assert (engines.ROOT / path).exists(), path
        assert len(reason) > 10


def item(path: str, *marks: str, fixtures: tuple[str, ...] = (), name: str = "") -> Any:
    return SimpleNamespace(
        path=engines.ROOT / path,
        nodeid=f"{path}::{name}",
        fixturenames=fixtures,
        get_closest_marker=lambda name: name in marks or None,
    )


CASES = [
    (item("tests/kernel/test_money.py"), False),
    (item("tests/kernel/test_money.py", "django_db"), True),
    (item("tests/kernel/test_money.py", fixtures=("db",)), True),
    (item("tests/kernel/test_cache.py"), True),
    (item("tests/search/test_analysis.py"), True),
    (item("tests/access/test_walk.py", "django_db"), False),
    (item("tests/journeys/test_university.py", "journey"), True),
    (item("tests/marketplace/deals/test_moves_and_api.py", "django_db"), False),
    (item("tests/marketplace/deals/test_moves_and_api.py", "django_db", "skipif"), True),
]


@pytest.mark.parametrize(("case", "is_asked"), CASES)
def test_what_a_server_can_change_may_run_there(case: Any, is_asked: bool) -> None:
    assert engines.may_differ(case) is is_asked


def test_each_test_runs_in_one_of_both_runs_of_ci_and_what_is_about_engines_in_both() -> None:
    ordinary = [
        item("tests/kernel/test_money.py", "django_db", name=f"test_{number}")
        for number in range(300)
    ]
    servers = [case for case in ordinary if engines.on_servers(case)]
    embedded = [case for case in ordinary if engines.on_embedded(case)]
    assert len(servers) + len(embedded) == 300, "each once"
    assert 60 < len(servers) < 140, "about one in three"
    assert all(engines.on_servers(case) or engines.on_embedded(case) for case, _asked in CASES)
    for both in (
        item("tests/kernel/test_money.py", "postgres"),
        item("tests/search/test_engine.py", "django_db"),
        item("tests/kernel/test_cache.py"),
    ):
        assert (engines.on_servers(both), engines.on_embedded(both)) == (True, True)
    walk = item("tests/journeys/test_university.py", "journey", fixtures=("live_server",))
    assert (engines.on_servers(walk), engines.on_embedded(walk)) == (True, False)


def test_what_was_skipped_in_each_run_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [
        {"ran": ["a", "b"], "skipped": {"c": "needs PostgreSQL", "d": "needs a cluster"}},
        {"ran": ["a", "c"], "skipped": {"d": "no nginx"}},
    ]
    file = tmp_path / "ran"
    file.write_text("\n".join(map(json.dumps, runs)), encoding="utf-8")
    assert everywhere.main(str(file)) == 1
    assert capsys.readouterr().out == "ran nowhere: d: no nginx\n"


def test_when_everything_ran_somewhere_nothing_is_said(tmp_path: Path) -> None:
    file = tmp_path / "ran"
    file.write_text('{"ran": ["a"], "skipped": {}}', encoding="utf-8")
    assert everywhere.main(str(file)) == 0


WATCHED = (
    "from tests import everywhere\n\ndef pytest_configure(config):\n    everywhere.watch(config)\n"
)
THREE = """
import pytest

def test_a(): pass

@pytest.mark.skip(reason="no engine")
def test_b(): pass

@pytest.mark.skip(reason="no case files: set SHARED_DIR")
def test_c(): pass
"""


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_run_writes_down_what_it_ran(tmp_path: Path, workers: list[str]) -> None:
    (tmp_path / "conftest.py").write_text(WATCHED, encoding="utf-8")
    (tmp_path / "test_three.py").write_text(THREE, encoding="utf-8")
    options = ["-q", "-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *workers, "--rootdir", tmp_path, tmp_path],
        env={**os.environ, "RAN_FILE": str(tmp_path / "ran"), "PYTHONPATH": str(engines.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (line,) = (tmp_path / "ran").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "ran": ["test_three.py::test_a"],
        "skipped": {"test_three.py::test_b": "Skipped: no engine"},
    }
