"""After a transactional test the database is as `migrate` left it: emptied, and filled again from memory.

Django's own way, `flush`, sends `post_migrate`: code lists, permissions and the site's pages are laid again
row by row, in two seconds of a processor for each of more than a hundred tests. Here the rows that a fresh
database has are read once, and only tables that have rows are emptied.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connections, transaction

from marketplace.journal import triggers

#: Table → its columns and rows, as the first flush of this process would have to find them.
_kept: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}


def keep(using: str = "default") -> None:
    """Read what a fresh database has. Call it before the first test."""
    _kept.update(read(using))


def read(using: str = "default") -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Every table that has rows, with its columns and rows."""
    found = {}
    with connections[using].cursor() as cursor:
        for table in _filled(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def write(cursor: Any, tables: Mapping[str, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    """Insert rows that `read` gave."""
    for table, (columns, rows) in tables.items():
        names = ", ".join(f'"{name}"' for name in columns)
        values = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({values})', rows)


def put_back(using: str = "default") -> None:
    """Empty every table that has rows, and write the kept ones again."""
    connection = connections[using]
    on_postgresql = connection.vendor == "postgresql"
    if not on_postgresql:
        triggers.drop(using)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if on_postgresql:
            # Neither the triggers of append-only tables nor foreign keys hold for this transaction.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(cursor):
            cursor.execute(f'DELETE FROM "{table}"')
        write(cursor, _kept)
    if not on_postgresql:
        triggers.lay(using)


def _filled(cursor: Any) -> list[str]:
    tables = sorted(_tables() - _virtual(cursor))
    tests = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables
    )
    cursor.execute(tests)
    return [name for (name,) in cursor.fetchall()]


def _tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table for m in models if m._meta.managed and not m._meta.proxy}


def _virtual(cursor: Any) -> set[str]:
    """SQLite's tables for full text: triggers of the tables that they follow fill and empty them."""
    if cursor.db.vendor != "sqlite":
        return set()
    cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
    return {name for (name,) in cursor.fetchall()}
