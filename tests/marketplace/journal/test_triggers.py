"""Entries are never changed and never deleted: the code says so, and so does the database."""

from django.db import connection, transaction
from django.db.utils import DatabaseError

import pytest

from marketplace.journal import triggers
from marketplace.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "act",
    [
        lambda: Entry.objects.update(event="Other"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.get().save(),
        lambda: connection.cursor().execute("UPDATE journal_entry SET event = 'x'"),
        lambda: connection.cursor().execute("DELETE FROM journal_entry"),
    ],
)
def test_database_refuses_any_change(tell, act):
    entry = tell(1, note="a")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act()
    assert Entry.objects.get() == entry
    assert Entry.objects.get().event == "ThingDone"


def test_code_refuses_too(tell):
    with pytest.raises(TypeError, match="deleted"):
        tell().delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_truncate_is_refused(tell):
    tell()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE journal_entry CASCADE")


def test_a_ledger_of_another_slice_is_append_only_too(monkeypatch):
    """Any table can be registered, and takes new rows as before."""
    monkeypatch.setattr(triggers, "_tables", {})
    triggers.append_only("ledger_trial")
    triggers.append_only("ledger_trial")
    assert triggers.append_only_tables() == ("ledger_trial",)
    triggers.lay()  # a table that does not exist yet is left out
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ledger_trial (amount integer)")
        cursor.execute("INSERT INTO ledger_trial VALUES (1)")
        cursor.execute("UPDATE ledger_trial SET amount = 2")
        triggers.lay()
        cursor.execute("INSERT INTO ledger_trial VALUES (3)")
        verbs = ["UPDATE ledger_trial SET amount = 4", "DELETE FROM ledger_trial"]
        if connection.vendor == "postgresql":
            verbs.append("TRUNCATE ledger_trial")
        for statement in verbs:
            refused = pytest.raises(DatabaseError, match="ledger_trial is append-only")
            with refused, transaction.atomic():
                cursor.execute(statement)
        cursor.execute("SELECT amount FROM ledger_trial ORDER BY amount")
        assert [row[0] for row in cursor.fetchall()] == [2, 3]
        triggers.drop()
        cursor.execute("DELETE FROM ledger_trial")
        cursor.execute("DROP TABLE ledger_trial")


def test_laying_is_idempotent_and_dropping_is_for_tests(tell):
    triggers.lay()
    triggers.lay()
    triggers.drop()
    triggers.drop()
    tell()
    Entry.objects.all().delete()
    triggers.lay()
    tell()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()


def test_rows_that_may_be_deleted_may_not_be_changed(monkeypatch):
    """A condition spares rows from the ban of DELETE only: no row can be made one of them."""
    monkeypatch.setattr(triggers, "_tables", {})
    triggers.append_only("ledger_trial", deletable="OLD.book = 'sample'")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ledger_trial (book varchar(8), amount integer)")
        cursor.execute("INSERT INTO ledger_trial VALUES ('city', 1), ('sample', 2)")
        triggers.lay()
        triggers.lay()
        assert triggers.lacking() == []
        cursor.execute("DELETE FROM ledger_trial WHERE book = 'sample'")
        cursor.execute("INSERT INTO ledger_trial VALUES ('sample', 3)")
        verbs = [
            "DELETE FROM ledger_trial",
            "DELETE FROM ledger_trial WHERE book = 'city'",
            "UPDATE ledger_trial SET book = 'sample'",
            "UPDATE ledger_trial SET amount = 4 WHERE book = 'sample'",
        ]
        if connection.vendor == "postgresql":
            verbs.append("TRUNCATE ledger_trial")
        for statement in verbs:
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("SELECT book, amount FROM ledger_trial ORDER BY amount")
        assert cursor.fetchall() == [("city", 1), ("sample", 3)]
        triggers.drop()
        assert triggers.lacking() == ["ledger_trial"]
        cursor.execute("DROP TABLE ledger_trial")
