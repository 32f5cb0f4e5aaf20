"""Rehearsals: a box with a random secret, by which a custodian shows that he still opens his key."""

import secrets
from typing import Any

from marketplace.custody.sealing.encoding import sha256
from marketplace.custody.sealing.hpke import seal_box

_BID = "rehearsal"


def rehearsal(tender: str, lot: str, custodian: str, public: bytes) -> tuple[dict[str, Any], str]:
    """Return a test for a custodian, and the SHA-256 that his page must answer with.

    The test is bound to `tender` and `lot`, and to no bid: a share of a real bid does not open as a rehearsal.
    """
    secret = secrets.token_bytes(32)
    subject = {"tender": tender, "lot": lot, "bid": _BID, "revision": 0}
    box, _ = seal_box("rehearsal", subject, custodian, public, secret)
    return {**subject, "box": box}, sha256(secret)
