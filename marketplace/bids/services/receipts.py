"""Receipts: one chain for each tender, so that none can be left out later. The tender is locked."""

import secrets
from datetime import datetime

from marketplace.bids.adapters.signing import receipt_key
from marketplace.bids.models import Envelope, Receipt
from marketplace.custody import sealing
from marketplace.tenders.models import Tender


def give_receipt(tender: Tender, envelope: Envelope, kind: str, at: datetime) -> Receipt:
    """Sign the next receipt of a locked tender."""
    before = Receipt.objects.filter(tender=tender).order_by("-number").first()
    blind = secrets.token_hex(32)
    raw = sealing.issue_receipt(
        receipt_key(),
        bytes(envelope.header),
        [one["sha256"] for one in envelope.files],
        at,
        sealing.link(bytes(before.raw) if before is not None else None, blind),
    )
    return Receipt.objects.create(
        tender=tender,
        number=before.number + 1 if before is not None else 1,
        envelope=envelope,
        kind=kind,
        terms_rev=tender.terms_rev,
        raw=raw,
        blind=blind,
        digest=sealing.receipt_hash(raw),
        at=at,
        is_sample=envelope.is_sample,
    )
