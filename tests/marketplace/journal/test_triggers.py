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
