"""Work on bytes from outside in a process of its own: it may be slow, greedy or die, the caller goes on.

A slice registers a task in its room `children` and calls it by name:

    @child_task("files.examine")
    def examine(path: Path, *, name: str) -> dict[str, Any]: ...

    run_in_child("files.examine", path, memory=512 * MIB, seconds=10, name="方案.pdf")

The child is a fresh interpreter without the caller's memory, connections or secrets. It has a bare
Django (languages and catalogue, no applications, no settings of the site) unless the task says
`needs_django`; so a task takes what it must know as parameters. Parameters and result are plain
JSON-like data; large results go to a file whose path is a parameter.
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
#: Bytes that a result may have as JSON.
MAX_RESULT = MIB
#: Children of one process at the same time: each may take its full memory.
AT_ONCE = 2
#: Seconds that a caller waits for its turn among them.
PATIENCE = 10.0
#: Wall-clock seconds for each second of computing that a task may take: the machine may be busy.
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
    """The child came to no answer. The text, for a log, holds nothing of what it was given."""

    reason: Any = _("文件无法处理，可能已损坏")


class Crashed(ChildFailed):
    """It died, or met an error that its task does not know."""


class TookTooLong(ChildFailed):
    """It used up its computing time, or the wall clock's limit."""

    reason = _("文件内部过于复杂，没能在规定的时间内处理完，请简化后再试")


class OutOfMemory(ChildFailed):
    """It needed more memory than it may have."""

    reason = _("文件内部过于复杂，处理它需要的内存过大，请简化后再试")


class NoRoom(ChildFailed):
    """Too many others are at work; nothing was begun."""

    reason = _("现在处理文件的人较多，请稍后再试")


def child_task(name: str, *, needs_django: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Register a function as a task. Raises TypeError when the name is taken by another.

    It says no by raising a refusal of `kernel.errors`. With `needs_django` the child sets up the
    whole site first, models included, which takes seconds and 100 MB, and sees its secrets.
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

    `memory` is in bytes of address space, `seconds` of computing; on the wall clock it may take
    three times as long. `writes` is the size in bytes of the largest file that it may write.
    Raises InvalidInput or Refused when the task says no, in the language of the caller, StorageFull,
    and ChildFailed (Crashed, TookTooLong, OutOfMemory, NoRoom). Nothing of the child is left running.
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
    """Start the child, hear its answer out, and end whatever is left of its group."""
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
        # A child that died at once does not listen; its exit code says so below.
        with contextlib.suppress(BrokenPipeError), asks:
            asks.write(json.dumps(request).encode())
        said = _read(answers.fileno(), deadline, task)
        code = _wait(child, deadline, task)
    finally:
        # Its leader is not reaped before, so the number of the group is nobody else's.
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
    """What the child may know: nothing secret, unless it sets up the whole site."""
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
    """The exit code of a child that has closed its end; it is not reaped by this."""
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
