"""The model server of one machine: embeds texts one at a time, queries before passages.

A worker that crashes is started again, and the text is tried once more; a text that has crashed it twice is
refused from then on.
"""

import fcntl
import itertools
import json
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from search.model import frames, runtime_folder
from search.model.child import TEXT_SECONDS, WORKER, CannotStart, Child, Killed
from search.model.refused import Refused
from search.model.texts import digest
from search.model.wire import (
    AWAY,
    FORGET,
    MAX_PATIENCE,
    QUERY,
    REFUSED,
    STATE,
    VECTOR,
    opened,
)

#: The number of connections at the same time; further ones are refused.
MOST_CONNECTIONS = 64
#: Seconds between two starts of a worker that does not start, or crashes with one text after another:
#: doubled each time, up to the second number.
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
#: So many crashes in a row are blamed on texts, since one text may crash it twice.
_EXCUSED = 2

log = logging.getLogger(__name__)


@dataclass(order=True)
class _Ask:
    """A text waiting for its vector."""

    rank: int
    number: int
    is_query: bool = field(compare=False)
    text: bytes = field(compare=False)
    ends: float = field(compare=False)
    reply: bytes = field(compare=False, default=AWAY)
    answered: threading.Event = field(compare=False, default_factory=threading.Event)

    def answer(self, reply: bytes) -> None:
        self.reply = reply
        self.answered.set()


class Server:
    """Listens on a socket in a folder; `run` serves until it is told to stop."""

    def __init__(
        self,
        folder: Path,
        command: Sequence[str] = WORKER,
        *,
        text_seconds: float = TEXT_SECONDS,
    ) -> None:
        runtime_folder.made_private(folder)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(f"another server listens in {folder}") from None
        self._address = runtime_folder.address(folder)
        self._refused = Refused(folder / "refused.json")
        self._child = Child(command, text_seconds=text_seconds)
        self._asks: queue.PriorityQueue[_Ask] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._places = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._deaths = 0  # all in all
        self._in_a_row = 0  # since a text was embedded
        self._failures = 0
        self._not_before = 0.0
        self._listener = self._listen()

    def run(self) -> None:
        """Serve; this thread alone starts and watches the worker."""
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            while True:
                try:
                    ask = self._asks.get(timeout=1)
                except queue.Empty:
                    self._is_up()
                else:
                    ask.answer(self._reply(ask))
        finally:
            Path(self._address).unlink(missing_ok=True)
            self._child.stop()

    def _listen(self) -> socket.socket:
        Path(self._address).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self._address)
        Path(self._address).chmod(0o600)
        listener.listen(MOST_CONNECTIONS)
        return listener

    # The worker, used by one thread ------------------------------------------------------------

    def _is_up(self) -> bool:
        """Whether the worker runs now; it is started when it is time to try."""
        if self._child.pid is not None:
            return True
        if time.monotonic() < self._not_before:
            return False
        try:
            self._child.start()
        except CannotStart as error:
            self._failed()
            log.error("the sentence model does not start: %s", error)  # noqa: TRY400 -- it says all
            return False
        return True

    def _failed(self) -> None:
        self._failures += 1
        rounds = min(10, self._failures - 1)
        self._not_before = time.monotonic() + min(_LONGEST_PAUSE, _PAUSE * 2**rounds)

    def _reply(self, ask: _Ask) -> bytes:
        key = digest(ask.text.decode("utf-8", "ignore"), is_query=ask.is_query)
        while not self._refused.holds(key):
            if time.monotonic() >= ask.ends or not self._is_up():
                return AWAY
            try:
                vector = self._child.embed(ask.text, is_query=ask.is_query)
            except CannotStart:
                self._failed()
                return AWAY
            except Killed as killed:
                self._died_of(key, str(killed))
            else:
                self._in_a_row = self._failures = 0
                self._refused.passed(key)
                return VECTOR + vector
        return REFUSED

    def _died_of(self, key: str, how: str) -> None:
        self._deaths += 1
        self._in_a_row += 1
        self._refused.killed(key, how)
        # The digest, not the text: what people type is never logged.
        log.warning("the sentence model died of text %s: %s", key[:16], how)
        if self._in_a_row > _EXCUSED:
            self._failed()

    # Clients, one thread for each ---------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if not self._places.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection:
                asked = frames.receive(connection, time.monotonic() + MAX_PATIENCE)
                frames.send(connection, self._answer_to(asked))
        except (OSError, ValueError):
            # The client has gone, or does not speak our protocol.
            pass
        finally:
            self._places.release()

    def _answer_to(self, asked: bytes) -> bytes:
        kind, seconds, text = opened(asked)
        if kind == STATE:
            return STATE + json.dumps(self._state()).encode()
        if kind == FORGET:
            self._refused.forget()
            return STATE
        is_query = kind == QUERY
        ends = time.monotonic() + seconds
        ask = _Ask(0 if is_query else 1, next(self._numbers), is_query, text, ends)
        self._asks.put(ask)
        # A little longer than the client waits: the worker may be about to finish.
        ask.answered.wait(seconds)
        return ask.reply

    def _state(self) -> dict[str, int | None]:
        return {
            "server": os.getpid(),
            "worker": self._child.pid,
            "deaths": self._deaths,
            "refused": self._refused.count(),
        }
