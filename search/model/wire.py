"""The protocol of the sockets: kinds of messages, and the format of a request."""

import struct

#: Kinds of requests. The worker knows the first two, followed by the text.
QUERY, PASSAGE, STATE, FORGET = b"q", b"p", b"s", b"f"
#: Kinds of answers of the server: a vector, a refused text, and "not now".
VECTOR, REFUSED, AWAY = b"v", b"r", b"a"
#: The worker's first message.
READY = b"ready"
#: The longest time that a client may wait, in seconds.
MAX_PATIENCE = 60.0
_HEAD = struct.Struct("!cf")


def request(kind: bytes, seconds: float, text: bytes = b"") -> bytes:
    """A request with the seconds that its client waits."""
    return _HEAD.pack(kind, seconds) + text


def opened(message: bytes) -> tuple[bytes, float, bytes]:
    """Kind, seconds and text of a request; ValueError when it is invalid."""
    if len(message) < _HEAD.size:
        raise ValueError("no request")
    kind, seconds = _HEAD.unpack_from(message)
    if kind not in {QUERY, PASSAGE, STATE, FORGET} or not 0 <= seconds <= MAX_PATIENCE:
        raise ValueError("no request")
    return kind, seconds, message[_HEAD.size :]
