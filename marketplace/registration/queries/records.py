"""Registered contracts in the record of a broker, and the badge of a listing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from marketplace.brokerage.queries.record import CONTRACT, Fact
from marketplace.deals.models import ContractParty
from marketplace.deals.workflow import Book, Side
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of
from marketplace.registration.models import Decision, Filing
from marketplace.registration.workflow import COUNTED
from marketplace.taxonomy import queries as taxonomy

_PARTIES = (Side.SELLER, Side.BUYER)


def facts_of_brokers(
    broker_ids: Sequence[int], since: datetime | None, until: datetime | None
) -> dict[int, list[Fact]]:
    """The registered contracts that name these brokers, by broker; two queries.

    Dated by the official registration. The public list shows `title`, which is the kind of contract.
    """
    parts = ContractParty.objects.filter(
        broker_id__in=list(broker_ids),
        contract__filing__status__in=sorted(COUNTED),
        contract__filing__official_on__isnull=False,
    ).select_related("contract__filing")
    if since is not None:
        parts = parts.filter(contract__filing__official_on__gte=clock.day_of(since))
    if until is not None:
        parts = parts.filter(contract__filing__official_on__lt=clock.day_of(until))
    found: dict[int, list[Fact]] = {pk: [] for pk in broker_ids}
    for part in parts.prefetch_related("contract__parties"):
        contract, filing = part.contract, part.contract.filing
        names = {
            side: "、".join(row.name for row in contract.parties.all() if row.side == side)
            for side in ("seller", "buyer")
        }
        found[part.broker_id or 0].append(
            Fact(
                kind=CONTRACT,
                at=_instant(filing.official_on or clock.today()),
                title=taxonomy.label("contract_type", filing.recognised_type),
                name=contract.title,
                number=filing.official_number or "",
                buyer=names["buyer"],
                seller=names["seller"],
                amount_fen=filing.recognised_total_fen,
                technical_fen=filing.recognised_technical_fen,
                contract=contract.code,
                is_registered=True,
                is_achievement=contract.achievement_id is not None,
            )
        )
    return found


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=clock.SHANGHAI)


def registered_of_listings(actor: Actor, kind: str, listing_ids: Iterable[int]) -> set[int]:
    """Which of these needs or achievements led to a registered contract of the person's organisations.

    One query; none for a person without an organisation. Nobody else is told: that a listing led to a
    contract is the parties' own affair until both agree to publish it, and the platform asks for no such consent.
    """
    column = {"needs": "need_id", "achievements": "achievement_id"}.get(kind)
    orgs = list(access_of(actor).orgs)
    if column is None or not orgs:
        return set()
    rows: QuerySet[Filing] = Filing.objects.filter(
        Q(contract__owner_id__in=orgs)
        | Q(contract__parties__organization_id__in=orgs, contract__parties__side__in=_PARTIES),
        Q(**{f"contract__{column}__in": list(listing_ids)}),
        status__in=sorted(COUNTED),
    )
    return set(rows.values_list(f"contract__{column}", flat=True))


def sample_call() -> Filing | None:
    """The registered contract of a sample call that began with no enquiry, with what it came from. One query."""
    rows = Filing.objects.filter(
        contract__award__isnull=False,
        contract__enquiry=None,
        contract__book=Book.SAMPLE,
        book=Book.SAMPLE,
        status__in=sorted(COUNTED),
    ).select_related(
        "contract__award__result__tender__need",
        "contract__award__entry__organization",
        "contract__award__publicity",
    )
    return rows.order_by("id").first()


def golden_decisions(enquiry_ids: Iterable[int]) -> dict[int, list[Decision]]:
    """The decisions on filings of sample contracts, oldest first, by the enquiry that they began with. One query."""
    rows = Decision.objects.filter(
        filing__contract__enquiry_id__in=list(enquiry_ids), filing__contract__book=Book.SAMPLE
    )
    found: dict[int, list[Decision]] = {}
    for row in rows.select_related("filing__contract").order_by("id"):
        key = row.filing.contract.enquiry_id
        if key is not None:
            found.setdefault(key, []).append(row)
    return found
