"""HPKE by the vector of RFC 9180, and boxes that open for one use, bid, holder and key alone."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.custody.sealing import FormatError, from_base64, open_box, public_bytes, seal_box
from marketplace.custody.sealing import to_base64 as b64
from marketplace.custody.sealing.hpke import hpke_keys, hpke_open, hpke_sender
from tests.browser import needs_chromium
from tests.marketplace.custody.sealing.bids import KEYS, new_key

#: test-vectors.json of RFC 9180: mode_base, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, first message.
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skRm": "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2",
    "skEm": "90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e",
    "pkRm": "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5"
    "ded7860c7c021238f9e2073d2356c",
    "enc": "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc"
    "4c39ff5370d331a4f1f7d5a4e0",
    "key": "ee16802a936d5f544771131900ee6973d0551de9e852ece2ef34bf0d5f9e1d1d",
    "base_nonce": "9bc50980832a7b4b58c40161",
    "aad": "436f756e742d30",
    "ct": "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
}
V = {name: bytes.fromhex(value) for name, value in VECTOR.items()}
SUBJECT = {"tender": "ZB2026-7KQ4ZM-H", "lot": "1", "bid": "TB-1", "revision": 1}


def private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def jwk(scalar: bytes, public: bytes) -> dict[str, str]:
    x, y = b64(public[1:33]), b64(public[33:])
    return {"kty": "EC", "crv": "P-256", "d": b64(scalar), "x": x, "y": y}


def test_the_vector_of_the_rfc() -> None:
    cipher, nonce = hpke_sender(private(V["skEm"]), V["pkRm"], V["info"])
    assert nonce == V["base_nonce"]
    assert cipher.encrypt(nonce, V["pt"], V["aad"]) == V["ct"]
    dh = private(V["skRm"]).exchange(ec.ECDH(), private(V["skEm"]).public_key())
    assert hpke_keys(dh, V["enc"], V["pkRm"], V["info"]) == (V["key"], V["base_nonce"])


def test_own_sender_opens_with_the_library() -> None:
    public, ephemeral = public_bytes(KEYS["notary"]), new_key()
    cipher, nonce = hpke_sender(ephemeral, public, b"info")
    sealed = cipher.encrypt(nonce, b"secret", None)
    assert hpke_open(KEYS["notary"], b"info", public_bytes(ephemeral), sealed) == b"secret"
    with pytest.raises(InvalidTag):
        hpke_open(KEYS["notary"], b"other", public_bytes(ephemeral), sealed)


@pytest.mark.journey
@needs_chromium
def test_the_vector_and_both_directions_in_chromium(in_browser: Any) -> None:
    given = {"jwk": jwk(V["skRm"], V["pkRm"]), "publicBytes": b64(V["pkRm"])}
    keys = in_browser("hpke", **given, info=b64(V["info"]), enc=b64(V["enc"]))
    assert keys == [VECTOR["key"], VECTOR["base_nonce"]]

    cipher, nonce = hpke_sender(private(V["skEm"]), V["pkRm"], V["info"])
    sealed = cipher.encrypt(nonce, b"secret", None)
    more = {"info": b64(V["info"]), "enc": b64(V["enc"]), "ciphertext": b64(sealed)}
    assert in_browser("hpke", **given, **more) == b"secret".hex()

    public = b64(public_bytes(KEYS["notary"]))
    back = in_browser("hpkeSeal", publicBytes=public, info=b64(b"i"), plain=b64(b"back"))
    assert hpke_open(KEYS["notary"], b"i", *map(from_base64, back)) == b"back"


def test_a_box_opens_for_its_own_use_bid_holder_and_key_alone() -> None:
    public = public_bytes(KEYS["notary"])
    box, _ = seal_box("share", SUBJECT, "notary", public, b"secret")
    assert open_box(KEYS["notary"], "share", SUBJECT, "notary", box) == b"secret"
    for change in ({"bid": "TB-2"}, {"lot": "2"}, {"tender": "other"}, {"revision": 2}):
        with pytest.raises(InvalidTag):  # a header that is copied under another code is worthless
            open_box(KEYS["notary"], "share", {**SUBJECT, **change}, "notary", box)
    for key, use, holder in (
        ("notary", "recovery", "notary"),
        ("notary", "rehearsal", "notary"),
        ("notary", "share", "purchaser"),
        ("purchaser", "share", "notary"),
    ):
        with pytest.raises(InvalidTag):
            open_box(KEYS[key], use, SUBJECT, holder, box)


def test_a_box_to_something_that_is_no_key_is_refused() -> None:
    public = public_bytes(KEYS["notary"])
    off_curve = public[:-1] + bytes([public[-1] ^ 1])
    for wrong in (off_curve, b"", public[:33], b"\0", bytes(65)):
        with pytest.raises(FormatError):
            seal_box("share", SUBJECT, "notary", wrong, b"secret")
