"""The yearly filing form as it stands: counted from the record, with what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from marketplace.brokerage.models import Broker, Certificate, Training, YearlyForm
from marketplace.brokerage.queries.record import CONTRACT, Fact, once_each, records_of
from marketplace.brokerage.queries.register import brokers
from marketplace.brokerage.rulebook.filing import (
    LEGAL_FORMS,
    Item,
    growth,
    items_of,
    missing_items,
    share,
)
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.listings.kind import kinds
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.taxonomy import queries as taxonomy


@dataclass(frozen=True)
class FilingForm:
    """One form: its values by item, the tables, and the needed items that are empty.

    `broker_rows` have the certificate that holds at the end of the year, the best first.
    """

    year: int
    title: str
    is_firm: bool
    rev: int
    values: dict[str, Any]
    contracts: Sequence[Fact] = field(default_factory=list)
    deals: Sequence[Fact] = field(default_factory=list)
    broker_rows: Sequence[tuple[Broker, Certificate | None]] = field(default_factory=list)

    @property
    def items(self) -> list[tuple[Item, Any]]:
        """Every line with its value, in the order of the form."""
        return [(item, self.values.get(item.name)) for item in items_of(firm=self.is_firm)]

    @property
    def missing(self) -> list[Item]:
        """The needed lines without a value."""
        return missing_items(self.values, firm=self.is_firm)

    @property
    def without_certificate(self) -> list[Broker]:
        """Brokers whose certificate is missing from the form's table."""
        return [row for row, certificate in self.broker_rows if certificate is None]


def years() -> list[int]:
    """The years that a form can be made for: this one and the four before it, newest first."""
    this = clock.today().year
    return list(range(this, this - 5, -1))


def stored_filing(subject: Broker | Organization, year: int) -> YearlyForm:
    """The typed figures of this year; an empty row that is not saved where there are none."""
    key = {"broker": subject} if isinstance(subject, Broker) else {"organization": subject}
    return YearlyForm.objects.filter(**key, year=year).first() or YearlyForm(**key, year=year)


def filing_form(subject: Broker | Organization, year: int) -> FilingForm:
    """The form of a broker, or of a firm with its brokers, for one year in Asia/Shanghai."""
    stored = stored_filing(subject, year)
    is_firm = isinstance(subject, Organization)
    people = list(brokers_of(subject)) if isinstance(subject, Organization) else [subject]
    since, until = period(year)
    records = records_of(people, since, until).values()
    # Two brokers of a firm may stand in one contract, which the firm counts once.
    facts = once_each(fact for record in records for fact in record.facts)
    facts.sort(key=lambda fact: fact.at)
    contracts = [fact for fact in facts if fact.kind == CONTRACT and fact.is_registered]
    deals = [fact for fact in contracts if fact.is_achievement]
    values = {
        **stored.figures,
        **_identity(subject),
        **_counts(facts, contracts, deals, people, year),
    }
    values["legal_form"] = str(dict(LEGAL_FORMS).get(values.get("legal_form", ""), ""))
    if is_firm:
        staff = values.get("staff")
        values["managers"] = len(people)
        values["managers_share"] = share(len(people), staff)
        values["growth"] = growth(values.get("service_income"), values.get("service_before"))
    return FilingForm(
        year=year,
        title=subject.name,
        is_firm=is_firm,
        rev=stored.rev,
        values=values,
        contracts=contracts,
        deals=deals,
        broker_rows=_with_certificates(people, date(year, 12, 31)),
    )


def period(year: int) -> tuple[datetime, datetime]:
    """The half-open period of a year in Asia/Shanghai, as instants in UTC."""
    return clock.end_of_day(date(year - 1, 12, 31)), clock.end_of_day(date(year, 12, 31))


def brokers_of(firm: Organization) -> QuerySet[Broker]:
    """The brokers in the register who work for the firm, by name."""
    rows = brokers().filter(organization=firm, status=BrokerStatus.ENTERED)
    return rows.order_by("name", "id")


def firms_of(actor: Actor) -> list[Organization]:
    """The organisations whose form this person may fill in: those that he makes promises for."""
    access = access_of(actor)
    ids = [pk for pk in access.orgs if access.binds(pk)]
    return list(Organization.objects.filter(pk__in=ids).order_by("name"))


def _identity(subject: Broker | Organization) -> dict[str, Any]:
    if isinstance(subject, Broker):
        unit = subject.organization.name if subject.organization else subject.unit
        return {
            "person": subject.name,
            "unit": unit,
            "contact": subject.name,
            "phone": subject.phone,
        }
    return {
        "name": subject.name,
        "uscc": subject.uscc or "",
        "kind": taxonomy.label("org_kind", subject.kind),
        "contact": subject.contact_name,
        "phone": subject.contact_phone,
        "address": subject.address,
        "website": subject.website,
    }


def _counts(
    facts: Sequence[Fact],
    contracts: Sequence[Fact],
    deals: Sequence[Fact],
    people: Sequence[Broker],
    year: int,
) -> dict[str, Any]:
    since, until = period(year)
    users = [row.user_id for row in people]
    return {
        "introductions": sum(fact.kind == "introduction" for fact in facts),
        "intents": sum(fact.kind == "intent" for fact in facts),
        "contracts": len(contracts),
        "contract_sum": sum(fact.amount_fen or 0 for fact in contracts),
        "turnover": sum(fact.technical_fen or 0 for fact in contracts),
        "deals": len(deals),
        "deal_sum": sum(fact.amount_fen or 0 for fact in deals),
        # A need counts for who wrote it down, in the year in which it was first public.
        "needs": sum(
            kind.model._default_manager.filter(  # noqa: SLF001 -- documented
                author__in=users, published_at__gte=since, published_at__lt=until
            ).count()
            for kind in kinds()
            if kind.name == "needs"
        ),
        "hours": sum(
            Training.objects.filter(broker__in=people, year=year).values_list("hours", flat=True)
        ),
    }


def _with_certificates(
    people: Sequence[Broker], day: date
) -> list[tuple[Broker, Certificate | None]]:
    """Each broker with the best checked certificate that held on this day."""
    rank = {"senior": 0, "middle": 1, "junior": 2, "none": 3}
    found: dict[int, Certificate] = {}
    rows = Certificate.objects.filter(
        broker__in=people, checked_at__isnull=False, valid_from__lte=day
    ).order_by("-valid_from", "id")
    for row in rows:
        if row.valid_until is not None and row.valid_until < day:
            continue
        best = found.get(row.broker_id)
        if best is None or rank[row.level] < rank[best.level]:
            found[row.broker_id] = row
    return [(row, found.get(row.pk)) for row in people]
