"""Append-only tables: database triggers that refuse every UPDATE, DELETE and TRUNCATE, on both databases.

A `post_migrate` receiver creates the triggers, not a migration: a test run drops them before it
flushes the tables, and the flush sends `post_migrate` again. Creating them twice changes nothing.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate

#: Table → SQL condition over OLD under which a row may be deleted; "" for never.
_tables: dict[str, str] = {}


def append_only(table: str, *, deletable: str = "") -> None:
    """Make a table append-only from the next `migrate` on. Call it in the `ready` of the app.

    `deletable` is a condition in SQL over OLD, such as `OLD.book = 'sample'`: the rows that may be deleted all
    the same. No row may ever be changed, or the condition could be made true for any.
    """
    _tables.setdefault(table, deletable)


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


def lacking(using: str = "default") -> list[str]:
    """The append-only tables whose triggers are missing or switched off in this database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    return [table for table in _tables if not _names(table, connection.vendor) <= there]


def _names(table: str, vendor: str) -> set[str]:
    if vendor != "postgresql":
        return {f"{table}_no_update", f"{table}_no_delete"}
    own = {f"{table}_append_only"}
    return own | {f"{table}_no_delete"} if _tables.get(table) else own


def drop(using: str = "default") -> None:
    """Drop the triggers: for the flush of a test run only."""
    _run(using, _dropped)


def _created(table: str, vendor: str) -> list[str]:
    refusal = f"{table} is append-only"
    deletable = _tables[table]
    when = f"WHEN (NOT ({deletable})) " if deletable else ""
    if vendor == "postgresql":
        # A trigger per statement sees no row, so a condition needs one per row.
        verbs = "UPDATE OR TRUNCATE" if deletable else "UPDATE OR DELETE OR TRUNCATE"
        per_row = (
            f"CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE "
            f"ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {table}_refuse()"
        )
        return [
            (
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
            ),
            (
                f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE {verbs} "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            ),
            *([per_row] if deletable else ()),
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"{when if verb == 'delete' else ''}BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        for verb in ("update", "delete")
    ]


def _dropped(table: str, vendor: str) -> list[str]:
    where = f" ON {table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {name}{where}" for name in sorted(_names(table, vendor))]


def _run(using: str, statements: Callable[[str, str], list[str]]) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        for table in _tables:
            for statement in statements(table, connection.vendor) if table in known else ():
                cursor.execute(statement)


def _after_migrate(using: str, **_: Any) -> None:
    lay(using)
