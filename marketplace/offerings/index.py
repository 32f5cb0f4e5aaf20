"""How a service offer becomes a search document. Nothing confidential and no contact."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.listings.index import (
    COMMON_FIELDS,
    COMMON_TEXTS,
    any_of,
    common_document,
    newest_of,
    price_bands,
    shown_of,
    source_of,
    table_of,
)
from marketplace.listings.rulebook import price_band
from marketplace.offerings.models import Offering, Qualification
from marketplace.offerings.queries import running
from marketplace.offerings.rulebook import BANDS
from marketplace.taxonomy import queries as taxonomy
from search import schema
from search.schema import Document, IndexSpec, Keyword, Number

_ROWS = ["qualifications", "equipment"]
REGION = "service_region"

#: Columns that are searched for a word while there is no index.
_TEXTS = [*COMMON_TEXTS, "description", "standards", "cases", "owner__name", "owner__name_en"]


def document(offering: Offering) -> Document:
    """The public part of a service offer. An ended qualification is none."""
    today = clock.today()
    held = [row for row in offering.qualifications.all() if not row.is_over(today)]
    fields: dict[str, Any] = common_document(
        offering,
        body=[
            offering.description,
            offering.standards,
            offering.deliverables,
            offering.client_provides,
            offering.cases,
            " ".join(
                f"{row.name} {row.model} {row.capability}" for row in offering.equipment.all()
            ),
            " ".join(f"{taxonomy.label('qualification', row.scheme)} {row.scope}" for row in held),
        ],
    )
    price = _price(offering)
    return fields | {
        "category": offering.category,
        "price_mode": offering.price_mode,
        "qualification": sorted({row.scheme for row in held}),
        "regions": sorted(_with_all_below(offering.regions)),
        "turnaround": offering.turnaround,
        "price": price,
        "price_band": price_band(price, BANDS),
    }


def _price(offering: Offering) -> int | None:
    low, high = offering.price_min, offering.price_max
    return low if low is not None else high


def _with_all_below(regions: Sequence[str]) -> set[str]:
    """Who serves the province serves each of its districts."""
    below = (code for region in regions for code in taxonomy.descendants(REGION, region))
    return {*regions, *below}


def _qualified(values: Sequence[str]) -> Q:
    """Offers with a qualification of one of these schemes that has not ended."""
    held = Qualification.objects.filter(running(clock.today()), scheme__in=list(values))
    return Q(pk__in=held.values("offering"))


def _serving(values: Sequence[str]) -> Q:
    """Offers that serve one of these regions, or one that includes it."""
    codes = {code for value in values for code in (value, *taxonomy.ancestors(REGION, value))}
    return any_of(Q(regions_text__contains=f'"{code}"') for code in sorted(codes))


OFFERINGS = schema.register(
    IndexSpec(
        name="offerings",
        label=_("科技服务"),
        fields={
            **COMMON_FIELDS,
            "price_band": price_bands(BANDS),
            "category": Keyword(column="category"),
            "price_mode": Keyword(column="price_mode"),
            "qualification": Keyword(multi=True, lookup=_qualified),
            "regions": Keyword(multi=True, lookup=_serving),
            "turnaround": Number(column="turnaround"),
        },
        source=source_of(Offering, document, _ROWS),
        newest=newest_of(Offering, document, _ROWS, _TEXTS),
        shown=shown_of(Offering),
        size=Offering.objects.count,
        table=table_of(
            Offering, Coalesce("price_min", "price_max"), lists=("cooperation", "regions")
        ),
        default_sort="-published_at",
    )
)
