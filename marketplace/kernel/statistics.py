"""Statistics for the query planner. PostgreSQL collects them itself after a while, SQLite only on command."""

from django.db import connection

#: Rows of each index that are sampled: it takes milliseconds, whatever the size of the table.
_LOOKED_AT = 400


def refresh_statistics() -> None:
    """Refresh the statistics of SQLite. Other connections use them after they reconnect, within a minute.

    Without statistics SQLite chooses the index on a status that all rows share, and reads a hundred
    thousand rows for a page of twenty.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_LOOKED_AT}")
        cursor.execute("ANALYZE")


def collect_after_load() -> None:
    """Collect statistics at once, after many rows were written: PostgreSQL would do so a minute later.

    Until then it takes every table for empty, and lists read whole tables in nested loops.
    """
    refresh_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
