"""Files of a sealed bid: segments of 1 MiB under AES-256-GCM, each file under a key of its own."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from marketplace.custody.sealing.encoding import to_base64
from marketplace.custody.sealing.header import SEGMENT, padded
from marketplace.custody.sealing.hpke import TAG


class FileCipher:
    """The cipher of one file. The nonce of a segment is prefix || counter || flag of the last."""

    def __init__(self, cek: bytes, core: bytes, index: int, prefix: bytes) -> None:
        info = b"sealed-bid/1 file" + index.to_bytes(4, "big")
        self._aes = AESGCM(HKDF(SHA256(), 32, salt=core, info=info).derive(cek))
        self._core, self._prefix = core, prefix

    def _nonce(self, number: int, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes([last])

    def seal(self, number: int, last: bool, data: bytes) -> bytes:
        """Return a sealed segment, 16 bytes longer."""
        return self._aes.encrypt(self._nonce(number, last), data, self._core)

    def open(self, number: int, last: bool, data: bytes) -> bytes:
        """Return a segment, or raise cryptography.exceptions.InvalidTag."""
        return self._aes.decrypt(self._nonce(number, last), data, self._core)


class FileSealer:
    """Seals a file as it arrives: `update` with chunks, then `finish`. It holds one segment in memory."""

    def __init__(
        self,
        cek: bytes,
        core: bytes,
        index: int,
        write: Callable[[bytes], object],
        prefix: bytes = b"",
    ) -> None:
        self._prefix = prefix or secrets.token_bytes(7)
        self._cipher = FileCipher(cek, core, index, self._prefix)
        self._write, self._buffer, self._number = write, bytearray(), 0
        self._digest, self.size = hashlib.sha256(), 0

    def update(self, data: bytes) -> None:
        """Take the next bytes of the file."""
        self.size += len(data)
        for at in range(0, len(data), SEGMENT):
            self._buffer += data[at : at + SEGMENT]
            if len(self._buffer) > SEGMENT:  # a full segment waits: it may be the last one
                self._emit(bytes(self._buffer[:SEGMENT]), last=False)
                del self._buffer[:SEGMENT]

    def finish(self) -> dict[str, Any]:
        """Pad, write the last segment, and return the entry of the header."""
        self._emit(bytes(self._buffer).ljust(padded(len(self._buffer)), b"\0"), last=True)
        digest = self._digest.hexdigest()
        return {"digest": digest, "prefix": to_base64(self._prefix), "size": padded(self.size)}

    def _emit(self, plain: bytes, last: bool) -> None:
        sealed = self._cipher.seal(self._number, last, plain)
        self._digest.update(hashlib.sha256(sealed).digest())
        self._number += 1
        self._write(sealed)


def stored_size(size: int) -> int:
    """Return the bytes that the ciphertext of a file has whose header says this size."""
    return size + TAG * -(-size // SEGMENT)


def as_announced(entry: Mapping[str, Any], stream: BinaryIO) -> bool:
    """Whether the stored ciphertext is the one of the header. Asked before the receipt, and at the opening."""
    digest = hashlib.sha256()
    stream.seek(0)
    for at in range(0, entry["size"], SEGMENT):
        length = min(SEGMENT, entry["size"] - at) + TAG
        segment = stream.read(length)
        if len(segment) != length:
            return False
        digest.update(hashlib.sha256(segment).digest())
    return not stream.read(1) and digest.hexdigest() == entry["digest"]
