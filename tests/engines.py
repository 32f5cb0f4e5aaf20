"""What of the suite runs on PostgreSQL, Redis and Elasticsearch: `-p tests.engines` leaves the rest out.

On the real servers runs what can differ there: SQL, locks, search, broker, cache, and the journeys. The
embedded run (`make test`) has run everything before. A test stays out when nothing in it reaches a
server, or when its file stands in `ABOVE`, with the reason.

What is about transactions or an engine always runs. Of the others, which ask the same tables by the same
queries many times, one in `ONE_OF` runs before a change lands, always the same ones; every one of them
with EVERY_CELL=1 (`make proofs`).

`.ci/run` asks each test where it says something: what only the servers or only SQLite can answer is asked
there, transactions and engines on both, and the rest once. So its embedded run (ENGINES=embedded) leaves
out those drawn for the servers; `make test` alone runs everything.
"""

import os
import re
import zlib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Fixtures of pytest-django that open the database.
_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
_MARKS = ("django_db", "postgres", "journey", "kill")

#: Files and folders that use a database and whose answers no engine changes.
ABOVE = {
    "tests/access": "who may do what is decided in Python; the lists' SQL has tests in each slice",
    "tests/hostile": "what arrives at the door is refused before a server is asked",
    "tests/architecture": "the source is read",
    "tests/marketplace/brokerage/test_deal_browser.py": "how a page is drawn is the browser's",
    "tests/marketplace/custody/sealing": "bytes are sealed and opened without a database",
    "tests/journeys/test_introduction.py": "its SQL is that of the slices' services",
    "tests/journeys/test_contract.py": "test_turnover goes the same way and further",
    "tests/journeys/test_registrar.py": "test_university has the same queue",
    "tests/journeys/test_data_folder.py": "the folder of the embedded profile",
    "tests/journeys/test_visitor.py": "test_enterprise searches and reads the same pages",
    "tests/journeys/test_call.py": "the way of a challenge in records/test_whole.py has the same SQL",
    "tests/journeys/test_challenge.py": "the way of a challenge in records/test_whole.py has the same SQL",
    "tests/marketplace/evaluation/test_rulebook.py": "arithmetic without a database",
    "tests/marketplace/web/test_small_screens.py": "how a page is drawn is the browser's",
    "tests/marketplace/web/test_tables_on_phones.py": "how a page is drawn is the browser's",
    "tests/marketplace/web/test_costs.py": "the suite counts in memory; test_costs_on_redis is apart",
    "tests/marketplace/test_error_summaries.py": "forms are judged in Python",
    "tests/kernel/test_children.py": "processes of this machine",
    "tests/marketplace/files/test_children.py": "files are opened in processes without a database",
    "tests/marketplace/sheets": "files are read and written; what is done with the rows is elsewhere",
    "tests/marketplace/matching/test_model_away.py": "processes of this machine",
    "tests/search/model": "the sentence model asks no server",
    "tests/marketplace/achievements/test_matchdev.py": "thousands of rows by the services that the "
    "tests of imports call with few",
    "tests/marketplace/achievements/test_shared_cases.py": "cells are read in Python",
    "tests/marketplace/matching/test_described.py": "test_samples compares the same texts on the servers",
    "tests/marketplace/disclosure/test_table.py": "its SQL is that of test_services and test_views",
    "tests/deploy/test_bootstrap.py": "its sites are of the embedded profile",
    "tests/deploy/test_checks.py": "it starts processes with settings of its own",
    "tests/deploy/test_database_away.py": "it speaks with a server of its own that does not answer",
    "tests/deploy/test_samples.py": "the sample texts are read; loading them is the journeys' start",
    "tests/deploy/test_supervisor.py": "processes of this machine",
}


#: Of tests that only use the database as every other does, one of so many.
ONE_OF = 1 if os.environ.get("EVERY_CELL") == "1" else 3

#: Names of files in every slice that the same is true of.
NAMED = {
    r"test_(.*_)?pages?(_.*)?\.py": "forms are judged in Python; the services' SQL is tested apart",
    r"test_(.*_)?views(_.*)?\.py": "forms are judged in Python; the services' SQL is tested apart",
    r"test_(.*_)?api(_.*)?\.py": "the API calls the services of the pages, and its lists their queries",
    r"test_(.*_)?forms\.py": "forms are judged in Python",
    r"test_policies\.py": "who may do what is decided in Python; the lists' SQL has tests in each slice",
    r"test_browser\.py": "how a page is drawn is the browser's",
}
#: The run that this one stands beside: "embedded" leaves out what the servers are asked.
BESIDE = os.environ.get("ENGINES", "servers")
_NAMED = re.compile("|".join(f"(?:{name})" for name in NAMED))
#: What is about the engine all the same: its pages are its lists.
KEPT = {"tests/marketplace/statistics/test_pages.py", "tests/cms/test_pages.py"}


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Leave out what another run answers."""
    chosen = on_servers if BESIDE == "servers" else on_embedded
    kept = [item for item in items if chosen(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _races(item: Any) -> bool:
    """Whether a test is about transactions, or is skipped on some engine: no name of a file leaves it out.

    A browser's site commits too, which is no question about transactions.
    """
    if "live_server" in item.fixturenames:
        return False
    opened = item.get_closest_marker("django_db")
    is_real = opened is not None and bool(getattr(opened, "kwargs", {}).get("transaction"))
    return is_real or any(item.get_closest_marker(mark) for mark in ("skipif", "postgres"))


def on_servers(item: Any) -> bool:
    """Whether a test runs on the servers: it may answer differently there, and is asked this time."""
    return may_differ(item) and (
        _is_journey(item) or _is_about_engines(item) or _drawn(item.nodeid)
    )


def on_embedded(item: Any) -> bool:
    """Whether a test runs on the embedded profile when the servers are asked besides."""
    return _is_about_engines(item) or not on_servers(item)


def _is_journey(item: Any) -> bool:
    return item.get_closest_marker("journey") is not None


def _is_about_engines(item: Any) -> bool:
    """Transactions, the search engine, Redis and the broker."""
    path = item.path.relative_to(ROOT).as_posix()
    return (
        _races(item)
        or path.startswith(("tests/search/", "tests/deploy/"))
        or "tests.services" in item.path.read_text(encoding="utf-8")
    )


def _drawn(nodeid: str) -> bool:
    """The same answer on every machine, so that what landed is what runs again."""
    return zlib.crc32(nodeid.encode()) % ONE_OF == 0


def may_differ(item: Any) -> bool:
    path = item.path.relative_to(ROOT).as_posix()
    if any(path == above or path.startswith(f"{above}/") for above in ABOVE):
        return False
    if _NAMED.fullmatch(item.path.name) and path not in KEPT and not _races(item):
        return False
    return (
        any(item.get_closest_marker(mark) for mark in _MARKS)
        or bool(_DATABASE & set(item.fixturenames))
        or path.startswith("tests/search/")
        # These speak with Redis, the broker or the cluster without a database.
        or "tests.services" in item.path.read_text(encoding="utf-8")
    )
