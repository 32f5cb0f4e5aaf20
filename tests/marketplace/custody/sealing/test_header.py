"""Headers: complete, canonical, sealed to the published keys; a changed field never opens to something else."""

import copy
from typing import Any

import pytest

from marketplace.custody import sealing
from marketplace.custody.sealing import FormatError, Terms, canonical, from_base64, to_base64
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import TERMS, Bid, leaves, sealed_bid, with_change


@pytest.mark.journey
@needs_chromium
def test_every_header_field_is_guarded(from_browser: Bid) -> None:
    """A changed field is refused on upload, or the bid does not open. It never opens to something else."""
    outcomes: dict[str, str] = {}
    for path in leaves(from_browser.header):
        header = copy.deepcopy(from_browser.header)
        with_change(header, path)
        name = ".".join(str(part) for part in path)
        try:
            sealing.check_header(canonical(header), TERMS, "TB-JS", 1)
            bid = Bid(canonical(header), from_browser.files)
            opened = sealing.open_bid(header, TERMS, from_browser.shares(), bid.read)
            bid.contents(opened)
            outcomes[name] = "opened"
        except FormatError:
            outcomes[name] = "refused"
        except sealing.Fault as fault:
            outcomes[name] = fault.party
    assert outcomes.pop("sealed_by") == "refused"
    assert [name for name, outcome in outcomes.items() if outcome == "opened"] == []
    digests = {
        f"files.{n}.digest" for n in range(4)
    }  # the receipt shows that the header was changed
    operators = {name for name, outcome in outcomes.items() if outcome == "operator"}
    assert operators == digests | {"files.0.size"}
    fields = [f"recipients.{n}.{name}" for n in range(3) for name in ("key", "custodian", "enc")]
    assert {outcomes[name] for name in fields} == {"refused"}


def malformed(good: Any) -> list[dict[str, Any]]:
    box, file = good["recipients"][0], good["files"][0]
    enc = from_base64(box["enc"])
    off_curve = {**box, "enc": to_base64(enc[:-1] + bytes([enc[-1] ^ 1]))}
    return [
        {"files": []},
        {"files": {}},
        {"files": [1]},
        {"files": None},
        {"files": [{**file, "size": 1 << 30}]},
        {"files": [{**file, "size": True}]},
        {"files": [{**file, "size": -65536}]},
        {"files": [{**file, "size": 65535}]},
        {"files": [file, {**file, "size": 1 << 52}]},
        {"files": [{**file, "prefix": "AAAAAAAAA+"}]},
        {"files": [{**file, "prefix": "AAAA"}]},
        {"files": [{**file, "digest": file["digest"].upper()}]},
        {"recipients": []},
        {"recipients": None},
        {"recipients": {}},
        {"recipients": good["recipients"][::-1]},
        {"recipients": good["recipients"][:2]},
        {"recipients": [box] * 3},
        {"recipients": [off_curve, *good["recipients"][1:]]},
        {"recipients": [{**box, "more": 1}, *good["recipients"][1:]]},
        {"recipients": [{**box, "ciphertext": "AAAA"}, *good["recipients"][1:]]},
        {"recovery": 1},
        {"recovery": {}},
        {"recovery": False},
        {"recovery": {**box}},
        {"sealed_by": "nobody"},
        {"threshold": 1},
        {"threshold": True},
        {"threshold": 3},
        {"version": 2},
        {"suite": "none"},
        {"extra": 1},
        {"commitment": 1},
        {"bid": "TB-OTHER"},
        {"lot": 1},
    ]


def test_malformed_headers_are_refused() -> None:
    good = sealed_bid({"a": b"1"})
    assert sealing.check_header(good.raw, TERMS, "TB-PY", 1) == good.header
    for change in malformed(good.header):
        with pytest.raises(FormatError):
            sealing.check_header(canonical({**good.header, **change}), TERMS, "TB-PY", 1)
    short = {name: value for name, value in good.header.items() if name != "commitment"}
    for raw in (
        *(b"", b"[]", b"null", b"1", b'"x"', b"\xff", good.raw + b" ", good.raw[:-1]),
        canonical(short),
        canonical("x" * (1 << 20)),
    ):
        with pytest.raises(FormatError):
            sealing.check_header(raw, TERMS, "TB-PY", 1)
    with pytest.raises(FormatError):
        sealing.check_header(good.raw, TERMS, "TB-PY", 2)


def test_the_header_of_a_fallback_says_so_and_has_no_recovery() -> None:
    bid = sealed_bid({})
    assert (bid.header["sealed_by"], bid.header["recovery"]) == ("server", None)
    with pytest.raises(FormatError):
        changed = canonical({**bid.header, "sealed_by": "browser"})
        sealing.check_header(changed, TERMS, "TB-PY", 1)


def test_terms_refuse_what_would_break_the_threshold() -> None:
    one, two, three = TERMS.custodians.values()
    for threshold, custodians in (
        (1, {"a": one, "b": two}),
        (3, {"a": one, "b": two}),
        (2, {"a": one}),
        (2, {"a": one, "b": one}),
        (2, {"a": one, "b": two, "c": bytes(65)}),
        (2, {"a": one, "b": three[:33]}),
    ):
        with pytest.raises(FormatError):
            Terms("T", "1", threshold, custodians)


def test_published_terms_are_read_back() -> None:
    published = TERMS.published()
    assert [one["custodian"] for one in published["custodians"]] == [
        "purchaser",
        "institute",
        "notary",
    ]
    assert Terms.of(sealing.parse(canonical(published))) == TERMS
    published["custodians"][0]["key"] = published["custodians"][1]["key"]
    with pytest.raises(FormatError):
        Terms.of(published)
    twice = TERMS.published()
    twice["custodians"].append(twice["custodians"][0])
    with pytest.raises(FormatError):
        Terms.of(twice)
