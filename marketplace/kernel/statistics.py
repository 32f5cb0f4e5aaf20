"""What the database's planner knows of its tables. PostgreSQL learns it by itself, SQLite is told."""

from django.db import connection

#: As many rows of each index are looked at: milliseconds, however big the table.
_LOOKED_AT = 400


def refresh_statistics() -> None:
    """Let SQLite count its tables anew; other connections know it when they open, a minute later.

    Without numbers SQLite takes the index of a status that all rows have for a good one, and reads
    a hundred thousand rows for the twenty that a page shows.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_LOOKED_AT}")
        cursor.execute("ANALYZE")
