"""Migrations of tables that are full and in use: what they do, undo, and do not lock.

The table is the worked slice's: nothing depends on it, so only its own migrations are undone.
"""

import io
import threading
import time
from contextlib import contextmanager

from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

import pytest

from marketplace.kernel.management.commands import migrate
from marketplace.kernel.operations import (
    AddCheck,
    AddIndexBeside,
    RemoveIndexBeside,
    ReplaceCheck,
)
from tests.cast import make_cast
from tests.worked_slice.models import Visit
from tests.worked_slice.services import ask_visit

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs PostgreSQL (real locks)"
)


def to(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("visits", name)])


def to_the_newest():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("visits"))


@pytest.fixture
def before():
    """The visits as they were when a revision could be 0."""
    to("0001_visit")
    yield
    to_the_newest()


@pytest.fixture
def visit(before):
    cast = make_cast()
    return ask_visit(
        guest=cast.enterprise, host=cast.university, purpose="看中试线", actor=cast.member
    )


def with_rev(visit, rev):
    with transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(rev=rev)


def test_a_check_is_replaced_and_comes_back(visit):
    with_rev(visit, 0)
    with_rev(visit, 5)
    to("0002_rev_from_one")
    with pytest.raises(IntegrityError):
        with_rev(visit, 0)
    to("0001_visit")
    with_rev(visit, 0)
    with_rev(visit, 5)


@pytest.mark.postgres
@on_postgresql
def test_a_row_that_does_not_meet_it_stops_the_migration_which_can_be_run_again(visit):
    with_rev(visit, 0)
    with pytest.raises(IntegrityError):
        to("0002_rev_from_one")
    # New rows must meet it already.
    with pytest.raises(IntegrityError):
        with_rev(visit, 0)
    with_rev(visit, 5)
    to("0002_rev_from_one")


# --- locks ------------------------------------------------------------------------------------
@contextmanager
def long_transaction(statement):
    """Another session that has read or written the table and does not end."""
    begun, ended = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            begun.set()
            ended.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(10)
    try:
        yield ended
    finally:
        ended.set()
        thread.join()


@pytest.mark.postgres
@on_postgresql
def test_it_waits_for_nobody_for_long_and_says_so(visit, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    said = io.StringIO()
    began = time.monotonic()
    with (
        long_transaction("SELECT 1 FROM visits_visit"),
        pytest.raises(CommandError, match="a table is in use"),
    ):
        call_command("migrate", "visits", lock_timeout=0.3, attempts=2, verbosity=0, stderr=said)
    # The other session would have held it for thirty seconds.
    assert time.monotonic() - began < 20
    assert "trying again (1 of 2)" in said.getvalue()
    # Afterwards it goes through, and the session has its limits back.
    call_command("migrate", "visits", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("10s", "30s")


@pytest.mark.postgres
@on_postgresql
def test_it_goes_through_as_soon_as_the_table_is_free(visit, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    with long_transaction("SELECT 1 FROM visits_visit") as ended:
        threading.Timer(1.0, ended.set).start()
        call_command("migrate", "visits", lock_timeout=0.3, attempts=20, verbosity=0)
    with pytest.raises(IntegrityError):
        with_rev(visit, 0)


@pytest.mark.postgres
@on_postgresql
def test_looking_through_the_rows_holds_up_no_writer(visit):
    """VALIDATE and CREATE INDEX CONCURRENTLY run beside a write that has not ended."""
    table = Visit._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT tried CHECK (rev > 0) NOT VALID")
        with long_transaction(f"UPDATE {table} SET rev = rev"):
            cursor.execute("SET lock_timeout = '500ms'")
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT tried")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT tried")
        cursor.execute("RESET lock_timeout")


# --- indexes beside the running site ----------------------------------------------------------
def apply(operation, *, backwards=False):
    """The operation alone, on the visits as their first migration makes them."""
    state = MigrationExecutor(connection).loader.project_state(("visits", "0001_visit"))
    after = state.clone()
    operation.state_forwards("visits", after)
    with connection.schema_editor(atomic=False) as editor:
        if backwards:
            operation.database_backwards("visits", editor, after, state)
        else:
            operation.database_forwards("visits", editor, state, after)


def index_of(name):
    """Whether the index is valid, and its columns; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indisvalid, pg_get_indexdef(i.indexrelid) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = %s",
            [name],
        )
        found = cursor.fetchone()
    return found and (found[0], found[1].split(" USING btree ")[1])


@pytest.fixture
def tried(visit):
    """The name of an index that a test makes."""
    yield "tried"
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS tried")


@pytest.mark.postgres
@on_postgresql
def test_an_index_that_was_left_unfinished_is_built_anew(visit, tried):
    Visit.objects.create(
        guest=visit.guest, host=visit.host, answer_by=visit.answer_by, code="CF2026-other"
    )
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {tried} ON visits_visit (status)")
    assert index_of(tried) == (False, "(status)")
    apply(AddIndexBeside("visit", models.Index(fields=["purpose"], name=tried)))
    assert index_of(tried) == (True, "(purpose)")


@pytest.mark.postgres
@on_postgresql
def test_an_index_that_cannot_be_built_leaves_nothing(tried):
    impossible = models.Index(models.F("rev") / (models.F("rev") - models.F("rev")), name=tried)
    with pytest.raises(DataError, match="division by zero"):
        apply(AddIndexBeside("visit", impossible))
    assert index_of(tried) is None


@pytest.mark.postgres
@on_postgresql
@pytest.mark.parametrize("is_added", [True, False], ids=["added", "removed"])
def test_an_index_waits_for_old_transactions_longer_than_for_a_lock(tried, is_added):
    """It waits for those that began before it, and gives the session its limit back."""
    index = models.Index(fields=["purpose"], name=tried)
    if not is_added:
        apply(AddIndexBeside("visit", index))
    with long_transaction("UPDATE visits_visit SET rev = rev") as ended, connection.cursor() as c:
        c.execute("SET lock_timeout = '200ms'")
        timer = threading.Timer(1.0, ended.set)
        timer.start()
        apply(AddIndexBeside("visit", index), backwards=not is_added)
        assert ended.is_set()
        c.execute("SELECT current_setting('lock_timeout')")
        assert c.fetchone() == ("200ms",)
        c.execute("RESET lock_timeout")
    assert index_of(tried) == ((True, "(purpose)") if is_added else None)


@pytest.mark.postgres
@on_postgresql
def test_an_index_that_is_taken_away_comes_back(visit):
    before = index_of("visit_due")
    apply(RemoveIndexBeside("visit", "visit_due"))
    assert index_of("visit_due") is None
    apply(RemoveIndexBeside("visit", "visit_due"), backwards=True)
    assert index_of("visit_due") == before == (True, "(status, answer_by)")


def test_they_say_what_they_do():
    check = models.CheckConstraint(condition=models.Q(rev__gt=0), name="tried")
    index = models.Index(fields=["purpose"], name="tried")
    assert "without locking writers out" in AddCheck("visit", check).describe()
    assert "without locking writers out" in ReplaceCheck("visit", check).describe()
    assert "beside the running site" in AddIndexBeside("visit", index).describe()
    assert "beside the running site" in RemoveIndexBeside("visit", "tried").describe()
