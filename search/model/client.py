"""The client of this machine's model server. A missing server is noticed at once, without waiting."""

import json
import os
import socket
import struct
import time
from pathlib import Path

from search.model import frames, runtime_folder
from search.model.wire import AWAY, FORGET, REFUSED, STATE, VECTOR, request

_PEER = struct.Struct("3i")


class Away(Exception):
    """The server does not run, is not ready, or does not answer in time."""


class TooSlow(Away):
    """The server runs, but takes longer than the caller waits."""


class TextRefused(Exception):
    """The text has crashed the model twice."""


def ask(folder: Path, kind: bytes, text: bytes, seconds: float) -> bytes:
    """The vector of a text (`texts.encoded`) as float32 values, from the server in this folder.

    Raises Away when none runs, TooSlow when it takes more than `seconds`; TextRefused.
    """
    answer = _asked(folder, request(kind, seconds, text), seconds)
    if answer[:1] == REFUSED:
        raise TextRefused
    if answer[:1] != VECTOR:
        raise Away
    return answer[1:]


def state(folder: Path, seconds: float = 0.5) -> dict[str, int | None]:
    """The state that the server reports. Raises Away.

    `server` and `worker` are numbers of processes, `worker` None while it is not up; then `deaths` of
    the worker, and `refused` texts.
    """
    answer = _asked(folder, request(STATE, seconds), seconds)
    try:
        return dict(json.loads(answer[1:]))
    except ValueError as error:
        raise Away from error


def forget(folder: Path, seconds: float = 2.0) -> None:
    """Have the server try every refused text again. Raises Away."""
    _asked(folder, request(FORGET, seconds), seconds)


def _asked(folder: Path, message: bytes, seconds: float) -> bytes:
    ends = time.monotonic() + seconds
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(runtime_folder.address(folder))
            if not _is_ours(connection):
                raise Away("the socket belongs to another account")
            frames.send(connection, message)
            return frames.receive(connection, ends) or AWAY
    except TimeoutError as error:
        raise TooSlow from error
    except (OSError, ValueError) as error:
        raise Away from error


def _is_ours(connection: socket.socket) -> bool:
    """Whether our own account listens: in a folder that all may write to, another account could."""
    if not hasattr(socket, "SO_PEERCRED"):
        # Not Linux: the model does not run there either.
        return False
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _pid, uid, _gid = _PEER.unpack(peer)
    return bool(uid == os.getuid())
