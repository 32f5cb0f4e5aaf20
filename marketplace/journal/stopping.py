"""Tells long work that its worker is stopping. It is checked between steps.

One byte of memory that the worker shares with its forked processes, because only the parent process
receives the signal.
"""

import mmap

_asked = mmap.mmap(-1, 1)


def ask() -> None:
    """Request that the work of this worker ends after its current step."""
    _asked[0] = 1


def is_asked() -> bool:
    """Whether work should end after its current step."""
    return _asked[0] == 1


def forget() -> None:
    """Clear the request, for a worker that starts again in the same process."""
    _asked[0] = 0
