"""The header of a sealed bid: what it holds, and whether one that came in may be accepted.

The server reads headers; the public reads their hashes until the opening. `docs/sealed-bids.md` describes each
field; `static/custody/seal.mjs` is the twin in the browser.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from marketplace.custody.sealing.encoding import (
    FormatError,
    canonical,
    from_base64,
    is_hex,
    parse,
    sha256,
    sized,
    to_base64,
)
from marketplace.custody.sealing.hpke import SUBJECT, TAG
from marketplace.custody.sealing.keys import key_id, public_key

SUITE = "P256-HKDF-SHA256-A256GCM"
SEGMENT, BUCKET = 1 << 20, 1 << 16  # bytes of a segment, and of a step of padding
MANIFEST = 4 * SEGMENT  # most bytes of a manifest, which is opened in memory
MOST_HEADER = 1 << 20  # bytes: 255 custodians and thousands of files fit
SHARE = 33  # bytes: the number of the share and 32 bytes
_SEGMENTS = 1 << 31  # a counter of 32 bits, half of it

Header = dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """The keys that a notice publishes for one lot: custodians in order, each with 65 public bytes.

    `tender`, `lot` and the names of the custodians are public codes. Two custodians with one key would be one
    custodian: that is refused.
    """

    tender: str
    lot: str
    threshold: int
    custodians: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if not 2 <= self.threshold <= len(self.custodians) <= 255:
            raise FormatError("need 2 <= threshold <= custodians <= 255")
        if len(set(self.custodians.values())) != len(self.custodians):
            raise FormatError("two custodians have one key")
        for public in self.custodians.values():
            public_key(public)

    def published(self) -> dict[str, Any]:
        """Return what the notice prints, as plain values: pages seal with it, and a tender stores it."""
        keys = [
            {"custodian": name, "key": key_id(public), "public": to_base64(public)}
            for name, public in self.custodians.items()
        ]
        return {
            "tender": self.tender,
            "lot": self.lot,
            "threshold": self.threshold,
            "custodians": keys,
        }

    @classmethod
    def of(cls, published: Mapping[str, Any]) -> Self:
        """Return the terms that `published` gave. A key whose name does not fit is refused."""
        custodians = {}
        for one in published["custodians"]:
            public = sized(one["public"], 65)
            if one["key"] != key_id(public):
                raise FormatError("name of the key")
            custodians[one["custodian"]] = public
        if len(custodians) != len(published["custodians"]):
            raise FormatError("a custodian is named twice")
        names = published["tender"], published["lot"], published["threshold"]
        return cls(*names, custodians=custodians)


def commitment(cek: bytes) -> str:
    """Return the hash of the content key that the header announces."""
    return sha256(b"sealed-bid/1 cek" + cek)


def core_hash(header: Header) -> bytes:
    """Return the hash of the header without its files. Every segment is bound to it."""
    core = {name: value for name, value in header.items() if name != "files"}
    return hashlib.sha256(canonical(core)).digest()


def padded(size: int) -> int:
    """Return the size that a file has in the header: a multiple of 64 KiB, and never none."""
    return max(1, -(-size // BUCKET)) * BUCKET


def header_hash(raw: bytes) -> str:
    """Return the hash of a header that is published at the close."""
    return sha256(raw)


def check_header(raw: bytes, terms: Terms, bid: str, revision: int) -> Header:
    """Return the header of an upload, or raise FormatError.

    It must be canonical and complete, name exactly this bid, and be sealed to the published keys in their order.
    """
    if len(raw) > MOST_HEADER:
        raise FormatError("header too large")
    header = parse(raw)
    try:
        fixed = dict(zip(SUBJECT, (terms.tender, terms.lot, bid, revision), strict=True))
        _check_names(header, {**fixed, "suite": SUITE, "threshold": terms.threshold, "version": 1})
        _check_recipients(header["recipients"], terms)
        _check_recovery(header)
        _check_files(header["files"])
    except FormatError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FormatError("malformed header") from error
    return dict(header)


def _need(condition: object, what: str) -> None:
    if not condition:
        raise FormatError(what)


def _check_names(header: Any, fixed: Mapping[str, Any]) -> None:
    _need(isinstance(header, dict), "fields")
    more = {"commitment", "files", "recipients", "recovery", "sealed_by"}
    _need(set(header) == {*fixed, *more}, "fields")
    for name, value in fixed.items():
        # `True` equals 1, and is another text.
        _need(header[name] == value and type(header[name]) is type(value), name)
    _need(is_hex(header["commitment"], 64), "commitment")


def _check_box(box: Any, size: int, more: Iterable[str], what: str) -> None:
    _need(isinstance(box, dict) and set(box) == {"ciphertext", "enc", "key", *more}, what)
    public_key(sized(box["enc"], 65))
    sized(box["ciphertext"], size + TAG)
    _need(is_hex(box["key"], 32), what)


def _check_recipients(recipients: Any, terms: Terms) -> None:
    _need(isinstance(recipients, list), "recipients")
    keys = [(name, key_id(public)) for name, public in terms.custodians.items()]
    _need([(one["custodian"], one["key"]) for one in recipients] == keys, "recipients")
    for one in recipients:
        _check_box(one, SHARE, ("custodian", "share_sha256"), "recipient")
        _need(is_hex(one["share_sha256"], 64), "recipient")


def _check_recovery(header: Header) -> None:
    recovery = header["recovery"]
    _need(header["sealed_by"] == ("server" if recovery is None else "browser"), "sealed_by")
    if recovery is not None:
        _check_box(recovery, 32, (), "recovery")


def _check_files(files: Any) -> None:
    _need(isinstance(files, list) and files, "files")
    for entry in files:
        _need(set(entry) == {"digest", "prefix", "size"} and is_hex(entry["digest"], 64), "file")
        sized(entry["prefix"], 7)
        size = entry["size"]
        _need(type(size) is int and 0 < size < SEGMENT * _SEGMENTS, "file size")
        _need(size % BUCKET == 0, "file size")
    _need(files[0]["size"] <= MANIFEST, "manifest")


def share_bytes(text: Any) -> bytes:
    """Return a share that a custodian's page posted. Its size alone is judged here."""
    return sized(text, SHARE)


def code_bytes(text: Any) -> bytes:
    """Return the content key that a bidder reveals as text."""
    data = from_base64(text)
    if len(data) != 32:
        raise FormatError("expected 32 bytes")
    return data
