"""Whether an error means that something is away, overloaded or full, rather than a fault of ours."""

import errno

from django.db import InterfaceError, OperationalError

#: SQLSTATE classes and codes of PostgreSQL: connection lost, resources used up, shut down or starting,
#: a lock or a statement that took longer than it may.
_AWAY = ("08", "53", "57P", "55P03", "57014")


def is_outage(error: BaseException | None) -> bool:
    """True when the same request may go through a little later, with nothing of it mended.

    On SQLite that is a file that another process has locked for too long, or a disk that is full.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if type(cause).__module__.startswith("sqlite3"):
        return any(word in str(cause) for word in ("locked", "is full"))
    state = getattr(cause, "sqlstate", None)
    # Without a code nothing came back from the server: it could not be reached.
    return state is None or state.startswith(_AWAY)


def is_full(error: BaseException | None) -> bool:
    """Whether a file could not be written because the disk, or this site's share of it, is used up."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
