"""The directory of organisations: by words from the index, without words from the database."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from marketplace.parties import queries
from marketplace.parties.models import Organization
from search import engine
from search.analysis import query_words
from search.query import Query

#: A question in words shows so many at most, the best first.
MOST_FOUND = 200


def directory(
    q: str = "", kinds: Iterable[str] = (), districts: Iterable[str] = ()
) -> QuerySet[Organization]:
    """The verified organisations: those found by these words, best first, or all by name.

    Every word must be in its texts, its names or its number. While there is no index, the words are
    looked for in the names.
    """
    kinds, districts = list(kinds), list(districts)
    if not q.strip():
        return queries.directory(kinds=kinds, districts=districts)
    if not query_words(q):
        return Organization.objects.none()
    filters = {"kind": kinds, "district": districts}
    results = engine.find(
        "organizations", Query(q, filters=filters, size=MOST_FOUND, loosens=False)
    )
    if results.partial:
        return queries.directory(q, kinds, districts)
    codes = [hit.id for hit in results.hits]
    rank = Case(
        *(When(code=code, then=Value(place)) for place, code in enumerate(codes)),
        default=Value(MOST_FOUND),
        output_field=IntegerField(),
    )
    found = queries.public_organizations().filter(code__in=codes)
    return found.annotate(rank=rank).order_by("rank", "id")


def in_order(actor: Any, codes: list[str]) -> list[Organization]:
    """The organisations of these codes that this person may see, in the order of the codes."""
    found = {row.code: row for row in queries.visible_to(actor).filter(code__in=codes)}
    return [found[code] for code in codes if code in found]
