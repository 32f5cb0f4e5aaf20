"""Bytes as text, and canonical JSON: one spelling for each value, so that hashes of texts can be compared."""

import base64
import hashlib
import json
import re
from typing import Any

_ASCII = re.compile("[ -~]*")


class FormatError(ValueError):
    """The bytes are not in this format. An upload is refused before a receipt is given for it."""


def to_base64(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64(text: Any) -> bytes:
    """Return the bytes of base64url without padding. Another spelling of the same bytes is refused."""
    if not isinstance(text, str):
        raise FormatError("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise FormatError("not base64url") from error
    if to_base64(data) != text:
        raise FormatError("not base64url")
    return data


def sized(text: Any, size: int) -> bytes:
    """Return the bytes of base64url, which must be this many."""
    data = from_base64(text)
    if len(data) != size:
        raise FormatError(f"expected {size} bytes")
    return data


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_hex(value: Any, length: int) -> bool:
    """Whether the value is a text of so many lower-case hexadecimal digits."""
    return isinstance(value, str) and len(value) == length and set(value) <= set("0123456789abcdef")


def _check(value: Any) -> None:
    if isinstance(value, dict):
        if not all(isinstance(key, str) and _ASCII.fullmatch(key) for key in value):
            raise FormatError("keys must be ASCII")
        for member in value.values():
            _check(member)
    elif isinstance(value, list):
        for member in value:
            _check(member)
    elif isinstance(value, int):
        if abs(value) >= 2**53:  # JavaScript cannot tell larger numbers apart
            raise FormatError("number too large")
    elif not isinstance(value, str | None):
        raise FormatError("not canonical JSON")


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value: sorted ASCII keys, no spaces, whole numbers only, UTF-8."""
    _check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:  # a lone surrogate has no UTF-8
        raise FormatError("not canonical JSON") from error


def parse(raw: bytes) -> Any:
    """Return the value of a canonical JSON text. Any other spelling of the same value is refused."""
    try:
        value = json.loads(raw.decode())
        if canonical(value) == raw:
            return value
    except (ValueError, RecursionError) as error:
        raise FormatError("not canonical JSON") from error
    raise FormatError("not canonical JSON")
