"""Asks clamd whether bytes are malicious: the protocol's INSTREAM, over its Unix socket or TCP.

The two clients on the package index are no choice: one is of 2014, the other under the GPL.
"""

import select
import socket
import struct
from contextlib import suppress
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

_CHUNK = 64 * 1024
#: Seconds for connecting, and for each piece that is sent or heard.
_CONNECT, _SILENCE = 3.0, 60.0
#: Bytes of an answer; a longer one is none.
_ANSWER = 4096


class ScannerAway(Exception):
    """No scanner is named, or it does not answer: the file waits, and is scanned when it is back."""

    is_outage = True


class ScannerRefused(Exception):
    """It answers, but gives no verdict, most often because the file is larger than it takes."""


def is_wanted() -> bool:
    """Whether files are to be scanned before anybody has them."""
    return bool(settings.CLAMD_URL)


def threat_in(file: IO[bytes]) -> str:
    """The name of what was found in a file; empty when nothing was. Raises ScannerAway, ScannerRefused."""
    try:
        # Who hangs up amid the file may take its own answer along; asked a second time it is heard, or away.
        answer = _answer_about(file) or _answer_about(file)
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    if not answer:
        raise ScannerAway("no answer")
    said = answer.rstrip("\0\n").removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND") or "?"
    raise ScannerRefused(said[:80])


def _answer_about(file: IO[bytes]) -> str:
    """What it says; empty when it hung up without a word."""
    file.seek(0)
    with _connection() as connection, suppress(ConnectionResetError):
        return _ask(connection, file)
    return ""


def _connection() -> socket.socket:
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECT)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
    elif address.scheme == "tcp":
        target = (address.hostname or "127.0.0.1", address.port or 3310)
        connection = socket.create_connection(target, timeout=_CONNECT)
    else:
        raise ScannerAway("no scanner is named")
    connection.settimeout(_SILENCE)
    return connection


def _ask(connection: socket.socket, file: IO[bytes]) -> str:
    # One that has had enough says so and closes its end: what it said is heard before more is sent.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"zINSTREAM\0")
        while (chunk := file.read(_CHUNK)) and not _has_spoken(connection):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    answer = b""
    while len(answer) < _ANSWER and (piece := connection.recv(_ANSWER)):
        answer += piece
    return answer.decode("utf-8", "replace")


def _has_spoken(connection: socket.socket) -> bool:
    """Whether there is something to be heard before the whole file was sent."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
