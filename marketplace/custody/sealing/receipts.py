"""Receipts of sealed bids: signed with Ed25519, and chained so that none can be left out later."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from marketplace.custody.sealing.encoding import canonical, from_base64, parse, sha256, to_base64
from marketplace.custody.sealing.header import header_hash
from marketplace.custody.sealing.hpke import SUBJECT


def issue_receipt(
    key: Ed25519PrivateKey,
    header: bytes,
    files: Sequence[str],
    at: datetime,
    previous: bytes | None,
) -> bytes:
    """Return a signed proof of receipt.

    `files` are the plain SHA-256 sums of the stored ciphertexts, which `sha256sum` prints. `previous` is the
    receipt before it in the same tender. A receipt is given after header and files were checked: otherwise a
    bidder could make damage look like the operator's.
    """
    about = parse(header)
    receipt: dict[str, Any] = {name: about[name] for name in SUBJECT}
    receipt |= {
        "files": list(files),
        "header": header_hash(header),
        "previous": receipt_hash(previous) if previous else None,
        "time": at.astimezone(UTC).isoformat(),
        "version": 1,
    }
    return canonical({"receipt": receipt, "signature": to_base64(key.sign(canonical(receipt)))})


def receipt_hash(raw: bytes) -> str:
    """Return the hash by which the next receipt names this one; of the last, the head of the chain."""
    return sha256(raw)


def verify_receipts(key: Ed25519PublicKey, chain: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return every receipt of a tender, oldest first.

    Raises InvalidSignature or ValueError if one was altered or is missing.
    """
    receipts: list[dict[str, Any]] = []
    for number, raw in enumerate(chain):
        document = parse(raw)
        key.verify(from_base64(document["signature"]), canonical(document["receipt"]))
        before = receipt_hash(chain[number - 1]) if number else None
        if document["receipt"]["previous"] != before:
            raise ValueError(f"receipt {number} does not continue the chain")
        receipts.append(document["receipt"])
    return receipts
