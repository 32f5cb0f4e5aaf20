"""What a contract says, as plain values for the slices above: form, flow, evidence of its price."""

from typing import Any

from marketplace.deals import rulebook
from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.queries.reading import brokers, buyers, parties_of, sellers
from marketplace.deals.rulebook.facts import (
    DeductionFacts,
    InstalmentFacts,
    OfficialFacts,
    PartyFacts,
    PriceFacts,
)
from marketplace.deals.workflow import AmendmentStatus, Origin, Route


def kind_of(contract_type: str) -> str:
    """The class of a contract type, a code of `contract_class`; "" for no type."""
    return rulebook.kind_of(contract_type)


def flow_of(contract: Contract) -> frozenset[str]:
    """`output`, `absorb` and `local`, by the districts of sellers and buyers."""
    return rulebook.flow(
        [row.district for row in sellers(contract)], [row.district for row in buyers(contract)]
    )


def needs_price_evidence(contract: Contract) -> bool:
    """Whether the law asks how the price of this contract was found."""
    return rulebook.needs_price_evidence(
        contract_type=contract.contract_type,
        is_state_held=contract.is_state_held,
        is_equity=contract.is_equity,
    )


def missing_price_evidence(contract: Contract) -> bool:
    """Whether evidence of the price is needed and none is complete.

    Registration asks before a contract is filed. For an imported contract it is a warning only: see
    `price_evidence_blocks`.
    """
    return needs_price_evidence(contract) and not any(
        _is_complete(row) for row in contract.price_evidence.all()
    )


def price_evidence_blocks(contract: Contract) -> bool:
    """Whether a contract may not be filed for lack of evidence of its price: never an imported one."""
    return contract.origin != Origin.IMPORT and missing_price_evidence(contract)


def _is_complete(evidence: Any) -> bool:
    if not evidence.result.strip():
        return False
    if evidence.route != Route.AGREEMENT:
        return True
    return rulebook.publicity_is_enough(evidence.starts_on, evidence.ends_on)


def _amended(contract: Contract) -> frozenset[str]:
    """The columns that amendments of both sides have changed since the signature."""
    agreed = contract.amendments.filter(status=AmendmentStatus.AGREED)
    return frozenset(
        name
        for before, after in agreed.values_list("before", "after")
        for name, value in after.items()
        if before.get(name) != value
    )


def official_facts(contract: Contract) -> OfficialFacts:
    """Every field of the registration form as an immutable value. About ten queries for one contract."""
    text = contract.texts.filter(settled_at__isnull=False, withdrawn_at__isnull=True).first()
    return OfficialFacts(
        contract_id=contract.pk,
        kind=contract.kind,
        acceptance=tuple(
            (
                str(row.get("name", "")),
                str(row.get("target", "")),
                str(row.get("unit", "")),
                str(row.get("method", "")),
            )
            for row in contract.acceptance
        ),
        ip_kinds=tuple(contract.ip_kinds),
        sellers=tuple(map(_party, sellers(contract))),
        buyers=tuple(map(_party, buyers(contract))),
        brokers=tuple(map(_party, brokers(contract))),
        deductions=tuple(
            DeductionFacts(row.kind, row.amount_fen, row.note) for row in contract.deductions.all()
        ),
        instalments=tuple(
            InstalmentFacts(row.position, row.what, row.due_on, row.amount_fen)
            for row in contract.instalments.all()
        ),
        price_evidence=tuple(
            PriceFacts(
                row.route, row.starts_on, row.ends_on, row.result, has_file=row.file_id is not None
            )
            for row in contract.price_evidence.all()
        ),
        missing_price_evidence=missing_price_evidence(contract),
        flow=flow_of(contract),
        unnamed_introductions=tuple(
            contract.broker_flags.values_list("introduction__code", flat=True)
        ),
        final_sha256=text.sha256 if text is not None else "",
        amended=_amended(contract),
        signed_copies=tuple(contract.copies.values_list("sha256", "form", "fully_sealed")),
        need_code=_code(contract.need),
        achievement_code=_code(contract.achievement),
        intent_code=_code(contract.intent),
        enquiry_code=_code(contract.enquiry),
        origin_confirmed=contract.origin_confirmed_at is not None,
        **{name: getattr(contract, name) for name in _SAME},
    )


#: Fields of the form that are columns of the contract.
_SAME = (
    *("code", "rev", "book", "status", "origin", "title", "contract_type", "subject_text"),
    *("amount_total_fen", "amount_technical_fen", "amount_is_estimate", "amount_performed_fen"),
    *("currency", "foreign_amount", "rate_text", "rate_on", "payment_mode", "entry_fee_fen"),
    *("royalty_base", "royalty_note", "deposit_text", "signed_on", "starts_on", "ends_on"),
    *("place", "field", "industry", "plan_source", "plan_number", "aim", "ip_numbers"),
    *("is_related", "is_state_held", "is_equity", "new_investment_fen", "new_output_fen"),
)


def _code(row: Any) -> str:
    return row.code if row is not None else ""


def _party(row: ContractParty) -> PartyFacts:
    return PartyFacts(
        organization_code=_code(row.organization),
        **{name: getattr(row, name) for name in _OF_PARTY},
    )


_OF_PARTY = (
    *("side", "position", "name", "identity", "is_person", "nature", "district", "country"),
    *("legal_head", "contact_name", "contact_phone", "share_bp", "organization_id", "broker_id"),
)


def names_of(contract: Contract) -> str:
    """The names of all parties in one line."""
    return "、".join(row.name for row in parties_of(contract))
