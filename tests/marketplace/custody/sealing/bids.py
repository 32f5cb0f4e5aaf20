"""Sealed bids for the tests: made by the server's code, with honest and with dishonest bidders."""

import io
import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.custody import sealing
from marketplace.custody.sealing import BUCKET, SEGMENT
from marketplace.custody.sealing import header as header_room
from marketplace.custody.sealing.hpke import seal_box

WORDS = "correct horse battery staple 祥符荡"
NAMES = ["purchaser", "institute", "notary"]
FORM = {
    "price": "CANARY-1234567.89",
    "days": 90,
    "remark": '两方技术方案 \u2028"\\/\x7f\x01 😀',
}
FILES = {
    "技术方案.pdf": os.urandom(SEGMENT + 70_000),
    "空.txt": b"",
    "CANARY-name.docx": os.urandom(BUCKET),
}


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


KEYS = {name: new_key() for name in [*NAMES, "bidder"]}
RECORDS = {name: sealing.wrap_key(key, WORDS) for name, key in KEYS.items()}
TERMS = sealing.Terms(
    "ZB2026-7KQ4ZM-H", "1", 2, {name: sealing.public_bytes(KEYS[name]) for name in NAMES}
)


class Bid:
    """A sealed bid as the server keeps it: header bytes and one ciphertext for each file."""

    def __init__(self, raw: bytes, files: dict[int, bytes], cek: bytes = b"") -> None:
        self.raw, self.files, self.cek = raw, files, cek
        self.header: Any = sealing.parse(raw)

    def read(self, index: int) -> io.BytesIO:
        return io.BytesIO(self.files[index])

    def shares(self, names: Any = NAMES) -> dict[str, bytes]:
        """What honest custodians post."""
        boxes = {box["custodian"]: box for box in self.header["recipients"]}
        return {name: open_share(self.header, name, boxes[name]) for name in names}

    def contents(self, opened: sealing.Opened) -> dict[str, bytes]:
        """Name and content of each file."""
        return {
            file["name"]: b"".join(
                sealing.open_file(self.header, opened.cek, n, self.read(n), file["size"])
            )
            for n, file in enumerate(opened.manifest["files"], 1)
        }


def open_share(header: Any, name: str, box: Any) -> bytes:
    return sealing.open_box(KEYS[name], "share", header, name, box)


def sealed_bid(
    files: dict[str, bytes],
    spoil: Callable[[Any], None] | None = None,
    form: Any = None,
    code: str = "TB-PY",
) -> Bid:
    """Seal on receipt; `spoil(sealer)` acts as a dishonest bidder before anything is sealed."""
    stored: dict[int, bytes] = {}

    def write(index: int, data: bytes) -> None:
        stored[index] = stored.get(index, b"") + data

    sealer = sealing.BidSealer(TERMS, code, 1, write)
    if spoil:
        spoil(sealer)
    for name, content in files.items():
        target = sealer.file(name)
        for at in range(0, len(content), 65536):
            target.update(content[at : at + 65536])
    raw = sealer.finish(FORM if form is None else form)
    return Bid(raw, stored, sealing.code_bytes(sealer.code))


def _rebox(sealer: Any, share: bytes, told: str) -> None:
    """Put another share into the third box, and another hash beside it."""
    box, once = seal_box("share", sealer._head, "notary", TERMS.custodians["notary"], share)
    sealer._head["recipients"][2] = {**box, "custodian": "notary", "share_sha256": told}
    sealer._ephemeral[2] = once


def _wrong_share(sealer: Any) -> None:
    told = sealer._head["recipients"][2]["share_sha256"]
    _rebox(sealer, b"\x03" + secrets.token_bytes(32), told)


def _other_polynomial(sealer: Any) -> None:
    share = b"\x03" + secrets.token_bytes(32)
    _rebox(sealer, share, sealing.sha256(share))


def _wrong_number(sealer: Any) -> None:
    """The third box holds a share that says it is the first."""
    share = b"\x01" + secrets.token_bytes(32)
    _rebox(sealer, share, sealing.sha256(share))


def _garbage_box(sealer: Any) -> None:
    garbage = sealing.to_base64(secrets.token_bytes(49))
    sealer._head["recipients"][2]["ciphertext"] = garbage


def _other_point(sealer: Any) -> None:
    """The one-time key of the manifest fits the ciphertext, the point in the box does not."""
    sealer._head["recipients"][2]["enc"] = sealing.to_base64(sealing.public_bytes(new_key()))


def _wrong_sizes(sealer: Any) -> None:
    target = sealer.file("x")
    honest = target.finish

    def finish() -> Any:
        entry = honest()
        target.size = 5 * BUCKET
        return entry

    target.finish = finish


def _one_time_key(size: int) -> Callable[[Any], None]:
    def spoil(sealer: Any) -> None:
        sealer._ephemeral[2] = sealing.to_base64(secrets.token_bytes(size))

    return spoil


#: A bidder's tricks that show at the opening alone.
DISHONEST: dict[str, Callable[[Any], None]] = {
    "commitment": lambda sealer: sealer._head.update(commitment=sealing.sha256(b"other")),
    "wrong share": _wrong_share,
    "wrong number": _wrong_number,
    "other polynomial": _other_polynomial,
    "garbage box": _garbage_box,
    "other point": _other_point,
    "wrong one-time key": _one_time_key(32),
    "long one-time key": _one_time_key(50_000),
    "no one-time keys": lambda sealer: sealer._ephemeral.clear(),
    "sizes": _wrong_sizes,
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value in a document."""
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[name], (*path, name))
    else:
        yield path


def with_change(document: Any, path: tuple[Any, ...]) -> None:
    """Change the value at the path to another of its kind."""
    holder = document
    for name in path[:-1]:
        holder = holder[name]
    value = holder[path[-1]]
    if isinstance(value, int):
        holder[path[-1]] = value + BUCKET
    else:
        holder[path[-1]] = ("1" if value[:1] != "1" else "2") + value[1:] if value else "x"


SCRIPT = header_room.__file__.replace("sealing/header.py", "static/custody/seal.mjs")
