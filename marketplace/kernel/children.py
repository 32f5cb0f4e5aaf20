"""Runs work on untrusted files in a child process with limits, so that the caller survives it.

A slice registers a task in its room `children` and calls it by name:

    @child_task("files.examine")
    def examine(path: Path, *, name: str) -> dict[str, Any]: ...

    run_in_child("files.examine", path, memory=512 * MIB, seconds=10, name="方案.pdf")

The child is a new interpreter without the memory, connections and secrets of the caller. Unless the task
says `needs_django`, it has only a minimal Django (languages and translations, no apps, no settings of the
site), so everything the task needs is passed as a parameter. Parameters and results are JSON data; large
results are written to a file whose path is a parameter.
"""

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput, Refused, StorageFull

logger = logging.getLogger(__name__)

MIB = 1024 * 1024
#: Maximum size of a result as JSON, in bytes.
MAX_RESULT = MIB
#: Maximum number of children of one process at a time, because each may use its full memory.
AT_ONCE = 2
#: Seconds that a caller waits for a free slot.
PATIENCE = 10.0
#: Wall-clock seconds per allowed CPU second: the machine may be busy.
_SLOWEST = 3.0
_ROOT = Path(__file__).resolve().parents[2]

_slots = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Task:
    """What a child runs; `run` gets the path and the parameters."""

    run: Callable[..., Any]
    needs_django: bool


_tasks: dict[str, Task] = {}


class ChildFailed(Exception):
    """The child gave no answer. The text is for a log and contains nothing of the file."""

    reason: Any = _("文件无法处理，可能已损坏")


class Crashed(ChildFailed):
    """The child died, or its task raised an unexpected error."""


class TookTooLong(ChildFailed):
    """The child exceeded its CPU time or the wall-clock limit."""

    reason = _("文件内部过于复杂，没能在规定的时间内处理完，请简化后再试")


class OutOfMemory(ChildFailed):
    """The child exceeded its memory limit."""

    reason = _("文件内部过于复杂，处理它需要的内存过大，请简化后再试")


class NoRoom(ChildFailed):
    """All slots are in use; no child was started."""

    reason = _("现在处理文件的人较多，请稍后再试")


def child_task(name: str, *, needs_django: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Register a function as a task. Raises TypeError when the name is taken by another.

    The task refuses a file by raising an error of `kernel.errors`. With `needs_django` the child first
    sets up the whole site with its models and secrets, which takes seconds and 100 MB.
    """

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        known = _tasks.get(name)
        if known is not None and known.run.__module__ != run.__module__:
            raise TypeError(f"two tasks {name}")
        _tasks[name] = Task(run, needs_django)
        return run

    return register


def find(name: str) -> Task:
    """The task of this name. Raises LookupError."""
    return _tasks[name]


def run_in_child(
    task: str, path: Path | str, *, memory: int, seconds: int, writes: int = MIB, **params: Any
) -> Any:
    """Run a registered task on a file in a fresh process; return its result.

    `memory` is address space in bytes, `seconds` is CPU time; the wall-clock limit is three times that.
    `writes` is the maximum size in bytes of a file that the child writes. Raises InvalidInput or Refused
    when the task refuses the file, in the caller's language; StorageFull; and ChildFailed (Crashed,
    TookTooLong, OutOfMemory, NoRoom). No process of the child is left running.
    """
    found = find(task)
    request = {
        "task": task,
        "module": found.run.__module__,
        "needs_django": found.needs_django,
        "path": str(path),
        "params": params,
        "limits": {"memory": memory, "seconds": seconds, "writes": writes},
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "django": {
            "LANGUAGES": [list(pair) for pair in settings.LANGUAGES],
            "LANGUAGE_CODE": settings.LANGUAGE_CODE,
            "LOCALE_PATHS": [str(place) for place in settings.LOCALE_PATHS],
            "TIME_ZONE": settings.TIME_ZONE,
        },
        "parent": os.getpid(),
    }
    if not _slots.acquire(timeout=PATIENCE):
        raise NoRoom(task)
    try:
        answer = _talk(task, request, seconds * _SLOWEST)
    finally:
        _slots.release()
    return _result_of(task, answer)


def _talk(task: str, request: dict[str, Any], patience: float) -> dict[str, Any]:
    """Start the child, read its answer, and kill what is left of its process group."""
    child = subprocess.Popen(
        [sys.executable, "-m", "marketplace.kernel.child"],
        cwd=_ROOT,
        env=_environment(request["needs_django"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    asks, answers = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
    deadline = time.monotonic() + patience
    try:
        # A child that has died at once closes the pipe; its exit code is examined below.
        with contextlib.suppress(BrokenPipeError), asks:
            asks.write(json.dumps(request).encode())
        said = _read(answers.fileno(), deadline, task)
        code = _wait(child, deadline, task)
    finally:
        # The child is not reaped yet, so its process group id cannot have been reused.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        answers.close()
    if code == -signal.SIGXCPU:
        raise TookTooLong(task)
    if code:
        raise Crashed(f"{task}: exit {code}")
    try:
        answer = json.loads(said)
    except ValueError as error:
        raise Crashed(f"{task}: no answer") from error
    return dict(answer)


def _environment(needs_django: bool) -> dict[str, str]:
    """The environment of the child: without secrets, unless it sets up the whole site."""
    if needs_django:
        return dict(os.environ)
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _read(handle: int, deadline: float, task: str) -> bytes:
    said = b""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TookTooLong(task)
        piece = os.read(handle, 64 * 1024)
        if not piece:
            return said
        said += piece
        if len(said) > MAX_RESULT:
            raise Crashed(f"{task}: result beyond {MAX_RESULT} bytes")


def _wait(child: "subprocess.Popen[bytes]", deadline: float, task: str) -> int:
    """The exit code of a child that has closed its stdout. The child is not reaped."""
    while True:
        state = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if state is not None:
            killed = state.si_code in {os.CLD_KILLED, os.CLD_DUMPED}
            return -state.si_status if killed else state.si_status
        if time.monotonic() > deadline:
            raise TookTooLong(task)
        time.sleep(0.005)


def _result_of(task: str, answer: dict[str, Any]) -> Any:
    match answer:
        case {"result": result}:
            return result
        case {"invalid": errors}:
            raise InvalidInput(errors)
        case {"refused": reason}:
            raise Refused(reason)
        case {"failed": "memory"}:
            raise OutOfMemory(task)
        case {"failed": "storage"}:
            raise StorageFull
        case {"failed": what}:
            logger.error("task %s failed in its child: %s", task, what)
            raise Crashed(f"{task}: {what}")
    raise Crashed(f"{task}: no answer")
