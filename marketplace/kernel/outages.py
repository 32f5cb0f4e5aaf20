"""Whether an error of the database means that it is away or overloaded, rather than a fault of ours."""

from django.db import InterfaceError, OperationalError

#: SQLSTATE classes and codes of PostgreSQL: connection lost, resources used up, shut down or starting,
#: a lock or a statement that took longer than it may.
_AWAY = ("08", "53", "57P", "55P03", "57014")


def is_outage(error: BaseException | None) -> bool:
    """True when the same request may go through a little later, with nothing of it mended.

    On SQLite that is a file that another process has locked for too long.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if type(cause).__module__.startswith("sqlite3"):
        return "locked" in str(cause)
    state = getattr(cause, "sqlstate", None)
    # Without a code nothing came back from the server: it could not be reached.
    return state is None or state.startswith(_AWAY)
