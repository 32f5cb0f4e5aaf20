"""Who is at fault: a custodian who posts something else, a bidder who sealed something else, nobody yet."""

import itertools
import os

import pytest
from cryptography.exceptions import InvalidTag

from marketplace.custody import sealing
from tests.marketplace.custody.sealing.bids import (
    DISHONEST,
    FORM,
    NAMES,
    TERMS,
    sealed_bid,
)


def test_a_custodian_who_posts_a_wrong_share_is_named() -> None:
    bid = sealed_bid({"a": b"1"})
    for wrong in (bytes(33), b"", os.urandom(33), bid.shares()["notary"]):
        posted = {**bid.shares(), "institute": wrong}
        assert sealing.open_bid(bid.header, TERMS, posted, bid.read).faulty == ["institute"]
        posted.pop("notary")
        with pytest.raises(sealing.Undecided) as caught:
            sealing.open_bid(bid.header, TERMS, posted, bid.read)
        assert (caught.value.good, caught.value.disputed) == (["purchaser"], ["institute"])
        # The bidder clears himself by revealing his content key.
        cleared = sealing.open_bid(bid.header, TERMS, posted, bid.read, bid.cek)
        assert cleared.faulty == ["institute"]


@pytest.mark.parametrize("kind", DISHONEST)
def test_a_dishonest_bidder_is_named_whoever_comes(kind: str) -> None:
    bid = sealed_bid({}, DISHONEST[kind])
    sealing.check_header(bid.raw, TERMS, "TB-PY", 1)  # nothing shows on upload
    for index, entry in enumerate(bid.header["files"]):
        assert sealing.as_announced(entry, bid.read(index))
    for names in itertools.combinations(NAMES, 2):
        posted = {}
        for name in names:
            try:
                posted |= bid.shares([name])
            except InvalidTag:  # an honest custodian reports that his box does not open
                posted[name] = b""
        shown_to = ("wrong share", "wrong number", "garbage box", "other point")
        if "notary" in posted and kind in shown_to:
            with pytest.raises(sealing.Undecided) as caught:
                sealing.open_bid(bid.header, TERMS, posted, bid.read)
            assert caught.value.disputed == ["notary"]
            continue  # nobody is blamed before a third share, or the bidder's content key, decides
        with pytest.raises(sealing.Fault) as fault:
            sealing.open_bid(bid.header, TERMS, posted, bid.read)
        assert fault.value.party == "bidder"
    with pytest.raises(sealing.Fault, match="bidder"):
        sealing.open_bid(bid.header, TERMS, {}, bid.read, bid.cek)


def test_a_lost_custodian_changes_nothing_and_two_lost_leave_the_bidder() -> None:
    """Up to n - t lost keys nothing happens; with fewer than t the bidder's content key alone opens."""
    bid = sealed_bid({"a": b"1"})
    opened = sealing.open_bid(bid.header, TERMS, bid.shares(["purchaser", "notary"]), bid.read)
    with pytest.raises(sealing.Undecided) as caught:
        sealing.open_bid(bid.header, TERMS, bid.shares(["notary"]), bid.read)
    assert (caught.value.good, caught.value.disputed) == (["notary"], [])
    alone = sealing.open_bid(bid.header, TERMS, {}, bid.read, bid.cek)
    assert alone == opened
    assert (alone.manifest["form"], bid.contents(alone)) == (FORM, {"a": b"1"})
    with pytest.raises(sealing.Fault, match="commitment"):
        sealing.open_bid(bid.header, TERMS, {}, bid.read, os.urandom(32))


def test_revealed_codes_are_read_strictly() -> None:
    bid = sealed_bid({})
    assert sealing.code_bytes(sealing.to_base64(bid.cek)) == bid.cek
    for text in ("", "AAAA", None, sealing.to_base64(bid.cek) + "="):
        with pytest.raises(sealing.FormatError):
            sealing.code_bytes(text)
        with pytest.raises(sealing.FormatError):
            sealing.share_bytes(text)
