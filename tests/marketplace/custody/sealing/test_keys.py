"""Key records: wrapped under words, checked by the server, opened by the page alone."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from marketplace.custody.sealing import (
    FormatError,
    check_record,
    key_id,
    public_bytes,
    to_base64,
    unwrap_key,
    wrap_key,
)
from marketplace.custody.sealing import keys as keys_room
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import KEYS, RECORDS, WORDS

PUBLIC = public_bytes(KEYS["notary"])
OFF_CURVE = PUBLIC[:-1] + bytes([PUBLIC[-1] ^ 1])
REFUSED = [
    {"version": 2},
    {"version": True},
    {"kdf": "scrypt"},
    {"iterations": 599_999},
    {"iterations": 10_000_001},
    {"iterations": 600_000.0},
    {"iterations": "600000"},
    {"key": "0" * 32},
    {"key": RECORDS["notary"]["key"].upper()},
    {"public": RECORDS["bidder"]["public"]},
    {"public": to_base64(OFF_CURVE), "key": key_id(OFF_CURVE)},
    {"public": "", "key": key_id(b"")},
    {"public": None},
    {"salt": to_base64(bytes(15))},
    {"salt": RECORDS["notary"]["salt"] + "="},
    {"nonce": to_base64(bytes(16))},
    {"wrapped": ""},
    {"wrapped": to_base64(bytes(5000))},
    {"more": 1},
]


def test_the_servers_record_passes_its_own_check() -> None:
    record = RECORDS["notary"]
    assert check_record(record) == record
    assert record["iterations"] == 600_000
    assert record["key"] == key_id(PUBLIC)
    assert public_bytes(unwrap_key(record, WORDS)) == PUBLIC
    with pytest.raises(InvalidTag):
        unwrap_key(record, "wrong")


# The values are fresh in each process: the names of the tests must not be.
@pytest.mark.parametrize("change", REFUSED, ids="+".join)
def test_a_record_that_a_page_did_not_make_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        check_record({**RECORDS["notary"], **change})


@pytest.mark.parametrize("record", [None, [], "x", 1, {}, {"version": 1}])
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(FormatError):
        check_record(record)


def test_a_changed_field_keeps_the_key_shut() -> None:
    for change in (
        {"iterations": 600_001},
        {"iterations": 1000},
        {"salt": to_base64(bytes(16))},
        {"public": RECORDS["bidder"]["public"]},
    ):
        with pytest.raises((InvalidTag, FormatError)):
            unwrap_key({**RECORDS["notary"], **change}, WORDS)


def weak_record(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    with monkeypatch.context() as patch:
        patch.setattr(keys_room, "ITERATIONS", 1000)
        weak = wrap_key(KEYS["notary"], WORDS)
        assert public_bytes(unwrap_key(weak, WORDS)) == PUBLIC
    return weak


def test_a_record_with_too_few_rounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError):
        unwrap_key(weak_record(monkeypatch), WORDS)


@pytest.mark.journey
@needs_chromium
def test_records_open_across(in_browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = in_browser("key", words=WORDS)
    assert check_record(record) == record
    assert key_id(public_bytes(unwrap_key(record, WORDS))) == record["key"]

    known = {"id": RECORDS["notary"]["key"], "extractable": False}
    assert in_browser("unwrap", record=RECORDS["notary"], words=WORDS) == known
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in WORDS)
    assert wide != WORDS  # a Chinese keyboard may type full-width letters
    assert in_browser("unwrap", record=RECORDS["notary"], words=wide) == known

    wrong = in_browser("unwrap", record=record, words="wrong")
    assert wrong == {"error": "Error: wrong words or damaged key"}
    for change in ({"iterations": 600_001}, {"salt": to_base64(bytes(16))}):
        assert in_browser("unwrap", record={**record, **change}, words=WORDS) == wrong
    refused = {"error": "Error: key record refused"}
    for change in ({"iterations": 1000}, {"public": RECORDS["bidder"]["public"]}):
        assert in_browser("unwrap", record={**record, **change}, words=WORDS) == refused
    assert in_browser("unwrap", record=weak_record(monkeypatch), words=WORDS) == refused
