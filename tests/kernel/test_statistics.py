"""SQLite is told how big its tables are, and plans accordingly."""

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.journal import tasks
from marketplace.kernel.statistics import collect_after_load, refresh_statistics
from marketplace.listings import queries
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def plan_of_a_page() -> str:
    """How the database says it would fetch a page of hits."""
    with CaptureQueriesContext(connection) as asked:
        queries.in_order(Need, AnonymousUser(), [f"XQ2026-{n}" for n in range(20)])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        return " ".join(str(row) for row in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
def test_a_page_of_hits_is_found_by_its_codes(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    values = {f.attname: getattr(need, f.attname) for f in Need._meta.concrete_fields}
    Need.objects.bulk_create(
        Need(**{**values, "id": None, "code": f"XQ2026-{n}"}) for n in range(2000)
    )
    assert "status=?" in plan_of_a_page()
    tasks.purge()
    assert "code=?" in plan_of_a_page()


def test_it_may_be_asked_of_any_database() -> None:
    with CaptureQueriesContext(connection) as asked:
        refresh_statistics()
        refresh_statistics()
    said = [query["sql"] for query in asked.captured_queries]
    counted = ["PRAGMA analysis_limit = 400", "ANALYZE"] * 2
    assert said == (counted if connection.vendor == "sqlite" else [])


def test_after_a_load_every_database_counts_at_once() -> None:
    with CaptureQueriesContext(connection) as asked:
        collect_after_load()
    assert asked.captured_queries[-1]["sql"] == "ANALYZE"
