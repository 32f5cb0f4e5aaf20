"""Questions about service offers that are not the same for every listing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.forms.models import model_to_dict

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.listings import queries as listings
from marketplace.listings.rulebook import Quality
from marketplace.listings.workflow import OPEN
from marketplace.offerings import rulebook
from marketplace.offerings.models import Filing, Offering, Qualification

#: An owner is reminded so many days before a qualification ends.
REMINDED = timedelta(days=30)


def visible_to(actor: Actor) -> QuerySet[Offering]:
    """The service offers that `actor` may see."""
    return listings.visible_to(Offering, actor)


def quality_of(offering: Offering) -> Quality:
    """The quality gate's view of a stored offer; two queries."""
    rows = {
        name: [model_to_dict(row) for row in getattr(offering, name).all()]
        for name in ("qualifications", "equipment")
    }
    return quality_before(offering, rows)


def quality_before(offering: Offering, rows: Mapping[str, Any]) -> Quality:
    """The same for an offer with these child rows, stored or not; no query."""
    values = model_to_dict(offering) | offering.contact.columns
    qualifications, equipment = rows.get("qualifications", []), rows.get("equipment", [])
    return rulebook.assess(values, qualifications, equipment, clock.today())


def running(today: date) -> Q:
    """Qualifications whose validity is not over on this day."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=today)


def codes_with_ended_qualification(since: date, today: date) -> list[str]:
    """Open offers with a qualification whose last day was on or after `since` and before `today`."""
    ended = Q(qualifications__valid_until__gte=since, qualifications__valid_until__lt=today)
    open_offers = Offering.objects.filter(ended, status__in=OPEN)
    return list(open_offers.values_list("code", flat=True).distinct())


def ending_qualifications(actor: Actor, limit: int) -> list[Qualification]:
    """Qualifications of the actor's open offers that end soon or have ended, the earliest first."""
    offers = listings.own(Offering, actor).filter(status__in=OPEN).order_by()
    rows = Qualification.objects.filter(
        offering__in=offers.values("pk"), valid_until__lte=clock.today() + REMINDED
    )
    return list(rows.select_related("offering").order_by("valid_until", "pk")[:limit])


def latest_filings(organizations: Sequence[Any]) -> dict[int, Filing]:
    """The newest filing of each of these organisations that has one, by its key; one query."""
    rows = Filing.objects.filter(organization__in=[org.pk for org in organizations])
    return {filing.organization_id: filing for filing in rows.order_by("year")}


def categories_of(organizations: Sequence[Any]) -> dict[int, list[str]]:
    """The categories of the open offers of these organisations, by its key; one query."""
    rows = Offering.objects.filter(owner__in=[org.pk for org in organizations], status__in=OPEN)
    found: dict[int, list[str]] = {}
    for owner, category in rows.values_list("owner", "category").distinct().order_by("category"):
        found.setdefault(owner, []).append(category)
    return found


def open_offers(categories: Iterable[str] = ()) -> QuerySet[Offering]:
    """The open offers of these categories, of all without any."""
    rows = Offering.objects.filter(status__in=OPEN)
    chosen = list(categories)
    return rows.filter(category__in=chosen) if chosen else rows
