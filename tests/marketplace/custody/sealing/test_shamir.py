"""Shamir over GF(256), against an arithmetic of its own by tables."""

import itertools
import secrets
from typing import Any

import pytest

from marketplace.custody.sealing import commitment
from marketplace.custody.sealing import to_base64 as b64
from marketplace.custody.sealing.shamir import _inverse, _multiply, combine, split
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import sealed_bid

SHAPES = [(2, 2), (2, 3), (3, 5), (5, 7)]


def tables() -> tuple[list[int], dict[int, int]]:
    """Powers of the generator 3 modulo x^8 + x^4 + x^3 + x + 1, and their logarithms."""
    powers, value = [], 1
    for _ in range(255):
        powers.append(value)
        value ^= value << 1
        if value & 0x100:
            value ^= 0x11B
    return powers, {power: n for n, power in enumerate(powers)}


def test_the_field_is_that_of_aes() -> None:
    powers, logs = tables()
    assert _multiply(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    for a in range(256):
        for b in range(256):
            expected = powers[(logs[a] + logs[b]) % 255] if a and b else 0
            assert _multiply(a, b) == expected
    assert all(_multiply(a, _inverse(a)) == 1 for a in range(1, 256))
    assert _inverse(0) == 0


def test_shares_written_by_hand() -> None:
    """Secret 0x53, polynomial 0x53 + 0xCA x: 0xCA is the inverse of 0x53, so that the values are known."""
    assert split(b"\x53", 2, 3, b"\xca") == [b"\x01\x99", b"\x02\xdc", b"\x03\x16"]


@pytest.mark.parametrize(("threshold", "count"), SHAPES)
def test_any_threshold_of_shares_gives_the_secret(threshold: int, count: int) -> None:
    secret = secrets.token_bytes(32)
    shares = split(secret, threshold, count)
    sets = list(itertools.combinations(shares, threshold))
    assert {combine(one) for one in sets} == {secret}
    assert all(combine(shares[:threshold], share[0]) == share[1:] for share in shares)


def test_fewer_than_t_shares_fit_every_secret_equally() -> None:
    """Exhaustive for one byte: whatever share is seen, each of the 256 secrets explains it exactly once."""
    for secret in range(256):
        splits = [split(bytes([secret]), 2, 3, bytes([c])) for c in range(256)]
        for x in range(3):
            assert {shares[x][1] for shares in splits} == set(range(256))
    seen = {
        tuple(share[1] for share in split(b"\x53", 3, 3, bytes([c, d]))[:2])
        for c in range(256)
        for d in range(0, 256, 8)
    }
    assert len(seen) == 256 * 32  # t = 3: different polynomials never show the same two shares


def test_too_few_or_equal_shares_give_nothing() -> None:
    bid = sealed_bid({})
    shares = list(bid.shares().values())
    assert commitment(combine(shares[:1])) != bid.header["commitment"]
    with pytest.raises(ValueError, match="different numbers"):
        combine([shares[0], shares[0]])
    with pytest.raises(ValueError, match="different numbers"):
        combine([b"\0" + shares[0][1:], shares[1]])
    for threshold, count in [(1, 3), (3, 2), (2, 256), (0, 0)]:
        with pytest.raises(ValueError, match="threshold"):
            split(b"x", threshold, count)


@pytest.mark.journey
@needs_chromium
def test_chromium_splits_and_combines_the_same(in_browser: Any) -> None:
    for threshold, count in SHAPES:
        secret, noise = secrets.token_bytes(32), secrets.token_bytes(32 * (threshold - 1))
        ours = [b64(share) for share in split(secret, threshold, count, noise)]
        theirs = in_browser(
            "split",
            secret=b64(secret),
            threshold=threshold,
            count=count,
            coefficients=b64(noise),
        )
        assert theirs == ours
        sets = [list(one) for one in itertools.combinations(ours, threshold)]
        assert set(in_browser("combine", sets=sets)) == {b64(secret)}
