"""How an achievement becomes a search document. Nothing confidential, no contact."""

from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.listings.index import COMMON_FIELDS, common_document, price_band, source_of
from search import schema
from search.schema import Document, IndexSpec, Keyword


def document(achievement: Achievement) -> Document:
    """The public part of an achievement."""
    rows = list(achievement.indicators.all())
    fields: dict[str, Any] = common_document(
        achievement,
        body=[
            achievement.description,
            achievement.innovation,
            achievement.scenario,
            achievement.comparison,
            " ".join(f"{row.name} {row.offer}" for row in rows),
        ],
    )
    price = achievement.price_min if achievement.price_min is not None else achievement.price_max
    patents = list(achievement.patents.all())
    return fields | {
        "trl": str(achievement.trl or ""),
        "pricing": achievement.pricing_mode,
        "ip": sorted({row.kind for row in patents if row.status != "lapsed"}) or ["none"],
        "price": price,
        "price_band": price_band(price),
    }


ACHIEVEMENTS = schema.register(
    IndexSpec(
        name="achievements",
        fields={
            **COMMON_FIELDS,
            "trl": Keyword(),
            "pricing": Keyword(),
            "ip": Keyword(multi=True),
        },
        source=source_of(Achievement, document, ["indicators", "patents"]),
        size=Achievement.objects.count,
        default_sort="-published_at",
    )
)
