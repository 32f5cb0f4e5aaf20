"""The hottest questions at 100,000 rows: PostgreSQL answers each from an index, reading few rows.

What is explained is the SQL that the real functions send. A plan is good when no big table is read
from end to end and the rows read stay near the rows shown.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.achievements import queries as achievements
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.files import queries as files
from marketplace.files.models import Attachment
from marketplace.journal import jobs, services
from marketplace.journal import queries as journal
from marketplace.journal.models import Delivery, Entry, Job
from marketplace.kernel.codes import new_code
from marketplace.listings import queries as listings
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.needs.models import Need
from marketplace.notices import queries as notices
from marketplace.workbench import queries as workbench
from tests.cast import Cast, make_cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need
from tests.factories.notices import make_notice

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (its planner)"),
]
ROWS = 100_000
BIG = (
    *("needs_need", "achievements_achievement", "matching_match", "files_attachment"),
    "achievements_importbatch",
    *("journal_entry", "journal_delivery", "journal_job", "notices_notice"),
)


def copy(row: Any, **expressions: str) -> None:
    """ROWS copies of a row; `n` counts them in the expressions of the columns that differ."""
    fields = [f for f in row._meta.local_concrete_fields if not f.primary_key]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    values = ", ".join(expressions.get(f.column, f't."{f.column}"') for f in fields)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, "
            f"generate_series(1, {ROWS}) n WHERE t.{row._meta.pk.column} = {row.pk}"
        )
        cursor.execute(f"ANALYZE {table}")


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A year of a big city, within a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast()
        fill(cast)
        # Otherwise each test's end looks through all rows again for keys that lead nowhere.
        connection.check_constraints()
        yield cast
        transaction.set_rollback(True)


def fill(cast: Cast) -> None:
    """Most listings are published; one in a thousand waits; owners have a few hundred each."""
    owners = f"(ARRAY[{cast.enterprise.pk}, {cast.university.pk}])[1 + (n % 400 = 0)::int]"
    status = (
        "CASE WHEN n % 1000 = 0 THEN 'in_review' WHEN n % 50 = 1 THEN 'draft' ELSE 'published' END"
    )
    moment = "now() - n * interval '1 minute'"
    shared = {
        "status": status,
        "owner_id": owners,
        "published_at": moment,
        "submitted_at": moment,
        "updated_at": moment,
        "expires_at": "now() + (n - 20) * interval '1 hour'",
        "title": "'题目' || n",
    }
    need = make_need(cast.enterprise, cast.member, state="published")
    copy(need, code="'XQ2026-' || n", **shared)
    offer = make_achievement(cast.university, cast.university_member, state="published")
    key = {"source_key": "md5(n::text)", "import_batch_id": "NULL"}
    copy(offer, code="'CG2026-' || n", **shared, **key)
    batch = ImportBatch.objects.create(owner=cast.enterprise, actor=cast.member, status="closed")
    stages = "CASE WHEN n % 2000 = 0 THEN 'in_review' WHEN n % 2000 = 1 THEN 'deciding' ELSE 'closed' END"
    copy(batch, code="'PC' || n", owner_id=owners, status=stages, submitted_at=moment)
    entry = Entry.objects.create(event="NeedPublished", subject_kind="needs.need", subject_id=0)
    copy(entry, subject_id="n", at=moment)
    delivery = Delivery.objects.create(entry=entry, handler="x", status="done")
    fates = "CASE WHEN n % 1000 = 0 THEN 'pending' WHEN n % 1000 = 1 THEN 'dead' ELSE 'done' END"
    copy(delivery, handler="'h' || n", status=fates, done_at="now()", next_try_at=moment)
    copy(Job.objects.create(kind="x", status="done"), code="'GZ' || n")
    notice = make_notice(cast.member)
    people = f"(ARRAY[{cast.member.pk}, {cast.outsider.pk}])[1 + (n % 100 > 0)::int]"
    copy(notice, code="'TZ' || n", recipient_id=people, dedupe="n::text", read_at="now()")
    match = Match.objects.create(
        need=need,
        achievement=offer,
        score=80,
        weights_version="x",
        need_rev=1,
        achievement_rev=1,
    )
    copy(
        match,
        code="'PP' || n",
        need_id="(SELECT min(id) FROM needs_need) + n % 5000",
        achievement_id="(SELECT min(id) FROM achievements_achievement) + n / 5000",
    )
    file = Attachment.objects.create(
        subject_kind="needs.need", subject_id=0, path="x", uploaded_by=cast.member, size=1
    )
    copy(file, code="'FJ' || n", path="'p' || n", subject_id="n", uploaded_at=moment)


QUESTIONS: dict[str, tuple[Callable[[Cast], Any], int]] = {
    "newest needs": (lambda c: listings.newest(Need, 20), 120),
    "newest achievements": (lambda c: listings.newest(Achievement, 20), 120),
    "a page of hits": (
        lambda c: listings.in_order(Need, AnonymousUser(), [f"XQ2026-{n}" for n in range(2, 22)]),
        # 20 rows, or those 20 once for each of the few owners: to the planner the same price.
        120,
    ),
    "one listing": (lambda c: listings.taken_down(Achievement, new_code("CG")), 2),
    "own listings, newest change first": (lambda c: list(own(c)[:20]), 400),
    # An owner with nearly all rows: sorting them all would read a hundred thousand.
    "own needs of a big owner": (lambda c: list(listings.own(Need, c.member)[:20]), 120),
    "own achievements of a big owner": (
        lambda c: list(listings.own(Achievement, c.member)[:20]),
        120,
    ),
    "batches to review": (
        lambda c: list(achievements.batches_to_review(c.registrar_city)[:100]),
        500,
    ),
    "own listings by state": (lambda c: workbench.own_numbers(c.university_member), 1200),
    "review queue": (lambda c: workbench.review_queue(c.registrar_city, 20), 500),
    "how many wait for review": (lambda c: workbench.review_count(c.registrar_city), 500),
    "due to expire": (lambda c: list(listings.due_to_expire(Need)), 60),
    "rows that an import knows": (
        lambda c: achievements.known_keys(c.enterprise.pk, ["a" * 32, "b" * 32]),
        10,
    ),
    "history of a listing": (lambda c: journal.history("needs.need", 77), 5),
    "deliveries that are due": (lambda c: list(journal.due_deliveries()[:50]), 120),
    "claiming deliveries": (lambda c: services._claim(), 250),
    "whether a delivery is due": (lambda c: services.is_due(), 5),
    "dead letters": (lambda c: list(journal.dead_deliveries()[:20]), 60),
    "the machinery's numbers": (lambda c: journal.counts(), 300),
    "age of the outbox": (lambda c: journal.oldest_pending_seconds(), 300),
    "deliveries to purge": (lambda c: list(journal.done_deliveries()[:10]), 20),
    "jobs that are open": (lambda c: list(journal.open_jobs("x")), 5),
    "the next job": (lambda c: jobs._take(), 5),
    "unread notices": (lambda c: notices.unread_count(c.member), 120),
    "own notices": (lambda c: list(notices.notices_of(c.member)[:20]), 1200),
    "matches of a need": (
        lambda c: list(
            matching.matches_of_need(Need.objects.order_by("pk")[2], c.registrar_city)[:20]
        ),
        200,
    ),
    "files of a listing": (lambda c: list(files.attachments_of("needs.need", 77)), 5),
}


def own(cast: Cast) -> Any:
    return listings.own(Need, cast.university_member)


def explained(action: Callable[[], Any]) -> Iterator[dict[str, Any]]:
    """Every node of every plan of what is asked, with the rows that were really read."""
    with CaptureQueriesContext(connection) as asked:
        action()
    for query in asked.captured_queries:
        sql = query["sql"]
        if not sql.startswith("SELECT") or not any(table in sql for table in BIG):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            found = cursor.fetchone()[0]
        plan = json.loads(found) if isinstance(found, str) else found
        yield from nodes(plan[0]["Plan"])


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_is_answered_from_an_index(city: Cast, name: str) -> None:
    question, most = QUESTIONS[name]
    found = list(explained(lambda: question(city)))
    assert found, "nothing was asked of a big table"
    scans = [node for node in found if node.get("Relation Name") in BIG]
    whole = [node for node in scans if node["Node Type"] == "Seq Scan"]
    assert whole == []
    read = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in scans
    )
    assert read <= most


def test_counting_own_listings_reads_none_of_them(city: Cast) -> None:
    """The index has all that is asked; of a hundred thousand rows that is an eighth of the pages."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # What VACUUM says of a table that has been at rest; here it can't be run.
            cursor.execute(
                "UPDATE pg_class SET relallvisible = relpages "
                "WHERE relname IN ('needs_need', 'achievements_achievement')"
            )
        found = list(explained(lambda: workbench.own_numbers(city.member)))
        transaction.set_rollback(True)
    scans = [(n["Node Type"], n.get("Index Name")) for n in found if n.get("Relation Name") in BIG]
    assert scans == [("Index Only Scan", "need_own"), ("Index Only Scan", "achievement_own")]


def test_a_missing_index_would_be_seen(city: Cast) -> None:
    """The control: by a column without an index the table is read from end to end."""
    found = list(explained(lambda: list(Need.objects.filter(background="x"))))
    assert "Seq Scan" in {node["Node Type"] for node in found if node.get("Relation Name")}
