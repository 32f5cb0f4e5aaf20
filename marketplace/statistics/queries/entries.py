"""The entries behind a sum, for those entitled: the last month first, and in it the last entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of
from marketplace.registration.models import LedgerEntry, LedgerSum
from marketplace.registration.rulebook.ledger import CROSS, MOST_KEY, NONE

#: Dimensions whose fact is a list.
_LISTS = frozenset({"flow", "ip"})


def entries_open_to(actor: Actor) -> QuerySet[LedgerEntry]:
    """The entries that a person may open: all, for a county registrar those of the own districts."""
    districts = _own_districts(actor)
    rows = LedgerEntry.objects.all()
    return rows if districts is None else rows.filter(facts__district__in=sorted(districts))


def _own_districts(actor: Actor) -> frozenset[str] | None:
    """The districts whose entries a person may open; None for all of them."""
    access = access_of(actor)
    if access.has(Role.REGISTRAR_CITY, Role.AUTHORITY, Role.AUDITOR):
        return None
    if not access.has(Role.REGISTRAR_COUNTY):
        return frozenset()
    districts = access.districts.get(Role.REGISTRAR_COUNTY)
    return None if districts is None else frozenset(districts)


def entries_behind(
    rows: QuerySet[LedgerEntry], book: str, dimension: str, key: str, since: str, through: str
) -> QuerySet[LedgerEntry]:
    """The entries that a sum adds up. `dimension` is one of the ledger's."""
    rows = rows.filter(book=book, period__month__gte=since, period__month__lte=through)
    if dimension != "total":
        names = zip(dimension.split("."), key.split(CROSS), strict=False)
        for name, part in names:
            rows = _having(rows, name, part)
    rows = rows.select_related("period", "contract", "filing")
    return rows.order_by("-period__month", "-number")


def _having(rows: QuerySet[LedgerEntry], name: str, key: str) -> QuerySet[LedgerEntry]:
    if name == "broker":
        return rows.filter(facts__broker=key == "yes")
    if name in _LISTS:
        listed = rows.annotate(**{f"listed_{name}": KT(f"facts__{name}")})
        text = "[]" if key == NONE else f'"{key}"'
        return listed.filter(**{f"listed_{name}__contains": text})
    if key == NONE:
        return rows.filter(**{f"facts__{name}": ""})
    return rows.filter(**{f"facts__{name}": key})


@dataclass(frozen=True)
class Listed:
    """Entries to be paged through. `months` are (key of the period, how many), in the order of `rows`.

    A page asks the months that it falls into and no other, so that its cost does not grow with the years.
    """

    rows: QuerySet[LedgerEntry]
    months: Sequence[tuple[int, int]]

    def count(self) -> int:
        """How many entries there are."""
        return sum(many for _period, many in self.months)

    def __getitem__(self, part: slice) -> QuerySet[LedgerEntry]:
        """The entries from `part.start` to before `part.stop`."""
        asked: list[int] = []
        before = first = 0
        for period, many in self.months:
            if before < part.stop and before + many > part.start:
                first = first if asked else before
                asked.append(period)
            before += many
        if not asked:
            return self.rows.none()
        rows = self.rows.filter(period__in=asked)
        if len(asked) == 1:
            # The index of the numbers gives this order, so that nothing is sorted.
            rows = rows.order_by("-number")
        return rows[part.start - first : part.stop - first]


def entries_listed(
    actor: Actor, book: str, dimension: str, key: str, since: str, through: str
) -> Listed:
    """The entries behind a sum that a person may open. One query, and one for each page.

    How many a month has is read from the sums kept with the entries. They don't tell the entries of some
    districts apart, unless the sum is of one of these; then the entries themselves are counted.
    """
    rows = entries_behind(entries_open_to(actor), book, dimension, key, since, through)
    districts = _own_districts(actor)
    if districts is None or (dimension == "district" and key in districts):
        sums = LedgerSum.objects.filter(
            book=book,
            dimension=dimension,
            key="all" if dimension == "total" else key[:MOST_KEY],
            period__month__gte=since,
            period__month__lte=through,
        )
        months = list(sums.order_by("-period__month").values_list("period", "entries"))
    else:
        counted = (
            rows.select_related(None)
            .order_by("-period__month")
            .values("period", "period__month")
            .annotate(entries=Count("pk"))
            .values_list("period", "entries")
        )
        months = list(counted)
    return Listed(rows, months)
