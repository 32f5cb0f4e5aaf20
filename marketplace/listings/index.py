"""The part of a search document that needs and achievements have in common: public fields only."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from marketplace.kernel.codes import written
from marketplace.kernel.pages import in_pages
from marketplace.kernel.unreadable import streamed
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.workflow import LISTED
from marketplace.taxonomy import queries as taxonomy
from search.schema import Date, Document, Field, Keyword, Number, SourceRow, Text

COMMON_FIELDS: dict[str, Field] = {
    "title": Text(title=True, suggest=3),
    "summary": Text(),
    "body": Text(),
    "keywords": Text(),
    "title_en": Text(title=True, translation=True, suggest=2),
    "summary_en": Text(translation=True),
    # The listing's number and, unless it is hidden, whose it is: name, English name, number.
    "names": Text(naming=True, weight=0.3),
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

#: What of its owner a listing is found by.
OWNER_NAMES = frozenset({"name", "name_en"})
#: Columns of both kinds in which a word is looked for while there is no index.
COMMON_TEXTS = ("title", "summary", "title_en", "summary_en", "code")
#: While there is no index, so many of the newest listings are looked through.
LOOKED_AT = 20_000
#: So many are read at once when an index is built.
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


def newest_of(
    model: type[Any],
    document: Callable[[Any], Document],
    related: Sequence[str],
    texts: Sequence[str],
) -> Callable[[Sequence[str]], Iterable[SourceRow]]:
    """What is listed, newest first, with all of these words in one of the columns `texts` each.

    Only the newest LOOKED_AT are looked at, so that it stays quick however many there are.
    """

    def rows(words: Sequence[str]) -> Iterator[SourceRow]:
        shown = queries.manager(model).filter(status__in=LISTED)
        recent = shown.order_by("-published_at", "-pk").values("pk")[:LOOKED_AT]
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
        rows = queries.manager(model).filter(code__in=codes, status__in=LISTED)
        return list(rows.values_list("code", flat=True))

    return codes_shown


def source_of(
    model: type[Any], document: Callable[[Any], Document], related: Sequence[str]
) -> Callable[[Sequence[str] | None], Iterable[SourceRow]]:
    """A source of rows for the index: documents for what is listed, tombstones for the rest."""

    def rows(codes: Sequence[str] | None) -> Iterator[SourceRow]:
        found = queries.manager(model).select_related("owner").prefetch_related(*related)
        # What cannot be read is as if it were gone: it is not found until it is mended.
        if codes is not None:
            found = found.filter(code__in=codes)
        for listing in in_pages(found, PAGE):
            listed = listing.status in LISTED
            yield listing.code, listing.rev, document(listing) if listed else None

    return rows
