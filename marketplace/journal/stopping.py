"""Whether this worker is being stopped: long work looks here between its steps.

One byte that a worker shares with the processes it forks: the signal reaches the parent alone.
"""

import mmap

_asked = mmap.mmap(-1, 1)


def ask() -> None:
    """Ask the work of this worker to end at its next step."""
    _asked[0] = 1


def is_asked() -> bool:
    """Whether to end at the next step."""
    return _asked[0] == 1


def forget() -> None:
    """A worker that starts again in the same process: work on."""
    _asked[0] = 0
