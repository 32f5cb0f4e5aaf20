"""What is registered as append-only is: the database refuses UPDATE, DELETE and TRUNCATE."""

from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

import pytest

from marketplace.journal.triggers import append_only_tables
from tests.architecture.test_checks import insert, raw_row


def model_of(table: str):
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def statements(table: str):
    key = connection.ops.quote_name(model_of(table)._meta.pk.column)
    yield f"UPDATE {table} SET {key} = {key}"
    yield f"DELETE FROM {table}"
    if connection.vendor == "postgresql":
        yield f"TRUNCATE {table} CASCADE"


def test_the_journal_is_among_them() -> None:
    assert "journal_entry" in append_only_tables()


@pytest.mark.django_db
@pytest.mark.parametrize("table", append_only_tables())
def test_the_database_refuses_any_change(table: str) -> None:
    for statement in statements(table):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            # SQLite asks a trigger for each row, so there must be one; it is rolled back.
            insert(model_of(table), raw_row(model_of(table), {}))
            connection.cursor().execute(statement)
