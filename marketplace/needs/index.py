"""How a need becomes a search document. Nothing confidential: no contact, no hidden owner."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

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
from marketplace.needs.models import Need
from marketplace.needs.rulebook import without_set_phrases
from search import schema
from search.schema import Date, Document, IndexSpec, Keyword, Number

#: Columns that are searched for a word while there is no index. The name of the owner may be hidden.
_TEXTS = [*COMMON_TEXTS, "problem", "content", "background", "conditions"]


def document(need: Need) -> Document:
    """The public part of a need."""
    rows = list(need.indicators.all())
    fields: dict[str, Any] = common_document(
        need,
        body=[
            need.problem,
            need.content,
            need.background,
            need.basis,
            " ".join(f"{row.name} {row.requirement}" for row in rows),
            need.conditions,
        ],
        hide_owner=need.hide_owner,
    )
    price = need.budget_max if need.budget_max is not None else need.budget_min
    return fields | {
        "kind": need.kind,
        "trl_min": need.trl_min,
        "price": price,
        "price_band": price_band(price),
        "deadline": need.deadline,
    }


def _of_shown_owner(codes: Sequence[str]) -> Q:
    """Needs of these organisations, without those that hide their owner."""
    return Q(owner__code__in=codes, hide_owner=False)


NEEDS = schema.register(
    IndexSpec(
        name="needs",
        label=_("技术需求"),
        fields={
            **COMMON_FIELDS,
            "owner": Keyword(lookup=_of_shown_owner),
            "kind": Keyword(column="kind"),
            "trl_min": Number(column="trl_min"),
            "deadline": Date(column="deadline"),
        },
        source=source_of(Need, document, ["indicators"]),
        newest=newest_of(Need, document, ["indicators"], _TEXTS),
        shown=shown_of(Need),
        size=Need.objects.count,
        table=table_of(Need, Coalesce("budget_max", "budget_min")),
        prepare=without_set_phrases,
        default_sort="-published_at",
    )
)
