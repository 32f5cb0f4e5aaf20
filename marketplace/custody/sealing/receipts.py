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
    previous: str,
) -> bytes:
    """Return a signed proof of receipt.

    `files` are the plain SHA-256 sums of the stored ciphertexts, which `sha256sum` prints. `previous` is the
    `link` to the receipt before it in the same tender. A receipt is given after header and files were checked: otherwise a
    bidder could make damage look like the operator's.
    """
    about = parse(header)
    receipt: dict[str, Any] = {name: about[name] for name in SUBJECT}
    receipt |= {
        "files": list(files),
        "header": header_hash(header),
        "previous": previous,
        "time": at.astimezone(UTC).isoformat(),
        "version": 1,
    }
    return canonical({"receipt": receipt, "signature": to_base64(key.sign(canonical(receipt)))})


def link(previous: bytes | None, blind: str) -> str:
    """Return what a receipt says of the one before it, or of none: a hash with a random `blind`.

    Without the blind a receipt would tell its bidder whether somebody was before him. The blinds are published
    with the chain, after the opening.
    """
    before = receipt_hash(previous) if previous else None
    return sha256(canonical({"blind": blind, "receipt": before}))


def receipt_hash(raw: bytes) -> str:
    """Return the hash by which the next receipt names this one; of the last, the head of the chain."""
    return sha256(raw)


def verify_receipts(
    key: Ed25519PublicKey, chain: Sequence[tuple[str, bytes]]
) -> list[dict[str, Any]]:
    """Return every receipt of a tender, oldest first. `chain` are the blinds with the receipts.

    Raises InvalidSignature or ValueError if one was altered or is missing.
    """
    receipts: list[dict[str, Any]] = []
    before: bytes | None = None
    for number, (blind, raw) in enumerate(chain):
        document = parse(raw)
        key.verify(from_base64(document["signature"]), canonical(document["receipt"]))
        if document["receipt"]["previous"] != link(before, blind):
            raise ValueError(f"receipt {number} does not continue the chain")
        receipts.append(document["receipt"])
        before = raw
    return receipts
