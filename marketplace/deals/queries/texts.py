"""Final texts: which one is open, who still has to confirm it."""

from marketplace.deals.models import Contract, ContractParty, FinalText
from marketplace.deals.queries.reading import parties_of
from marketplace.deals.workflow import Origin, Side
from marketplace.parties.policies import access_of


def open_text(contract: Contract) -> FinalText | None:
    """The final text that waits for confirmation or is confirmed; None for a draft."""
    rows = contract.texts.filter(withdrawn_at__isnull=True).select_related("file", "created_by")
    return rows.first()


def texts_of(contract: Contract) -> list[FinalText]:
    """All final texts, newest first, with their confirmations. Two queries."""
    rows = contract.texts.select_related("file", "created_by")
    return list(rows.prefetch_related("confirmations__party", "confirmations__by"))


def waiting_parties(text: FinalText) -> list[ContractParty]:
    """The sellers and buyers that have not confirmed this text. A broker has nothing to confirm."""
    done = set(text.confirmations.values_list("party_id", flat=True))
    rows = parties_of(text.contract)
    return [row for row in rows if row.side != Side.BROKER and row.pk not in done]


def unconfirmed_parties(contract: Contract) -> list[ContractParty]:
    """Sellers and buyers of the platform that neither confirmed the text nor recorded the signature.

    An approver of one side may record the signature of a draft: then the sealed copy alone speaks for
    the other. Empty before the signature and for imported contracts.
    """
    if not contract.is_signed or contract.origin == Origin.IMPORT:
        return []
    text = contract.texts.filter(withdrawn_at__isnull=True).first()
    done = set(text.confirmations.values_list("party_id", flat=True)) if text else set()
    rows = [
        row
        for row in parties_of(contract)
        if row.is_inside and row.side != Side.BROKER and row.pk not in done
    ]
    signer = contract.signed_recorded_by if rows else None
    if signer is None:
        return rows
    access = access_of(signer)
    return [row for row in rows if not access.binds(row.organization_id)]
