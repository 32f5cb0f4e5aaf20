"""Receipts form a chain that shows every change."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marketplace.custody import sealing
from tests.marketplace.custody.sealing.bids import leaves, sealed_bid, with_change

KEY = Ed25519PrivateKey.generate()


def chain_of(header: bytes, sums: list[str]) -> list[tuple[str, bytes]]:
    chain: list[tuple[str, bytes]] = []
    for minute in range(3):
        at = datetime(2026, 11, 23, 8, minute, tzinfo=UTC)
        blind = f"{minute}" * 64
        before = sealing.link(chain[-1][1] if chain else None, blind)
        chain.append((blind, sealing.issue_receipt(KEY, header, sums, at, before)))
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
        "previous": sealing.link(None, "0" * 64),
        "revision": 1,
        "tender": "ZB2026-7KQ4ZM-H",
        "time": "2026-11-23T08:00:00+00:00",
        "version": 1,
    }
    assert second["previous"] == sealing.link(chain[0][1], "1" * 64)


def test_every_change_shows() -> None:
    bid = sealed_bid({"a": b"1"})
    chain = chain_of(bid.raw, ["0" * 64])
    public = KEY.public_key()
    for broken in (chain[1:], [chain[0], chain[2]], chain[::-1]):
        with pytest.raises(ValueError, match="chain"):
            sealing.verify_receipts(public, broken)
    for path in leaves(sealing.parse(chain[2][1])):
        document = sealing.parse(chain[2][1])
        with_change(document, path)
        with pytest.raises((InvalidSignature, ValueError)):
            sealing.verify_receipts(
                public, [*chain[:2], (chain[2][0], sealing.canonical(document))]
            )
    with pytest.raises(InvalidSignature):
        sealing.verify_receipts(Ed25519PrivateKey.generate().public_key(), chain)


def test_a_receipt_does_not_tell_whether_somebody_was_before() -> None:
    """Of two receipts of the same bid, the bidder cannot say that the second follows the first."""
    bid = sealed_bid({"a": b"1"})
    chain = chain_of(bid.raw, ["0" * 64])
    for number, (_blind, raw) in enumerate(chain):
        previous = sealing.parse(raw)["receipt"]["previous"]
        assert len(previous) == 64
        before = chain[number - 1][1] if number else None
        assert previous not in {before and sealing.receipt_hash(before), sealing.link(None, "")}
    wrong = [("f" * 64, raw) for _blind, raw in chain]
    with pytest.raises(ValueError, match="chain"):
        sealing.verify_receipts(KEY.public_key(), wrong)
