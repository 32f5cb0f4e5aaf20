"""Tasks of a child that does what a hostile file may bring it to."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.children import MIB, child_task
from marketplace.kernel.errors import InvalidInput, NotVisible, Refused


@child_task("tests.read")
def read(path: Path, **params: Any) -> dict[str, Any]:
    print("noise of a library")  # noqa: T201 -- that is the point
    os.write(1, b"more noise\n")
    return {"text": path.read_text(encoding="utf-8"), **params}


@child_task("tests.refuse")
def refuse(_path: Path, *, how: str) -> None:
    if how == "invalid":
        raise InvalidInput({"file": [_("文件是空的")]})
    raise Refused(_("文件是空的")) if how == "refused" else NotVisible()


def _raise(path: Path) -> None:
    raise ValueError(path.read_text(encoding="utf-8"))


def _loop(_path: Path) -> None:
    while True:
        pass


def _leave(_path: Path) -> int:
    return subprocess.Popen(["sleep", "600"]).pid


_WAYS: dict[str, Callable[[Path], Any]] = {
    "raise": _raise,
    "loop": _loop,
    "leave": _leave,
    "abort": lambda _path: os.abort(),
    "segfault": lambda _path: os.kill(os.getpid(), signal.SIGSEGV),
    "exit": lambda _path: os._exit(0),
    "sleep": lambda _path: time.sleep(600),
    "memory": lambda _path: len(bytearray(2048 * MIB)),
    "answer": lambda _path: "x" * (2 * MIB),
    "write": lambda path: path.with_name("big").write_bytes(b"x" * (2 * MIB)),
}


@child_task("tests.misbehave")
def misbehave(path: Path, *, how: str) -> Any:
    return _WAYS[how](path)


@child_task("tests.announce")
def announce(path: Path) -> None:
    path.with_name("pid").write_text(str(os.getpid()), encoding="ascii")
    time.sleep(600)


@child_task("tests.environment")
def environment(_path: Path) -> dict[str, Any]:
    return {"names": sorted(os.environ), "apps": settings.INSTALLED_APPS}


@child_task("tests.models", needs_django=True)
def models(_path: Path) -> str:
    from marketplace.journal.models import Job

    return str(Job._meta.db_table)
