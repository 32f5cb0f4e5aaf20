"""The pre-check of a contract that is handed in: its facts as the rulebook reads them, and what it finds."""

from collections.abc import Iterable

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.deals.rulebook.facts import OfficialFacts, PartyFacts
from marketplace.kernel import clock
from marketplace.registration.rulebook.books import book_for
from marketplace.registration.rulebook.engine import check
from marketplace.registration.rulebook.facts import (
    Deduction,
    Evidence,
    Facts,
    Indicator,
    Part,
    Party,
)
from marketplace.registration.rulebook.findings import Finding


def checked(contract: Contract) -> tuple[list[Finding], str]:
    """The findings of a contract, the weightiest first, and the version of the rulebook of its time."""
    facts, today = facts_of(deals.official_facts(contract)), clock.today()
    return check(facts, None, today), book_for(facts.signed_on, today).version


def facts_of(said: OfficialFacts) -> Facts:
    """The facts of a contract in the words of the rulebook."""
    return Facts(
        title=said.title,
        contract_type=said.contract_type,
        origin=said.origin,
        parties=tuple(_parties((*said.sellers, *said.buyers, *said.brokers))),
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
        price_evidence=tuple(
            Evidence(row.route, row.starts_on, row.ends_on, row.has_file)
            for row in said.price_evidence
        ),
        subject=said.subject_text,
        acceptance=tuple(Indicator(*row) for row in said.acceptance),
        new_investment=said.new_investment_fen,
        new_output=said.new_output_fen,
        unnamed_brokers=said.unnamed_introductions,
        has_sealed_text=any(sealed for _sha, _form, sealed in said.signed_copies),
    )


def _parties(rows: Iterable[PartyFacts]) -> Iterable[Party]:
    for row in rows:
        yield Party(
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
