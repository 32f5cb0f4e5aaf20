"""The facts of a contract in the words of the rulebook."""

from marketplace.deals.rulebook.facts import OfficialFacts, PartyFacts
from marketplace.registration.rulebook.facts import (
    Deduction,
    Evidence,
    Facts,
    Indicator,
    Part,
    Party,
)


def facts_of(said: OfficialFacts) -> Facts:
    """What the rulebook judges of what a contract says."""
    return Facts(
        title=said.title,
        contract_type=said.contract_type,
        origin=said.origin,
        parties=tuple(_party(row) for row in (*said.sellers, *said.buyers, *said.brokers)),
        total=said.amount_total_fen,
        technical=said.amount_technical_fen,
        is_estimate=said.amount_is_estimate,
        deductions=tuple(Deduction(row.kind, row.amount_fen, row.note) for row in said.deductions),
        currency=said.currency,
        foreign_amount=said.foreign_amount,
        rate=said.rate_text,
        rate_on=said.rate_on,
        payment_mode=said.payment_mode,
        instalments=tuple(Part(row.amount_fen, row.due_on) for row in said.instalments),
        signed_on=said.signed_on,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        place=said.place,
        field=said.field,
        industry=said.industry,
        aim=said.aim,
        plan_source=said.plan_source,
        plan_number=said.plan_number,
        ip_kinds=said.ip_kinds,
        ip_numbers=said.ip_numbers,
        is_related=said.is_related,
        is_state_held=said.is_state_held,
        is_equity=said.is_equity,
        # Only evidence with a result counts, as it does when a contract is handed in.
        price_evidence=tuple(
            Evidence(row.route, row.starts_on, row.ends_on, row.has_file)
            for row in said.price_evidence
            if row.result.strip()
        ),
        subject=said.subject_text,
        acceptance=tuple(Indicator(*row) for row in said.acceptance),
        new_investment=said.new_investment_fen,
        new_output=said.new_output_fen,
        unnamed_brokers=said.unnamed_introductions,
        amended=said.amended,
        has_sealed_text=any(sealed for _sha, _form, sealed in said.signed_copies),
    )


def _party(row: PartyFacts) -> Party:
    return Party(
        side=row.side,
        name=row.name,
        identity=row.identity,
        is_person=row.is_person,
        nature=row.nature,
        district=row.district,
        country=row.country,
        legal_head=row.legal_head,
        share_bp=row.share_bp,
    )
