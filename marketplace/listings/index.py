"""The part of a search document that needs and achievements have in common: public fields only."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.taxonomy import queries as taxonomy
from search.schema import Date, Document, Field, Keyword, Number, SourceRow, Text

#: Shown in lists and found by search; an expired listing keeps its page but leaves the lists.
LISTED = frozenset({"published", "solved", "transferred"})

COMMON_FIELDS: dict[str, Field] = {
    "title": Text(title=True, suggest=3),
    "summary": Text(),
    "body": Text(),
    "keywords": Text(),
    "keyword": Keyword(multi=True, suggest=1),
    "industry": Keyword(multi=True),
    "field": Keyword(),
    "chain": Keyword(),
    "district": Keyword(),
    "cooperation": Keyword(multi=True),
    "owner": Keyword(),
    "owner_kind": Keyword(),
    "status": Keyword(),
    "published_at": Date(),
    "expires_at": Date(),
    "price": Number(),
    "price_band": Keyword(),
}

_WAN = 1_000_000
#: Price bands as (code, below which amount in fen); the last is open, "face" means 面议.
BANDS = (("lt50", 50 * _WAN), ("lt100", 100 * _WAN), ("lt300", 300 * _WAN), ("lt1000", 1000 * _WAN))


def price_band(fen: int | None) -> str:
    """The band of an amount in fen."""
    if fen is None:
        return "face"
    return next((code for code, limit in BANDS if fen < limit), "more")


def common_document(
    listing: Listing, *, body: Iterable[str], hide_owner: bool = False
) -> dict[str, Any]:
    """The shared fields of one listing. `price` (fen) is for ranges and sorting."""
    industries = [listing.industry, *taxonomy.ancestors("industry", listing.industry)]
    return {
        "title": listing.title,
        "summary": listing.summary,
        "body": "\n".join(part for part in body if part),
        "keywords": " ".join(listing.keywords),
        "keyword": list(listing.keywords),
        "industry": [code for code in industries if code],
        "field": listing.field,
        "chain": listing.chain,
        "district": listing.district,
        "cooperation": list(listing.cooperation),
        "owner": "" if hide_owner else listing.owner.code,
        "owner_kind": listing.owner.kind,
        "status": listing.status,
        "published_at": listing.published_at,
        "expires_at": listing.expires_at,
    }


def source_of(
    model: type[Any], document: Callable[[Any], Document], related: Sequence[str]
) -> Callable[[Sequence[str] | None], Iterable[SourceRow]]:
    """A source of rows for the index: documents for what is listed, tombstones for the rest."""

    def rows(codes: Sequence[str] | None) -> Iterator[SourceRow]:
        found = queries.manager(model).select_related("owner").prefetch_related(*related)
        found = found.order_by("pk") if codes is None else found.filter(code__in=codes)
        for listing in found.iterator(chunk_size=500):
            listed = listing.status in LISTED
            yield listing.code, listing.rev, document(listing) if listed else None

    return rows
