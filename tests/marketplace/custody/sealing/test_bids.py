"""Whole bids both ways: Chromium seals and Python opens, Python seals and Chromium opens."""

import hashlib
import itertools
import os
from typing import Any

import pytest

from marketplace.custody import sealing
from marketplace.custody.sealing import to_base64 as b64
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import (
    FILES,
    FORM,
    KEYS,
    NAMES,
    RECORDS,
    TERMS,
    WORDS,
    Bid,
    sealed_bid,
)

pytestmark = [pytest.mark.journey, needs_chromium]


def keep(bid: Bid, blobs: dict[str, bytes]) -> None:
    """Give the ciphertexts to the page."""
    blobs.update({f"sealed-{index}": data for index, data in bid.files.items()})


def test_chromium_seals_and_any_two_custodians_open(from_browser: Bid) -> None:
    assert sealing.check_header(from_browser.raw, TERMS, "TB-JS", 1) == from_browser.header
    assert from_browser.header["sealed_by"] == "browser"
    results = []
    for names in [*itertools.combinations(NAMES, 2), NAMES]:
        shares = from_browser.shares(names)
        opened = sealing.open_bid(from_browser.header, TERMS, shares, from_browser.read)
        assert (opened.faulty, opened.manifest["form"]) == ([], FORM)
        assert from_browser.contents(opened) == FILES
        results.append(opened)
    assert all(result == results[0] for result in results)
    assert sealing.recover(from_browser.header, KEYS["bidder"]) == results[0].cek


def test_the_server_seals_and_chromium_opens(in_browser: Any, blobs: Any) -> None:
    bid = sealed_bid(FILES)
    keep(bid, blobs)
    records = [[name, RECORDS[name]] for name in NAMES]
    posted = in_browser("shares", header=b64(bid.raw), words=WORDS, records=records)
    assert [sealing.share_bytes(share) for share in posted] == list(bid.shares().values())
    for pair in itertools.combinations(posted, 2):
        done = in_browser("open", header=b64(bid.raw), shares=list(pair), index=1)
        assert done["manifest"]["form"] == FORM
        assert [file["name"] for file in done["manifest"]["files"]] == list(FILES)
        assert done["sha256"] == hashlib.sha256(FILES["技术方案.pdf"]).hexdigest()
    with_code = in_browser("open", header=b64(bid.raw), cek=b64(bid.cek))
    assert with_code["manifest"] == done["manifest"]
    alone = in_browser("open", header=b64(bid.raw), shares=posted[:1])
    assert alone == {"error": "Error: the content key differs from the header"}


def test_a_bidder_opens_his_own_copy(from_browser: Bid, in_browser: Any, blobs: Any) -> None:
    keep(from_browser, blobs)
    same = {"header": b64(from_browser.raw), "record": RECORDS["bidder"], "index": 3}
    done = in_browser("open", **same, words=WORDS)
    assert done["manifest"]["form"] == FORM
    assert done["sha256"] == hashlib.sha256(FILES["CANARY-name.docx"]).hexdigest()
    wrong = in_browser("open", **same, words="wrong")
    assert wrong == {"error": "Error: wrong words or damaged key"}
    blobs["sealed-3"] = blobs["sealed-3"][:-1] + bytes([blobs["sealed-3"][-1] ^ 1])
    assert "error" in in_browser("open", **same, words=WORDS)


def test_nothing_shows_names_or_price_or_true_sizes(from_browser: Bid) -> None:
    for needle in (b"CANARY", "技术方案".encode(), "😀".encode()):
        assert needle not in from_browser.raw
        assert all(needle not in data for data in from_browser.files.values())
    small = sealed_bid({"a": b"1"}, form={"price": "1"})
    large = sealed_bid({"a much longer name.pdf": bytes(60_000)}, form={"price": "98765432100.00"})
    assert len(small.raw) == len(large.raw)
    sizes = [[len(data) for data in bid.files.values()] for bid in (small, large)]
    assert sizes[0] == sizes[1]


def test_a_rehearsal_opens_and_a_share_is_none(from_browser: Bid, in_browser: Any) -> None:
    public = TERMS.custodians["notary"]
    test, answer = sealing.rehearsal(TERMS.tender, TERMS.lot, "notary", public)
    notary = {"record": RECORDS["notary"], "words": WORDS, "custodian": "notary"}
    assert in_browser("rehearse", test=test, **notary) == answer
    names = ("tender", "lot", "bid", "revision")
    stolen = {name: from_browser.header[name] for name in names}
    stolen["box"] = from_browser.header["recipients"][2]
    # A real share that is shown as a rehearsal does not open.
    refused = in_browser("rehearse", test=stolen, **notary)
    assert refused["error"].startswith("OperationError")


def test_five_megabytes_both_ways(seal_in_browser: Any, in_browser: Any, blobs: Any) -> None:
    plain = os.urandom(5_000_000)
    bid = seal_in_browser({"plan.pdf": plain}, code="TB-LARGE")
    opened = sealing.open_bid(bid.header, TERMS, bid.shares(NAMES[:2]), bid.read)
    assert bid.contents(opened) == {"plan.pdf": plain}
    back = sealed_bid({"plan.pdf": plain})
    keep(back, blobs)
    shares = [b64(share) for share in back.shares(NAMES[1:]).values()]
    done = in_browser("open", header=b64(back.raw), shares=shares, index=1)
    assert done["sha256"] == hashlib.sha256(plain).hexdigest()
