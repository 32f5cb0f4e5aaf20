"""How an achievement becomes a search document. Nothing confidential and no contact."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from marketplace.achievements.models import Achievement, Patent
from marketplace.listings.index import (
    COMMON_FIELDS,
    COMMON_TEXTS,
    common_document,
    newest_of,
    shown_of,
    source_of,
    table_of,
)
from marketplace.listings.rulebook import price_band
from search import schema
from search.schema import Document, IndexSpec, Keyword, Number

#: A value beside the kinds of right: the achievement has a right that was granted.
GRANTED = "granted"
_ROWS = ["indicators", "patents"]

#: Columns that are searched for a word while there is no index.
_TEXTS = [
    *COMMON_TEXTS,
    "innovation",
    "scenario",
    "description",
    "comparison",
    "owner__name",
    "owner__name_en",
]


def document(achievement: Achievement) -> Document:
    """The public part of an achievement."""
    indicators = list(achievement.indicators.all())
    patents = list(achievement.patents.all())
    fields: dict[str, Any] = common_document(
        achievement,
        body=[
            achievement.innovation,
            achievement.scenario,
            achievement.description,
            achievement.comparison,
            " ".join(f"{row.name} {row.offer}" for row in indicators),
            " ".join(row.title for row in patents),
        ],
    )
    low, high = achievement.price_min, achievement.price_max
    price = low if low is not None else high
    rights = {row.kind for row in patents if row.kind}
    if any(row.status == GRANTED for row in patents):
        rights.add(GRANTED)
    return fields | {
        "trl": "" if achievement.trl is None else str(achievement.trl),
        "ip": sorted(rights),
        "pricing": achievement.pricing_mode,
        "price_min": low,
        "price_max": high,
        "price": price,
        "price_band": price_band(price),
    }


def _with_rights(values: Sequence[str]) -> Q:
    """Achievements with a right of one of these kinds; `GRANTED` stands for the state of a right."""
    wanted = Q(kind__in=[value for value in values if value != GRANTED])
    if GRANTED in values:
        wanted |= Q(status=GRANTED)
    return Q(pk__in=Patent.objects.filter(wanted).values("achievement"))


ACHIEVEMENTS = schema.register(
    IndexSpec(
        name="achievements",
        label=_("科技成果"),
        fields={
            **COMMON_FIELDS,
            "trl": Keyword(column="trl"),
            "ip": Keyword(multi=True, lookup=_with_rights),
            "pricing": Keyword(column="pricing_mode"),
            "price_min": Number(column="price_min"),
            "price_max": Number(column="price_max"),
        },
        source=source_of(Achievement, document, _ROWS),
        newest=newest_of(Achievement, document, _ROWS, _TEXTS),
        shown=shown_of(Achievement),
        size=Achievement.objects.count,
        table=table_of(Achievement, Coalesce("price_min", "price_max")),
        default_sort="-published_at",
    )
)
