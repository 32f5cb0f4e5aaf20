"""The append-only rule of the journal as database triggers, for both databases.

They are laid by an idempotent `post_migrate` receiver instead of a migration, because a test run
drops them before it flushes the tables.
"""

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate

TABLE = "journal_entry"
_MESSAGE = "journal entries are append-only"

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    for verb in ("update", "delete")
]
_POSTGRES = [
    (
        f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$"
    ),
    (
        f"CREATE OR REPLACE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
    ),
]
_DROP_SQLITE = [f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}" for verb in ("update", "delete")]
_DROP_POSTGRES = [f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}"]


def connect() -> None:
    """Lay the triggers after each migrate."""
    post_migrate.connect(
        _after_migrate, sender=apps.get_app_config("journal"), dispatch_uid="journal.triggers"
    )


def lay(using: str = "default") -> None:
    """Lay the triggers on this database."""
    _run(using, _SQLITE, _POSTGRES)


def drop(using: str = "default") -> None:
    """Take the triggers away: for a test run's flush only."""
    _run(using, _DROP_SQLITE, _DROP_POSTGRES)


def _run(using: str, sqlite: list[str], postgres: list[str]) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        for statement in postgres if connection.vendor == "postgresql" else sqlite:
            cursor.execute(statement)


def _after_migrate(using: str, **_: Any) -> None:
    lay(using)
