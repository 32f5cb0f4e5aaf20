"""The directory of organisations: by words from the index, without words from the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, QuerySet, Value, When

from marketplace.kernel.actors import Actor
from marketplace.parties import queries
from marketplace.parties.models import Organization
from search import engine
from search.analysis import query_words
from search.query import Query

#: A question in words shows so many at most, the best first.
MOST_FOUND = 200


@dataclass(frozen=True)
class Directory:
    """Organisations that were asked for, and how many there are of each kind and in each district."""

    rows: QuerySet[Organization]
    kinds: dict[str, int] = field(default_factory=dict)
    districts: dict[str, int] = field(default_factory=dict)


def directory(q: str = "", kinds: Iterable[str] = (), districts: Iterable[str] = ()) -> Directory:
    """The verified organisations: those found by these words, best first, or all by name.

    Every word must be in its texts, its names or its number. While there is no index, the words are
    looked for in the names. What is chosen of a facet does not narrow the facet's own counts.
    """
    kinds, districts = list(kinds), list(districts)
    if not q.strip():
        return _from_rows("", kinds, districts)
    if not query_words(q):
        return Directory(Organization.objects.none())
    filters = {"kind": kinds, "district": districts}
    query = Query(q, filters, ("kind", "district"), size=MOST_FOUND, loosens=False)
    results = engine.find("organizations", query)
    if results.partial:
        return _from_rows(q, kinds, districts)
    codes = [hit.id for hit in results.hits]
    rank = Case(
        *(When(code=code, then=Value(place)) for place, code in enumerate(codes)),
        default=Value(MOST_FOUND),
        output_field=IntegerField(),
    )
    found = queries.public_organizations().filter(code__in=codes)
    counts = {
        name: {bucket.value: bucket.count for bucket in buckets}
        for name, buckets in results.facets.items()
    }
    rows = found.annotate(rank=rank).order_by("rank", "id")
    return Directory(rows, counts["kind"], counts["district"])


def _from_rows(q: str, kinds: list[str], districts: list[str]) -> Directory:
    rows = queries.directory(q, kinds, districts)
    counts = (queries.directory_counts(name) for name in ("kind", "district"))
    return Directory(rows, *counts)


def in_order(actor: Actor, codes: list[str]) -> list[Organization]:
    """The organisations of these codes that this person may see, in the order of the codes."""
    found = {row.code: row for row in queries.visible_to(actor).filter(code__in=codes)}
    return [found[code] for code in codes if code in found]
