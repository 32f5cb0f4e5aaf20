"""Fixtures that every test may use."""

import gc
import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.management.commands import flush
from django.utils import translation

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import everywhere
from tests.services import HAS_CLUSTER, own_prefix

# The machine may be busy: how long an example takes says nothing. Whoever develops meets new examples
# with each run; what decides whether a change lands is the same for every change.
hypothesis_settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("REQUIRE_ALL") == "1",
)
hypothesis_settings.load_profile("suite")

if importlib.util.find_spec("tests.cast"):
    pytest_plugins = [
        "tests.cast",
        "tests.browser",
        "tests.clamd",
        "tests.disks",
        "tests.sentence_model",
    ]


def pytest_configure(config: pytest.Config) -> None:
    """CI compares what its runs have run."""
    everywhere.watch(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may lose a frame: before CI refuses a change, it looks once more.

    The summary names each test that needed it (`-r R`), and a second failure is a failure. Nothing else is tried twice.
    """
    if os.environ.get("REQUIRE_ALL") != "1":
        return
    for item in items:
        if {"chromium", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """Modules and tests live as long as the run: the garbage collector need not walk them again.

    It saves a tenth of the processor's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def _flush_puts_back() -> Iterator[None]:
    """What ends a transactional test puts the fresh database back, without `migrate`'s signals."""
    from tests import flushed

    original = flush.Command.handle
    flush.Command.handle = lambda _self, **options: flushed.put_back(options["database"])
    yield
    flush.Command.handle = original


@pytest.fixture(autouse=True, scope="session")
def _static_folder() -> None:
    """WhiteNoise warns about a missing folder, and a warning is an error here."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The database begins as a copy of one that is migrated already."""
    from tests import template

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        template.copy_to(Path(database["TEST"]["NAME"]))
    else:
        database["TEST"]["TEMPLATE"] = template.on_server(os.environ["DATABASE_URL"])


_code_lists: dict[str, Any] = {}
_calendar: dict[str, Any] = {}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Code lists and working days are read once; no test sees that they are read or checked."""
    from marketplace.taxonomy import queries
    from marketplace.taxonomy.queries import code_lists, working_days
    from tests import flushed

    code_lists.REFRESH = float("inf")
    with django_db_blocker.unblock():
        flushed.keep()
        for scheme in queries.schemes():
            queries.terms(scheme.code)
        _calendar.update(calendar=working_days._kept.current(), stamps=working_days._kept.stamps)
    _code_lists.update(code_lists._cache.snapshots)


@pytest.fixture(autouse=True)
def _as_if_first(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What earlier tests left in the memory of this process is put back.

    One fixture for all of it: each costs every one of thousands of tests its share.
    """
    from django.core.cache import cache

    from marketplace.kernel import clock
    from marketplace.listings import browsing
    from marketplace.taxonomy.queries import code_lists, working_days
    from marketplace.web import throttle
    from search import table
    from search.schema import all_specs

    if _code_lists:
        # Lists and calendar are known, whatever the test before did to them.
        code_lists._cache.snapshots = dict(_code_lists)
        vars(working_days._kept).update(_calendar)
        code_lists._cache.checked = working_days._kept.checked = time.monotonic()
    # Rates are counted by the minutes and hours of the clock: none is over amid a test by chance.
    began = datetime.now(UTC)
    still = SimpleNamespace(now=lambda: began + clock._offset)
    monkeypatch.setattr(throttle, "clock", still)
    # What readers have asked for is not counted against those of the next test.
    caches["counters"].clear()
    # Lists remember for a while that the index was away.
    table.note_back()
    cache.delete_many([browsing._figures(spec.name) for spec in all_specs()])
    # A request leaves its language active in the thread.
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def seconds_of_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy for a moment makes no answer poorer; the tests of outages have the real limits."""
    from search import budget
    from search.backends.elasticsearch import cluster

    monkeypatch.setattr(cluster, "SLOW_SECONDS", 10.0)
    monkeypatch.setattr(cluster, "READ_SECONDS", 20.0)
    for name in ("SECONDS", "SCAN_SECONDS", "DECORATION_SECONDS"):
        monkeypatch.setattr(budget, name, 20.0)


@pytest.fixture
def own_index(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An index, vectors and files that no other test sees; the folder that they lie in."""
    settings.DATA_DIR = tmp_path
    if HAS_CLUSTER:
        with own_prefix(settings):
            yield tmp_path
    else:
        yield tmp_path


@pytest.fixture
def drain() -> Callable[[], int]:
    """Deliver everything that is due, and run the open jobs, as the worker does after commit."""
    from marketplace.journal import jobs, services

    def run() -> int:
        count = services.drain()
        return count + jobs.run_open()

    return run
