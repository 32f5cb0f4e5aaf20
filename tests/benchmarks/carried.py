"""The rows of a filled SQLite database, copied into the PostgreSQL that Django is connected to."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

#: Their rows belong to the engine: the migrations that ran there, and an index of words in its own form.
STAY = ["django_migrations", "wagtailsearch_indexentry"]


def migrated(path: Path) -> None:
    """Bring a SQLite database to the migrations of this code, in a process of its own."""
    told = os.environ | {"DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=told)


def carry(path: Path) -> int:
    """Replace all rows of PostgreSQL by those of this SQLite database of the same migrations. How many there are."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    rows = 0
    kept = sqlite3.connect(path)
    with connection.cursor() as cursor:
        # Neither foreign keys nor the triggers of append-only tables stop a copy, and dates without a zone are UTC.
        cursor.execute("SET session_replication_role = replica; SET timezone = 'UTC'")
        columns: dict[str, list[str]] = {}
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND is_generated = 'NEVER' AND table_name != ALL(%s) ORDER BY ordinal_position",
            [STAY],
        )
        for table, column in cursor.fetchall():
            columns.setdefault(table, []).append(f'"{column}"')
        cursor.execute(f"TRUNCATE {', '.join(columns)} CASCADE")
        for table, names in columns.items():
            listed = ", ".join(names)
            with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
                for row in kept.execute(f'SELECT {listed} FROM "{table}"'):
                    copy.write_row(row)
                    rows += 1
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
    kept.close()
    return rows
