"""The time limit of one question, shared by all the requests to the index that it makes.

A page that asks several indexes opens one budget around them; whatever it calls shares it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: Seconds that a visitor waits for the index, then for the scan of the rows that replaces it.
SECONDS = 2.0
SCAN_SECONDS = 1.5
#: What only decorates a page (similar rows) must not delay it for longer.
DECORATION_SECONDS = 0.5


@dataclass
class _Purse:
    """The seconds that are left for scanning rows."""

    seconds: float


@dataclass(frozen=True)
class _Budget:
    ends: float
    purse: _Purse
    is_patient: bool = False


_present: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def question(seconds: float | None = None) -> Iterator[None]:
    """Everything asked inside the block shares one limit; an outer limit that is shorter stays valid.

    Without a number it is the time that a visitor waits: `SECONDS`.
    """
    outer = _present.get()
    ends = time.monotonic() + (SECONDS if seconds is None else seconds)
    budget = (
        _Budget(ends, _Purse(SCAN_SECONDS))
        if outer is None
        else _Budget(min(ends, outer.ends), outer.purse)
    )
    token = _present.set(budget)
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def patient() -> Iterator[None]:
    """For background work: what is asked inside the block may take as long as a write."""
    token = _present.set(_Budget(float("inf"), _Purse(SCAN_SECONDS), is_patient=True))
    try:
        yield
    finally:
        _present.reset(token)


def is_patient() -> bool:
    """Whether the current question is background work."""
    present = _present.get()
    return present is not None and present.is_patient


def left() -> float:
    """The seconds that the index may still take; 0 when the time is over."""
    present = _present.get()
    return SECONDS if present is None else max(0.0, present.ends - time.monotonic())


def scan_left() -> float:
    """The seconds that scanning the rows may still take."""
    present = _present.get()
    return SCAN_SECONDS if present is None else present.purse.seconds


def spend_scan(seconds: float) -> None:
    """Subtract what a scan of the rows has taken."""
    if present := _present.get():
        present.purse.seconds = max(0.0, present.purse.seconds - seconds)
