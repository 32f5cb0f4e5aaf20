"""Whom a contract concerns, and what a broker's record shows of contracts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from marketplace.brokerage.queries.record import CONTRACT, Fact
from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.queries.reading import buyers, of_side, sellers
from marketplace.deals.workflow import CONCLUDED, Book, Side
from marketplace.kernel import clock
from marketplace.parties.models import User
from marketplace.parties.policies import access_of
from marketplace.parties.queries import binders_of


def people_of(contract: Contract, side: str = "") -> list[User]:
    """Who binds the inside parties of a side, or of both; and who began the contract, while a member."""
    rows = of_side(contract, side) if side else [*sellers(contract), *buyers(contract)]
    orgs = [row.organization_id for row in rows if row.organization_id is not None]
    people = {person.pk: person for org in orgs for person in binders_of(org)}
    author = contract.created_by
    if author is not None and any(access_of(author).in_org(org) for org in orgs):
        people[author.pk] = author
    return list(people.values())


def contract_facts(
    brokers: Sequence[int], since: datetime | None, until: datetime | None
) -> dict[int, list[Fact]]:
    """The signed contracts that name these brokers, for their records. Two queries."""
    rows = ContractParty.objects.filter(
        side=Side.BROKER,
        broker_id__in=brokers,
        contract__status__in=sorted(CONCLUDED),
    ).select_related("contract")
    # A sample counts in the record of a sample broker only.
    rows = rows.filter(Q(contract__book=Book.CITY) | Q(broker__is_sample=True))
    if since is not None:
        rows = rows.filter(contract__signed_on__gte=clock.day_of(since))
    if until is not None:
        rows = rows.filter(contract__signed_on__lt=clock.day_of(until))
    found: dict[int, list[Fact]] = {}
    for row in rows.prefetch_related("contract__parties"):
        contract = row.contract
        if contract.signed_on is None or row.broker_id is None:
            continue
        # The public list says kind and month only, since no title is given.
        found.setdefault(row.broker_id, []).append(
            Fact(
                kind=CONTRACT,
                at=clock.end_of_day(contract.signed_on) - timedelta(microseconds=1),
                title="",
                name=contract.title,
                number=contract.code,
                buyer="、".join(one.name for one in buyers(contract)),
                seller="、".join(one.name for one in sellers(contract)),
                amount_fen=contract.amount_total_fen,
                technical_fen=contract.amount_technical_fen,
                contract=contract.code,
                is_achievement=contract.achievement_id is not None,
            )
        )
    return found
