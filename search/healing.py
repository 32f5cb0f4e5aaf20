"""Rebuilding a lost or damaged index automatically, in or beside the request that found it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

from search import budget
from search.backends import Backend
from search.errors import IndexUnavailable, SearchUnavailable
from search.plan import load_from
from search.schema import IndexSpec

# Up to this many rows an index on this machine is rebuilt within the request: about ten seconds.
INLINE_ROWS = 10_000
# How long a request waits for a rebuild by another process, or by a thread beside it.
WAIT_SECONDS = 15.0
THREAD_WAIT_SECONDS = 2.0
# Seconds before another rebuild when one did not help: perhaps the query is at fault, not the index.
PAUSE_SECONDS = 30.0

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
_paused_until: dict[tuple[int, str], float] = {}
_threads: dict[tuple[int, str], threading.Thread] = {}


def with_healing(backend: Backend, spec: IndexSpec, action: Callable[[], _Answer]) -> _Answer:
    """Run an action; when the index turns out to be unusable, rebuild it and run the action again.

    SearchUnavailable when the second try fails too, or the rebuild takes longer than a request may.
    """
    try:
        return action()
    except IndexUnavailable as broken:
        key = (id(backend), spec.name)
        if time.monotonic() < _paused_until.get(key, 0.0):
            raise
        log.warning("index %s: %s; rebuilding", spec.name, broken)
        try:
            _heal(backend, spec, broken.generation)
            return action()
        except IndexUnavailable:
            _paused_until[key] = time.monotonic() + PAUSE_SECONDS
            log.exception("index %s is still unusable after a rebuild", spec.name)
            raise


def _heal(backend: Backend, spec: IndexSpec, failed: str) -> None:
    if backend.heals_inline and (spec.size is None or spec.size() <= INLINE_ROWS):
        backend.rebuild(spec, load_from(spec), failed=failed, wait=WAIT_SECONDS)
        return
    key = (id(backend), spec.name)
    thread = _threads.get(key)
    if thread is None or not thread.is_alive():
        thread = threading.Thread(
            target=_rebuild_beside, args=(backend, spec, failed), name=f"rebuild-{spec.name}"
        )
        thread.daemon = True
        _threads[key] = thread
        thread.start()
    thread.join(min(THREAD_WAIT_SECONDS, budget.left()))
    if thread.is_alive():
        raise SearchUnavailable(f"index {spec.name} is being rebuilt")


def _rebuild_beside(backend: Backend, spec: IndexSpec, failed: str) -> None:
    try:
        backend.rebuild(spec, load_from(spec), failed=failed, wait=0.0)
    except SearchUnavailable as error:
        log.warning("index %s: %s", spec.name, error)
    except Exception:
        log.exception("index %s cannot be rebuilt", spec.name)
    finally:
        connections.close_all()
