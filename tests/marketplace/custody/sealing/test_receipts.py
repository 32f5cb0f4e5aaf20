"""Receipts form a chain that shows every change."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marketplace.custody import sealing
from tests.marketplace.custody.sealing.bids import leaves, sealed_bid, with_change

KEY = Ed25519PrivateKey.generate()


def chain_of(header: bytes, sums: list[str]) -> list[bytes]:
    chain: list[bytes] = []
    for minute in range(3):
        at = datetime(2026, 11, 23, 8, minute, tzinfo=UTC)
        before = chain[-1] if chain else None
        chain.append(sealing.issue_receipt(KEY, header, sums, at, before))
    return chain


def test_what_a_receipt_says() -> None:
    bid = sealed_bid({"a": b"1"})
    sums = [sealing.sha256(data) for data in bid.files.values()]
    chain = chain_of(bid.raw, sums)
    first, second, _ = sealing.verify_receipts(KEY.public_key(), chain)
    assert first == {
        "bid": "TB-PY",
        "files": sums,
        "header": sealing.header_hash(bid.raw),
        "lot": "1",
        "previous": None,
        "revision": 1,
        "tender": "ZB2026-7KQ4ZM-H",
        "time": "2026-11-23T08:00:00+00:00",
        "version": 1,
    }
    assert second["previous"] == sealing.receipt_hash(chain[0])


def test_every_change_shows() -> None:
    bid = sealed_bid({"a": b"1"})
    chain = chain_of(bid.raw, ["0" * 64])
    public = KEY.public_key()
    for broken in (chain[1:], [chain[0], chain[2]], chain[::-1]):
        with pytest.raises(ValueError, match="chain"):
            sealing.verify_receipts(public, broken)
    for path in leaves(sealing.parse(chain[2])):
        document = sealing.parse(chain[2])
        with_change(document, path)
        with pytest.raises((InvalidSignature, ValueError)):
            sealing.verify_receipts(public, [*chain[:2], sealing.canonical(document)])
    with pytest.raises(InvalidSignature):
        sealing.verify_receipts(Ed25519PrivateKey.generate().public_key(), chain)
