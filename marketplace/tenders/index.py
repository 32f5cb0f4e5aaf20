"""How a tender becomes a search document: what everybody reads of it. Of bids nothing, not even their number."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.codes import written
from marketplace.kernel.pages import in_pages
from marketplace.kernel.unreadable import streamed
from marketplace.listings.index import any_of, price_bands
from marketplace.listings.rulebook import BANDS, price_band
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import OPEN, PAST_DEADLINE, PUBLIC, Status
from search import schema
from search.schema import Date, Document, IndexSpec, Keyword, SourceRow, Table, Text

#: While there is no index, so many of those published last are looked through.
LOOKED_AT = 20_000
#: How many rows are read at a time while an index is built.
PAGE = 500
#: What a reader asks for, and the states that it means.
PHASES: dict[str, frozenset[str]] = {
    "open": frozenset(OPEN),
    "closed": frozenset(PAST_DEADLINE),
    "cancelled": frozenset({Status.CANCELLED}),
}
_TEXTS = ("title", "summary", "content", "conditions", "deliverables", "code")


def phase_of(tender: Tender) -> str:
    """The key of `PHASES` that a public tender is in by its column; empty for one that is not public."""
    return next((name for name, states in PHASES.items() if tender.status in states), "")


def document(tender: Tender) -> Document:
    """The public part of a tender. `closes_at` is empty while its time stands still."""
    lots = list(tender.lots.all())
    budgets = [lot.budget for lot in lots if lot.budget is not None]
    budget = sum(budgets) if budgets else None
    return {
        "title": tender.title,
        "summary": tender.summary,
        "body": f"{tender.content}\n{tender.conditions}\n{tender.deliverables}",
        "requirements": "\n".join(f"{one.name} {one.target}" for one in tender.requirements.all()),
        "names": "\n".join([tender.owner.name, written(tender.code)]),
        "phase": phase_of(tender),
        "procedure": tender.procedure,
        "sealing": tender.sealing,
        "industry": tender.industry,
        "district": tender.district,
        "owner": tender.owner.code,
        "price_band": price_band(budget),
        "deadline": tender.deadline,
        "closes_at": None if tender.is_suspended else tender.deadline,
        "published_at": tender.published_at,
    }


def _all() -> QuerySet[Tender]:
    return Tender.objects.select_related("owner").prefetch_related("lots", "requirements")


def rows(codes: Sequence[str] | None) -> Iterator[SourceRow]:
    """Documents of what is public, tombstones for the rest."""
    found = _all() if codes is None else _all().filter(code__in=codes)
    for row in in_pages(found, PAGE):
        yield row.code, row.rev, document(row) if row.is_public else None


def newest(words: Sequence[str]) -> Iterator[SourceRow]:
    """What is public, newest first, with each of these words in one of the texts."""
    public = Tender.objects.filter(status__in=PUBLIC).order_by("-published_at", "-id")
    found = _all().filter(pk__in=public.values("pk")[:LOOKED_AT])
    for word in words:
        within = Q(owner__name__icontains=word)
        for text in _TEXTS:
            within |= Q(**{f"{text}__icontains": word})
        found = found.filter(within)
    for row in streamed(found.order_by("-published_at", "-id"), 100):
        yield row.code, row.rev, document(row)


def shown(codes: Sequence[str]) -> Iterable[str]:
    """Which of these are public; one query."""
    return Tender.objects.filter(code__in=codes, status__in=PUBLIC).values_list("code", flat=True)


def _listed() -> QuerySet[Any]:
    """What the database's own list is of, with the columns that the index computes."""
    stands_still = When(suspended_at__isnull=False, then=Value(None))
    closes_at = Case(stands_still, default=F("deadline"), output_field=DateTimeField())
    public = Tender.objects.filter(status__in=PUBLIC)
    return public.alias(list_price=Sum("lots__budget"), closes_at=closes_at)


def _in_phase(values: Sequence[Any]) -> Q:
    return any_of(Q(status__in=sorted(PHASES.get(str(value), ()))) for value in values)


TENDERS = schema.register(
    IndexSpec(
        name="tenders",
        label=_("揭榜征集"),
        fields={
            "title": Text(title=True, suggest=2),
            "summary": Text(),
            "body": Text(),
            "requirements": Text(),
            # The code; name of the purchaser.
            "names": Text(naming=True, weight=0.3),
            "phase": Keyword(lookup=_in_phase),
            "procedure": Keyword(column="procedure"),
            "sealing": Keyword(column="sealing"),
            "industry": Keyword(column="industry"),
            "district": Keyword(column="district"),
            "owner": Keyword(column="owner__code"),
            "price_band": price_bands(BANDS),
            "deadline": Date(column="deadline"),
            "closes_at": Date(column="closes_at"),
            "published_at": Date(column="published_at"),
        },
        source=rows,
        newest=newest,
        shown=shown,
        size=Tender.objects.count,
        table=Table(rows=_listed, id="code"),
        default_sort="-published_at",
    )
)
