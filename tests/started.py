"""A real site for tests: `deploy/run.py` as `make run` starts it, with a data folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import template

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 420
ADDRESSES = ("DATABASE_URL", "SEARCH_URL", "BROKER_URL", "CACHE_URL")


class NotStarted(Exception):
    """The site did not come up; the text ends with what it said."""


@dataclass
class Running:
    """A site that answers."""

    port: int
    data: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """All that its processes have said."""
        return (self.data / "run.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def site(
    settings: str,
    *,
    servers: dict[str, str] | None = None,
    python: str = sys.executable,
    root: Path = ROOT,
) -> Iterator[Running]:
    """Start a site with sample data under this settings module; stop it as Ctrl-C does.

    `servers` are the addresses of a database, an engine …; without them it is the embedded profile.
    `root` is the checkout that is started, by the interpreter `python`. Raises NotStarted.
    """
    data = Path(tempfile.mkdtemp(prefix="jiebang-site-"))
    if not servers:
        template.copy_to(data / "jiebang.sqlite3")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
    for address in ADDRESSES:
        kept.pop(address, None)
    kept |= {"PORT": str(port), "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": settings}
    with (data / "run.log").open("w") as log:
        process = subprocess.Popen(
            [python, "deploy/run.py"],
            cwd=root,
            env=kept | (servers or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Running(port, data, process)
    try:
        deadline = time.monotonic() + START_SECONDS
        while "已就绪" not in running.log:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(running.log[-3000:])
            time.sleep(0.5)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(data, ignore_errors=True)
