"""The Ed25519 key with which the platform signs receipts. It is made once, in a file of its owner alone."""

import os
from pathlib import Path

from django.conf import settings

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def receipt_key() -> Ed25519PrivateKey:
    """The key; made by the first call of any process. A file that holds another kind of key raises TypeError."""
    place = Path(settings.BID_RECEIPT_KEY_FILE)
    if not place.exists():
        _make(place)
    key = load_pem_private_key(place.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{place} holds no Ed25519 key")
    return key


def _make(place: Path) -> None:
    """Write a new key beside its place and link it there: of two processes the first one's key stays."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(fresh, place)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def public_pem() -> str:
    """The public key, with which everybody checks a receipt."""
    public = receipt_key().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
