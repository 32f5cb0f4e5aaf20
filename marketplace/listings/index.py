"""What the search documents of all kinds have in common: public fields only.

Each field also says how the database filters by it, for lists without words while the index is away
(`search.table`). A field that can be filtered must say so, or the index cannot be declared.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from marketplace.kernel.codes import written
from marketplace.kernel.pages import in_pages
from marketplace.kernel.unreadable import streamed
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.policies import is_hidden
from marketplace.listings.rulebook import BANDS, FACE, Bands
from marketplace.listings.workflow import LISTED
from marketplace.taxonomy import queries as taxonomy
from search.schema import Date, Document, Field, Keyword, Number, SourceRow, Table, Text

L = TypeVar("L", bound=Listing)


def _in_industry(values: Sequence[Any]) -> Q:
    """A listing is in its industry and in all that are above it."""
    below = [code for value in values for code in taxonomy.descendants("industry", value)]
    return Q(industry__in=[*values, *below])


def _with_cooperation(values: Sequence[Any]) -> Q:
    return any_of(Q(cooperation_text__contains=f'"{value}"') for value in values)


def price_bands(bands: Bands) -> Keyword:
    """The field for the bands of price; the database finds the rows that `price_band` puts into them."""

    def in_band(code: str) -> Q:
        if code == FACE:
            return Q(list_price__isnull=True)
        band = bands[code]
        low = Q(list_price__gte=band.low)
        return low if band.high is None else low & Q(list_price__lt=band.high)

    return Keyword(lookup=lambda values: any_of(map(in_band, values)))


def any_of(parts: Iterable[Q]) -> Q:
    """Rows for which one of the parts holds; none without parts."""
    return reduce(or_, parts, Q(pk__in=[]))


COMMON_FIELDS: dict[str, Field] = {
    "title": Text(title=True, suggest=3),
    "summary": Text(),
    "body": Text(),
    "keywords": Text(),
    "title_en": Text(title=True, translation=True, suggest=2),
    "summary_en": Text(translation=True),
    # The code of the listing; name, English name and code of its owner, unless the owner is hidden.
    "names": Text(naming=True, weight=0.3),
    "keyword": Keyword(multi=True, suggest=1),
    "industry": Keyword(multi=True, lookup=_in_industry),
    "field": Keyword(column="field"),
    "chain": Keyword(column="chain"),
    "district": Keyword(column="district"),
    "cooperation": Keyword(multi=True, lookup=_with_cooperation),
    "owner": Keyword(column="owner__code"),
    "owner_kind": Keyword(column="owner__kind"),
    "status": Keyword(column="status"),
    "published_at": Date(column="published_at"),
    "expires_at": Date(column="expires_at"),
    "price": Number(column="list_price"),
    "price_band": price_bands(BANDS),
}

#: Columns of the owner by which a listing is found.
OWNER_NAMES = frozenset({"name", "name_en"})
#: Columns of every kind that are searched for a word while there is no index.
COMMON_TEXTS = ("title", "summary", "title_en", "summary_en", "code")
#: While there is no index, only so many of the newest listings are searched.
LOOKED_AT = 20_000
#: How many rows are read at once when an index is built.
PAGE = 500


def common_document(
    listing: Listing, *, body: Iterable[str], hide_owner: bool = False
) -> dict[str, Any]:
    """The shared fields of one listing. `price` (fen) is for ranges and sorting."""
    owner = listing.owner
    names = [written(listing.code)]
    if not hide_owner:
        names += [owner.name, owner.name_en, written(owner.code)]
    industries = [listing.industry, *taxonomy.ancestors("industry", listing.industry)]
    return {
        "title": listing.title,
        "summary": listing.summary,
        "body": "\n".join(part for part in body if part),
        "keywords": " ".join(listing.keywords),
        "title_en": listing.title_en,
        "summary_en": listing.summary_en,
        "names": "\n".join(names),
        "keyword": list(listing.keywords),
        "industry": [code for code in industries if code],
        "field": listing.field,
        "chain": listing.chain,
        "district": listing.district,
        "cooperation": list(listing.cooperation),
        "owner": "" if hide_owner else owner.code,
        "owner_kind": owner.kind,
        "status": listing.status,
        "published_at": listing.published_at,
        "expires_at": listing.expires_at,
    }


def listed(model: type[L]) -> QuerySet[L]:
    """The listings of this kind that stand in lists."""
    return queries.manager(model).filter(queries.owner_not_suspended(), status__in=LISTED)


def table_of(model: type[Any], price: Any, lists: Sequence[str] = ("cooperation",)) -> Table:
    """The database's source of this kind's list. `price` is the expression that it is sorted by, in fen.

    SQLite cannot ask whether a JSON list holds a code; its text can be asked everywhere. So each of `lists`
    can be asked under the name `<column>_text`.
    """
    return Table(
        rows=lambda: listed(model).alias(
            list_price=price, **{f"{name}_text": Cast(name, TextField()) for name in lists}
        ),
        id="code",
        unfiltered=frozenset({"keyword"}),
    )


def newest_of(
    model: type[Any],
    document: Callable[[Any], Document],
    related: Sequence[str],
    texts: Sequence[str],
) -> Callable[[Sequence[str]], Iterable[SourceRow]]:
    """A search of the database: listed rows, newest first, in which each word occurs in one of `texts`.

    Only the newest LOOKED_AT rows are searched, so that the time does not grow with the table.
    """

    def rows(words: Sequence[str]) -> Iterator[SourceRow]:
        recent = listed(model).order_by("-published_at", "-pk").values("pk")[:LOOKED_AT]
        found = queries.manager(model).filter(pk__in=recent).select_related("owner")
        for word in words:
            found = found.filter(reduce(or_, (Q(**{f"{text}__icontains": word}) for text in texts)))
        found = found.prefetch_related(*related).order_by("-published_at", "-pk")
        for listing in streamed(found, 100):
            yield listing.code, listing.rev, document(listing)

    return rows


def shown_of(model: type[Any]) -> Callable[[Sequence[str]], list[str]]:
    """Which of these codes are listed now; one query."""

    def codes_shown(codes: Sequence[str]) -> list[str]:
        return list(listed(model).filter(code__in=codes).values_list("code", flat=True))

    return codes_shown


def source_of(
    model: type[Any], document: Callable[[Any], Document], related: Sequence[str]
) -> Callable[[Sequence[str] | None], Iterable[SourceRow]]:
    """A source of rows for the index: documents for what is listed, tombstones for the rest."""

    def rows(codes: Sequence[str] | None) -> Iterator[SourceRow]:
        found = queries.manager(model).select_related("owner").prefetch_related(*related)
        # A row that cannot be read is left out until it is repaired.
        if codes is not None:
            found = found.filter(code__in=codes)
        for listing in in_pages(found, PAGE):
            listed = listing.status in LISTED and not is_hidden(listing)
            yield listing.code, listing.rev, document(listing) if listed else None

    return rows
