"""The parent's side of a worker: starting it on demand, ending it when a text takes too long."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from search.model import frames
from search.model.wire import PASSAGE, QUERY, READY

WORKER = (sys.executable, "-m", "search.model.worker")
#: The time limit of a text, in seconds. The longest takes under a second on an idle core.
TEXT_SECONDS = 15.0
#: The time limit of a start, in seconds. It takes half a second on an idle core.
START_SECONDS = 60.0
_ROOT = Path(__file__).resolve().parents[2]


class Killed(RuntimeError):
    """A text crashed the worker, or it had to be ended; the message says how."""


class CannotStart(RuntimeError):
    """The worker does not start: the package is missing, or was not built for this processor."""


class Child:
    """One worker process; used by one thread at a time."""

    def __init__(
        self, command: Sequence[str] = WORKER, *, text_seconds: float = TEXT_SECONDS
    ) -> None:
        self.command = tuple(command)
        self.text_seconds = text_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The process id; None while no worker is ready."""
        process = self._process
        if process is None or self._connection is None or process.poll() is not None:
            return None
        return process.pid

    def start(self) -> None:
        """Start the process unless it runs; CannotStart when it does not report that it is ready."""
        self._started()

    def _started(self) -> socket.socket:
        if self._connection is not None and self.pid is not None:
            return self._connection
        self.stop()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 -- our own module
                self.command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, cwd=_ROOT
            )
        try:
            said = frames.receive(ours, time.monotonic() + START_SECONDS)
        except (OSError, ValueError):
            said = b""
        if said != READY:
            ours.close()
            raise CannotStart(self._ended())
        self._connection = ours
        return ours

    def embed(self, text: bytes, *, is_query: bool) -> bytes:
        """The vector of a text (`texts.encoded`) as float32 values, starting the process first.

        Killed when the process crashes or takes longer than `text_seconds`.
        """
        connection = self._started()
        try:
            frames.send(connection, (QUERY if is_query else PASSAGE) + text)
            if vector := frames.receive(connection, time.monotonic() + self.text_seconds):
                return vector
        except TimeoutError:
            self.stop()
            raise Killed("time limit") from None
        except (OSError, ValueError):
            pass
        raise Killed(self._ended())

    def stop(self) -> None:
        """End the process at once."""
        self._ended()

    def _ended(self) -> str:
        """End the process if it still runs; how it ended."""
        process, self._process = self._process, None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if process is None:
            return ""
        # It ends by itself when the socket is closed; after a crash it is ending already.
        try:
            code = process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        return signal.Signals(-code).name if code < 0 else f"exit {code}"
