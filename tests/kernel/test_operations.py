"""Migrations of tables that are full and in use: what they do, undo, and do not lock."""

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
from marketplace.needs.models import Need
from tests.cast import make_cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs PostgreSQL (real locks)"
)


def to(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("needs", name)])


def to_the_newest():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def before():
    """The needs as they were before their range of money was checked without a gap."""
    to("0001_initial")
    yield
    to_the_newest()


@pytest.fixture
def need(before):
    cast = make_cast()
    return make_need(cast.enterprise, cast.member)


def below_nothing(need):
    """A budget below zero, where the lower end is not given."""
    with transaction.atomic():
        Need.objects.filter(pk=need.pk).update(budget_min=None, budget_max=-1)


def test_a_check_is_replaced_and_comes_back(need):
    below_nothing(need)
    Need.objects.filter(pk=need.pk).update(budget_max=5)
    to("0002_checks_and_indexes")
    with pytest.raises(IntegrityError):
        below_nothing(need)
    to("0001_initial")
    below_nothing(need)
    Need.objects.filter(pk=need.pk).update(budget_max=5)


@pytest.mark.postgres
@on_postgresql
def test_a_row_that_does_not_meet_it_stops_the_migration_which_can_be_run_again(need):
    below_nothing(need)
    with pytest.raises(IntegrityError):
        to("0002_checks_and_indexes")
    # New rows must meet it already.
    with pytest.raises(IntegrityError):
        Need.objects.filter(pk=need.pk).update(budget_max=-2)
    Need.objects.filter(pk=need.pk).update(budget_max=5)
    to("0002_checks_and_indexes")


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
def test_it_waits_for_nobody_for_long_and_says_so(need, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    said = io.StringIO()
    began = time.monotonic()
    with (
        long_transaction("SELECT 1 FROM needs_need"),
        pytest.raises(CommandError, match="a table is in use"),
    ):
        call_command("migrate", "needs", lock_timeout=0.3, attempts=2, verbosity=0, stderr=said)
    # The other session would have held it for thirty seconds.
    assert time.monotonic() - began < 20
    assert "trying again (1 of 2)" in said.getvalue()
    # Afterwards it goes through, and the session has its limits back.
    call_command("migrate", "needs", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("10s", "30s")


@pytest.mark.postgres
@on_postgresql
def test_it_goes_through_as_soon_as_the_table_is_free(need, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    with long_transaction("SELECT 1 FROM needs_need") as ended:
        threading.Timer(1.0, ended.set).start()
        call_command("migrate", "needs", lock_timeout=0.3, attempts=20, verbosity=0)
    with pytest.raises(IntegrityError):
        below_nothing(need)


@pytest.mark.postgres
@on_postgresql
def test_looking_through_the_rows_holds_up_no_writer(need):
    """VALIDATE and CREATE INDEX CONCURRENTLY run beside a write that has not ended."""
    table = Need._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT tried CHECK (rev > 0) NOT VALID")
        with long_transaction(f"UPDATE {table} SET rev = rev"):
            cursor.execute("SET lock_timeout = '500ms'")
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT tried")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT tried")
        cursor.execute("RESET lock_timeout")


# --- indexes beside the running site ----------------------------------------------------------
def apply(operation, *, backwards=False):
    """The operation alone, on the needs as their first migration makes them."""
    state = MigrationExecutor(connection).loader.project_state(("needs", "0001_initial"))
    after = state.clone()
    operation.state_forwards("needs", after)
    with connection.schema_editor(atomic=False) as editor:
        if backwards:
            operation.database_backwards("needs", editor, after, state)
        else:
            operation.database_forwards("needs", editor, state, after)


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
def tried(need):
    """The name of an index that a test makes."""
    yield "tried"
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS tried")


@pytest.mark.postgres
@on_postgresql
def test_an_index_that_was_left_unfinished_is_built_anew(need, tried):
    Need.objects.create(owner=need.owner, author=need.author, code="XQ2026-other")
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {tried} ON needs_need (is_sample)")
    assert index_of(tried) == (False, "(is_sample)")
    apply(AddIndexBeside("need", models.Index(fields=["summary"], name=tried)))
    assert index_of(tried) == (True, "(summary)")


@pytest.mark.postgres
@on_postgresql
def test_an_index_that_cannot_be_built_leaves_nothing(tried):
    impossible = models.Index(models.F("rev") / (models.F("rev") - models.F("rev")), name=tried)
    with pytest.raises(DataError, match="division by zero"):
        apply(AddIndexBeside("need", impossible))
    assert index_of(tried) is None


@pytest.mark.postgres
@on_postgresql
@pytest.mark.parametrize("is_added", [True, False], ids=["added", "removed"])
def test_an_index_waits_for_old_transactions_longer_than_for_a_lock(tried, is_added):
    """It waits for those that began before it, and gives the session its limit back."""
    index = models.Index(fields=["summary"], name=tried)
    if not is_added:
        apply(AddIndexBeside("need", index))
    with long_transaction("UPDATE needs_need SET rev = rev") as ended, connection.cursor() as c:
        c.execute("SET lock_timeout = '200ms'")
        timer = threading.Timer(1.0, ended.set)
        timer.start()
        apply(AddIndexBeside("need", index), backwards=not is_added)
        assert ended.is_set()
        c.execute("SELECT current_setting('lock_timeout')")
        assert c.fetchone() == ("200ms",)
        c.execute("RESET lock_timeout")
    assert index_of(tried) == ((True, "(summary)") if is_added else None)


@pytest.mark.postgres
@on_postgresql
def test_an_index_that_is_taken_away_comes_back(need):
    before = index_of("need_own")
    apply(RemoveIndexBeside("need", "need_own"))
    assert index_of("need_own") is None
    apply(RemoveIndexBeside("need", "need_own"), backwards=True)
    assert index_of("need_own") == before == (True, "(owner_id, status, updated_at DESC)")


def test_they_say_what_they_do():
    check = models.CheckConstraint(condition=models.Q(rev__gt=0), name="tried")
    index = models.Index(fields=["title"], name="tried")
    assert "without locking writers out" in AddCheck("need", check).describe()
    assert "without locking writers out" in ReplaceCheck("need", check).describe()
    assert "beside the running site" in AddIndexBeside("need", index).describe()
    assert "beside the running site" in RemoveIndexBeside("need", "tried").describe()
