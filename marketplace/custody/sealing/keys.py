"""Key pairs on P-256, and the key record: a private key wrapped under words that only its holder knows."""

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.custody.sealing.encoding import (
    FormatError,
    canonical,
    from_base64,
    sha256,
    sized,
    to_base64,
)

CURVE = ec.SECP256R1()
KDF = "PBKDF2-HMAC-SHA256"
#: Rounds of PBKDF2 that a record has at least. More than the most would keep a page busy for minutes.
ITERATIONS, MOST_ITERATIONS = 600_000, 10_000_000
_FIELDS = {"version", "key", "public", "kdf", "iterations", "salt", "nonce", "wrapped"}
#: Bytes of a wrapped private key: browsers write PKCS#8 of P-256 in 67 to about 150 bytes, and 16 of the tag.
_WRAPPED = range(64, 257)


def key_id(public: bytes) -> str:
    """Return the public name of a key: the first 128 bits of the SHA-256 of its 65 public bytes."""
    return sha256(public)[:32]


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the uncompressed point of a key pair, 65 bytes."""
    encoding, point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(encoding, point)


def public_key(public: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public key of an uncompressed point on the curve."""
    if len(public) != 65:
        raise FormatError("not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    except ValueError as error:
        raise FormatError("not a point on P-256") from error


def check_record(record: Any) -> dict[str, Any]:
    """Return a key record that a page sent, or raise FormatError with what is wrong.

    The server cannot see whether the wrapped key belongs to the public one: a rehearsal shows it.
    """
    if not isinstance(record, dict) or set(record) != _FIELDS:
        raise FormatError("fields of the key record")
    if record["version"] != 1 or type(record["version"]) is not int or record["kdf"] != KDF:
        raise FormatError("version of the key record")
    rounds = record["iterations"]
    if type(rounds) is not int or not ITERATIONS <= rounds <= MOST_ITERATIONS:
        raise FormatError("rounds of the key record")
    public = sized(record["public"], 65)
    public_key(public)
    if record["key"] != key_id(public):
        raise FormatError("name of the key")
    sized(record["salt"], 16)
    sized(record["nonce"], 12)
    if len(from_base64(record["wrapped"])) not in _WRAPPED:
        raise FormatError("size of the wrapped key")
    return dict(record)


def _cipher(passphrase: str, record: Mapping[str, Any]) -> AESGCM:
    if not ITERATIONS <= record["iterations"] <= MOST_ITERATIONS:
        raise FormatError("rounds of the key record")
    words = unicodedata.normalize("NFKC", passphrase).encode()
    salt = from_base64(record["salt"])
    return AESGCM(hashlib.pbkdf2_hmac("sha256", words, salt, record["iterations"]))


def wrap_key(key: ec.EllipticCurvePrivateKey, passphrase: str) -> dict[str, Any]:
    """Return the record that a browser would make of this key pair. For samples, tests and offline tools."""
    public, nonce = public_bytes(key), secrets.token_bytes(12)
    record: dict[str, Any] = {
        "version": 1,
        "key": key_id(public),
        "public": to_base64(public),
        "kdf": KDF,
        "iterations": ITERATIONS,
        "salt": to_base64(secrets.token_bytes(16)),
        "nonce": to_base64(nonce),
    }
    pkcs8 = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # All other fields are authenticated: none can be exchanged unnoticed.
    wrapped = _cipher(passphrase, record).encrypt(nonce, pkcs8, canonical(record))
    return {**record, "wrapped": to_base64(wrapped)}


def unwrap_key(record: Mapping[str, Any], passphrase: str) -> ec.EllipticCurvePrivateKey:
    """Return the private key of a record. For samples, tests and offline tools: a holder's words never come here.

    Raises cryptography.exceptions.InvalidTag for wrong words.
    """
    bound = {name: value for name, value in record.items() if name != "wrapped"}
    pkcs8 = _cipher(passphrase, bound).decrypt(
        from_base64(record["nonce"]), from_base64(record["wrapped"]), canonical(bound)
    )
    key = serialization.load_der_private_key(pkcs8, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise FormatError("not a key on P-256")
    return key
