"""Asks the server of this machine. What is not there answers at once: nobody waits for a missing one."""

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
    """The server is not there, not ready, or does not answer in time."""


class TooSlow(Away):
    """The server is there, but takes longer than the caller waits."""


class TextRefused(Exception):
    """The model has died of this text twice."""


def ask(folder: Path, kind: bytes, text: bytes, seconds: float) -> bytes:
    """The vector of a text (`texts.encoded`) as float32 values, from the server in this folder.

    Away when there is none, TooSlow when it takes more than `seconds`; TextRefused.
    """
    answer = _asked(folder, request(kind, seconds, text), seconds)
    if answer[:1] == REFUSED:
        raise TextRefused
    if answer[:1] != VECTOR:
        raise Away
    return answer[1:]


def state(folder: Path, seconds: float = 0.5) -> dict[str, int | None]:
    """What the server says of itself. Away.

    `server` and `worker` are numbers of processes, `worker` None while it is not up; then `deaths` of
    the worker, and `refused` texts.
    """
    answer = _asked(folder, request(STATE, seconds), seconds)
    try:
        return dict(json.loads(answer[1:]))
    except ValueError as error:
        raise Away from error


def forget(folder: Path, seconds: float = 2.0) -> None:
    """Have the server give every refused text another try. Away."""
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
    """Whether this account listens: in a folder that all may write to, another could be first."""
    if not hasattr(socket, "SO_PEERCRED"):
        # Not on Linux: there is no model for it either.
        return False
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _pid, uid, _gid = _PEER.unpack(peer)
    return bool(uid == os.getuid())
