"""Canonical JSON and base64url: one spelling each, the same in both languages."""

from typing import Any

import pytest

from marketplace.custody.sealing import FormatError, canonical, from_base64, parse, to_base64
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import FORM

VALUE = {
    "b": [1, 0, -7, 2**53 - 1],
    "a": FORM,
    "": None,
    "Z": True,
    "~": {"x": [], "y": {}},
    "c": "\ud7ff\ue000\b\f\n\r\t",
}
OTHER_SPELLINGS = [
    *('{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', "1.0", "1e3", "-0", "1.5", "9007199254740992"),
    *("NaN", '"\\u0041"', '"\\ud800"', '"\\/"', "\ufeff1", '{"é":1}', "[1,]", "", "1 "),
]


def test_the_text_of_a_value() -> None:
    assert (
        canonical({"b": [1, True, None], "a": "é\n"}) == '{"a":"é\\n","b":[1,true,null]}'.encode()
    )
    assert parse(canonical(VALUE)) == VALUE


@pytest.mark.parametrize("text", OTHER_SPELLINGS)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse(text.encode())


@pytest.mark.parametrize("raw", [b"\xff", b"[" * 100_000, b"9" * 5000, b'{"a":' * 5000])
def test_hostile_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(FormatError):
        parse(raw)


@pytest.mark.parametrize("value", ["\ud800", 1.0, 2**53, (1,), {1: 2}, {"é": 1}, b"x", {"a": {1}}])
def test_values_without_a_text_are_refused(value: Any) -> None:
    with pytest.raises(FormatError):
        canonical(value)


def test_base64url_has_one_spelling() -> None:
    assert to_base64(b"\xfb\xff\xfe") == "-__-"
    assert from_base64("-__-") == b"\xfb\xff\xfe"
    for text in ("-__-=", "+//+", "-_ _-", "AB", "A", None, 1, ["AA"], "é", "AA\n"):
        with pytest.raises(FormatError):
            from_base64(text)


@pytest.mark.journey
@needs_chromium
def test_chromium_writes_and_refuses_the_same(in_browser: Any) -> None:
    assert in_browser("canonical", value=VALUE) == canonical(VALUE).decode()
    texts = [to_base64(text.encode()) for text in OTHER_SPELLINGS]
    assert in_browser("parse", texts=texts) == ["refused"] * len(texts)
    assert in_browser("parse", texts=[to_base64(canonical(VALUE))]) == ["read"]
    assert in_browser("base64", text="-__-") == "fbfffe"
    for text in ("+//+", "AB", "-__-="):
        assert "error" in in_browser("base64", text=text)
    assert in_browser("available") is True
