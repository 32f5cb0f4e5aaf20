"""Append-only tables: database triggers that refuse every UPDATE, DELETE and TRUNCATE, on both databases.

A `post_migrate` receiver creates the triggers, not a migration: a test run drops them before it
flushes the tables, and the flush sends `post_migrate` again. Creating them twice changes nothing.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate

_tables: list[str] = []


def append_only(table: str) -> None:
    """Make a table append-only from the next `migrate` on. Call it in the `ready` of the app."""
    if table not in _tables:
        _tables.append(table)


def append_only_tables() -> tuple[str, ...]:
    """Every table whose rows are never changed and never deleted."""
    return tuple(_tables)


def connect() -> None:
    """Create the triggers after each `migrate`, when the tables of all apps exist."""
    post_migrate.connect(
        _after_migrate, sender=apps.get_app_config("journal"), dispatch_uid="journal.triggers"
    )


def lay(using: str = "default") -> None:
    """Create the triggers of all append-only tables in this database."""
    _run(using, _created)


def drop(using: str = "default") -> None:
    """Drop the triggers: for the flush of a test run only."""
    _run(using, _dropped)


def _created(table: str, vendor: str) -> list[str]:
    refusal = f"{table} is append-only"
    if vendor == "postgresql":
        return [
            (
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
            ),
            (
                f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            ),
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        for verb in ("update", "delete")
    ]


def _dropped(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]


def _run(using: str, statements: Callable[[str, str], list[str]]) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        for table in _tables:
            for statement in statements(table, connection.vendor) if table in known else ():
                cursor.execute(statement)


def _after_migrate(using: str, **_: Any) -> None:
    lay(using)
