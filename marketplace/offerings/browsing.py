"""The directory of service organisations: verified organisations with an open offer."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from marketplace.offerings.models import Filing
from marketplace.offerings.queries import open_offers
from marketplace.parties import browsing
from marketplace.parties.models import Organization

#: The value of the facet for bodies that the province has filed.
FILED = "filed"


@dataclass(frozen=True)
class Asked:
    """What a reader chose; nothing chosen means all."""

    q: str = ""
    categories: Collection[str] = ()
    districts: Collection[str] = ()
    filed: bool = False


@dataclass(frozen=True)
class Providers:
    """The organisations found, and how many there are for each value of a facet.

    What is chosen of a facet does not narrow its own counts.
    """

    rows: QuerySet[Organization]
    categories: dict[str, int]
    districts: dict[str, int]
    filed: int


def providers(asked: Asked) -> Providers:
    """Service organisations found by words, best first, or all by name. Nobody is left out for want of a filing."""
    found = browsing.directory(asked.q).rows
    by_category = found.filter(_offers(asked.categories))
    by_district = Q(district__in=asked.districts) if asked.districts else Q()
    filed = Q(pk__in=Filing.objects.values("organization"))
    by_filing = filed if asked.filed else Q()
    of_districts = by_category.filter(by_filing).order_by().values_list("district")
    return Providers(
        rows=by_category.filter(by_district, by_filing),
        categories=_counts_by_category(found.filter(by_district, by_filing)),
        districts=dict(of_districts.annotate(n=Count("pk"))),
        filed=by_category.filter(by_district, filed).count(),
    )


def _offers(categories: Collection[str]) -> Q:
    return Q(pk__in=open_offers(categories).values("owner"))


def _counts_by_category(organizations: QuerySet[Organization]) -> dict[str, int]:
    owners = organizations.order_by().values("pk")
    rows = open_offers().filter(owner__in=owners).order_by().values_list("category")
    return dict(rows.annotate(n=Count("owner", distinct=True)))
