"""Tells outages (a server is away, overloaded or full) from programming errors."""

import errno

from django.db import InterfaceError, OperationalError

#: SQLSTATE classes and codes of PostgreSQL: connection lost, insufficient resources, shutting down or
#: starting, lock timeout, statement timeout.
_AWAY = ("08", "53", "57P", "55P03", "57014")


def is_outage(error: BaseException | None) -> bool:
    """Whether the same request may succeed a little later without any change.

    On SQLite: another process held the lock for too long, or the disk is full.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if type(cause).__module__.startswith("sqlite3"):
        return any(word in str(cause) for word in ("locked", "is full"))
    state = getattr(cause, "sqlstate", None)
    # Without an SQLSTATE the server sent no answer: it could not be reached.
    return state is None or state.startswith(_AWAY)


def is_full(error: BaseException | None) -> bool:
    """Whether a file could not be written because the disk or the quota is full."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
