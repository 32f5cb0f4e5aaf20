"""HPKE (RFC 9180) in base mode for one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

A box is one secret sealed to one holder's key, and bound to one use, bid and holder.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from marketplace.custody.sealing.encoding import canonical, from_base64, to_base64
from marketplace.custody.sealing.keys import CURVE, key_id, public_bytes, public_key

TAG = 16  # bytes of an authentication tag of AES-GCM
SUBJECT = ("tender", "lot", "bid", "revision")
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_KEM, _HPKE = b"KEM\0\x10", b"HPKE\0\x10\0\x01\0\x02"  # RFC 9180, 4.1 and 5.1

Box = dict[str, Any]


def _extract(salt: bytes, suite: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(prk: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:length]


def hpke_keys(dh: bytes, enc: bytes, public: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Return the AES key and the nonce of one message.

    The library keeps both to itself. The audit of an opened bid repeats every sealing and needs them.
    """
    shared = _expand(_extract(b"", _KEM, b"eae_prk", dh), _KEM, b"shared_secret", enc + public, 32)
    hashes = _extract(b"", _HPKE, b"psk_id_hash", b"") + _extract(b"", _HPKE, b"info_hash", info)
    secret = _extract(shared, _HPKE, b"secret", b"")
    key = _expand(secret, _HPKE, b"key", b"\0" + hashes, 32)
    return key, _expand(secret, _HPKE, b"base_nonce", b"\0" + hashes, 12)


def hpke_sender(
    ephemeral: ec.EllipticCurvePrivateKey, public: bytes, info: bytes
) -> tuple[AESGCM, bytes]:
    """Return cipher and nonce as the sender had them: to seal, and to repeat the sealing in the audit."""
    dh = ephemeral.exchange(ec.ECDH(), public_key(public))
    key, nonce = hpke_keys(dh, public_bytes(ephemeral), public, info)
    return AESGCM(key), nonce


def hpke_open(
    private: ec.EllipticCurvePrivateKey, info: bytes, enc: bytes, ciphertext: bytes
) -> bytes:
    """Open with the library alone. Raises cryptography.exceptions.InvalidTag."""
    return _SUITE.decrypt(enc + ciphertext, private, info=info)


def binding(use: str, subject: Mapping[str, Any], holder: str, key: str) -> bytes:
    """Return what a box is bound to. `use` is share, recovery or rehearsal; `subject` has the four names.

    A box that is copied under another bid does not open, and a share cannot pass for a rehearsal.
    """
    names = {name: subject[name] for name in SUBJECT}
    return canonical({**names, "holder": holder, "key": key, "use": use, "version": 1})


def seal_box(
    use: str, subject: Mapping[str, Any], holder: str, public: bytes, secret: bytes
) -> tuple[Box, str]:
    """Return a box {key, enc, ciphertext}, and the one-time private key that made it."""
    ephemeral = ec.generate_private_key(CURVE)
    key = key_id(public)
    cipher, nonce = hpke_sender(ephemeral, public, binding(use, subject, holder, key))
    sealed = to_base64(cipher.encrypt(nonce, secret, None))
    box = {"ciphertext": sealed, "enc": to_base64(public_bytes(ephemeral)), "key": key}
    return box, to_base64(ephemeral.private_numbers().private_value.to_bytes(32, "big"))


def open_box(
    private: ec.EllipticCurvePrivateKey,
    use: str,
    subject: Mapping[str, Any],
    holder: str,
    box: Box,
) -> bytes:
    """Open a box with its holder's private key. For samples, tests and offline tools.

    Raises cryptography.exceptions.InvalidTag, also for a box that is sealed to another key.
    """
    if box["key"] != key_id(public_bytes(private)):
        raise InvalidTag
    info = binding(use, subject, holder, box["key"])
    return hpke_open(private, info, from_base64(box["enc"]), from_base64(box["ciphertext"]))
