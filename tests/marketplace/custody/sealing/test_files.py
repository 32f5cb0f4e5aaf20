"""Files: the same bytes from both sealers, padding, and whose fault a damage is."""

import copy
import hashlib
import io
import os
import secrets
from typing import Any

import pytest

from marketplace.custody import sealing
from marketplace.custody.sealing import BUCKET, SEGMENT, TAG
from marketplace.custody.sealing import to_base64 as b64
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import TERMS, Bid, sealed_bid

SIZES = [0, 1, BUCKET, BUCKET + 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 5]


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 65536), (1, 65536), (65536, 65536), (65537, 131072), (1048577, 1114112)],
)
def test_sizes_are_padded_to_64_kib(size: int, padded: int) -> None:
    assert sealing.padded(size) == padded
    assert sealing.stored_size(padded) == padded + 16 * (1 + (padded - 1) // 1048576)


@pytest.mark.journey
@needs_chromium
@pytest.mark.parametrize("size", SIZES)
def test_both_seal_a_file_to_the_same_bytes(size: int, in_browser: Any, blobs: Any) -> None:
    cek, core, prefix, plain = (secrets.token_bytes(n) for n in (32, 32, 7, size))
    blobs["plain"] = plain
    given = {"cek": b64(cek), "core": b64(core), "prefix": b64(prefix)}
    done = in_browser("file", **given, index=3, plain="plain")
    for chunk in (1000, 65536, 2 * SEGMENT + 1):
        sealed: list[bytes] = []
        target = sealing.FileSealer(cek, core, 3, sealed.append, prefix)
        for at in range(0, size, chunk):
            target.update(plain[at : at + chunk])
        assert target.finish() == done["entry"]
        assert b"".join(sealed) == sealing.from_base64(done["sealed"])
    assert len(b"".join(sealed)) == sealing.stored_size(done["entry"]["size"])


def rearranged(data: bytes) -> dict[str, bytes]:
    step = SEGMENT + TAG
    first, second, rest = data[:step], data[step : 2 * step], data[2 * step :]
    return {
        "flipped bit": first[:100] + bytes([first[100] ^ 1]) + first[101:] + second + rest,
        "truncated": data[:-1],
        "last segment dropped": first + second,
        "reordered": second + first + rest,
        "duplicated": first + first + rest,
        "extended": data + b"x",
        "repeated at the end": data + rest,
        "empty": b"",
    }


def test_a_damaged_file_is_the_fault_of_its_keeper_or_of_its_sealer() -> None:
    content = os.urandom(2 * SEGMENT + 100)
    bid = sealed_bid({"a": content, "b": content})
    shares = bid.shares()
    for kind, data in {**rearranged(bid.files[1]), "other file": bid.files[2]}.items():
        damaged = Bid(bid.raw, {**bid.files, 1: data})
        # An upload like this would have been refused.
        assert not sealing.as_announced(bid.header["files"][1], damaged.read(1)), kind
        opened = sealing.open_bid(damaged.header, TERMS, shares, damaged.read)
        with pytest.raises(sealing.Fault) as fault:  # the header promises other bytes
            damaged.contents(opened)
        assert fault.value.party == "operator", kind
        if kind in ("truncated", "extended", "empty"):
            continue
        # Now with a header that fits the damage, which its sealer alone could make.
        step = SEGMENT + TAG
        parts = [data[at : at + step] for at in range(0, len(data), step)]
        header = copy.deepcopy(bid.header)
        entry = header["files"][1]
        entry["digest"] = sealing.sha256(b"".join(hashlib.sha256(one).digest() for one in parts))
        entry["size"] = sum(len(part) - TAG for part in parts)
        with pytest.raises(sealing.Fault) as fault:
            list(sealing.open_file(header, opened.cek, 1, io.BytesIO(data), entry["size"]))
        assert fault.value.party == "bidder", kind


def test_padding_must_be_zero() -> None:
    bid = sealed_bid({"a": b"visible" + b"hidden"})
    opened = sealing.open_bid(bid.header, TERMS, bid.shares(), bid.read)
    with pytest.raises(sealing.Fault, match="padding"):
        list(sealing.open_file(bid.header, opened.cek, 1, bid.read(1), len(b"visible")))
