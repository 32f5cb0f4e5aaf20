"""How long one question may take in all, however often it asks the index for its answer.

A page that asks several indexes opens one budget around them; whatever it calls shares it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: A visitor waits so long for the index, then so long for the look through the rows instead.
SECONDS = 2.0
SCAN_SECONDS = 1.5
#: What only decorates a page (similar rows) must not delay it for longer.
DECORATION_SECONDS = 0.5


@dataclass
class _Purse:
    """Seconds of looking through rows that are left."""

    seconds: float


@dataclass(frozen=True)
class _Budget:
    ends: float
    purse: _Purse
    is_patient: bool = False


_present: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def question(seconds: float | None = None) -> Iterator[None]:
    """Whatever is asked within takes no longer in all; within another budget, no longer than that.

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
    """Nobody waits: what is asked within has the time of a write, whatever visitors have met."""
    token = _present.set(_Budget(float("inf"), _Purse(SCAN_SECONDS), is_patient=True))
    try:
        yield
    finally:
        _present.reset(token)


def is_patient() -> bool:
    """Whether the present question is one that nobody waits for."""
    present = _present.get()
    return present is not None and present.is_patient


def left() -> float:
    """Seconds that the index may still take, 0 when there are none."""
    present = _present.get()
    return SECONDS if present is None else max(0.0, present.ends - time.monotonic())


def scan_left() -> float:
    """Seconds that looking through the rows may still take."""
    present = _present.get()
    return SCAN_SECONDS if present is None else present.purse.seconds


def spend_scan(seconds: float) -> None:
    """Take what a look through the rows has taken out of the purse."""
    if present := _present.get():
        present.purse.seconds = max(0.0, present.purse.seconds - seconds)
