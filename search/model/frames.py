"""Messages over a stream socket: four bytes of length, then the content."""

import socket
import struct
import time

#: The longest message, in bytes: a text, a vector of 384 floats, or the state of the server.
MAX_FRAME = 8_192
_LENGTH = struct.Struct("!I")


def send(connection: socket.socket, content: bytes) -> None:
    """Send one message; OSError when the other side has closed or does not read."""
    connection.sendall(_LENGTH.pack(len(content)) + content)


def receive(connection: socket.socket, ends: float | None = None) -> bytes:
    """The next message; empty when the other side has closed.

    TimeoutError when it has not come by `ends` (of `time.monotonic`), ValueError when it is too long
    or ends in the middle, OSError when the connection breaks.
    """
    head = _exactly(connection, _LENGTH.size, ends)
    if not head:
        return b""
    (length,) = _LENGTH.unpack(head)
    if not 0 < length <= MAX_FRAME:
        raise ValueError(f"a message of {length} bytes")
    content = _exactly(connection, length, ends)
    if not content:
        raise ValueError("the message ends in the middle")
    return content


def _exactly(connection: socket.socket, size: int, ends: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if ends is not None:
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
        else:
            connection.settimeout(None)
        part = connection.recv(size - len(parts))
        if not part:
            if parts:
                raise ValueError("the message ends in the middle")
            return b""
        parts += part
    return bytes(parts)
