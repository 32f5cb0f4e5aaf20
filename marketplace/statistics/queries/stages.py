"""How undertakings get on: from intent to registration, the plan's three counts, known origins."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONCLUDED, ContractStatus, Origin
from marketplace.kernel import clock
from marketplace.registration.models import Filing, LedgerEntry, LedgerPeriod
from marketplace.registration.workflow import FilingStatus
from marketplace.statistics.rulebook.pace import median_of

#: What a filing goes through before the registrar's decision, and between that and the official number.
_BEFORE_APPROVAL = (
    FilingStatus.DRAFT,
    FilingStatus.SUBMITTED,
    FilingStatus.RETURNED,
    FilingStatus.ACCEPTED,
    FilingStatus.FIRST_PASSED,
)
_BEFORE_REGISTRATION = (FilingStatus.APPROVED, FilingStatus.FORWARDED, FilingStatus.FILED)
#: An imported contract was registered before it came here, so it has no way to tell of.
BEGUN_HERE = (Origin.INTENT, Origin.AWARD, Origin.EMPTY)


@dataclass(frozen=True)
class Stage:
    """How many of the year's contracts came so far, the share of the stage before, the days it took.

    `days` is the median from the stage before, None where there are too few cases.
    """

    name: str
    count: int
    percent: Fraction | None
    cases: int
    days: Fraction | None


def stages(year: int, book: str) -> list[Stage]:
    """The contracts that were begun in a year: intent → negotiating → signed → approved → registered.

    An imported contract has no way here and is left out. One query.
    """
    rows = Contract.objects.filter(
        book=book, origin__in=BEGUN_HERE, **_in_year("created_at", year)
    ).values_list(
        "intent__decided_at",
        "created_at",
        "signed_on",
        "filing__decided_at",
        "filing__official_on",
    )
    steps: list[list[tuple[Any, ...]]] = [[] for _name in range(5)]
    for intent, created, signed, decided, official in rows:
        days = [_day(intent), _day(created), signed, _day(decided), official]
        for place, day in enumerate(days):
            if day is not None:
                steps[place].append((days[place - 1] if place else None, day))
    found: list[Stage] = []
    for name, cases in zip(
        ("intent", "negotiating", "signed", "approved", "registered"), steps, strict=True
    ):
        spans = [(day - before).days for before, day in cases if before is not None]
        spans = [span for span in spans if span >= 0]
        before = found[-1].count if found and name != "negotiating" else 0
        found.append(
            Stage(
                name,
                len(cases),
                Fraction(100 * len(cases), before) if before else None,
                len(spans),
                median_of(spans),
            )
        )
    return found


@dataclass(frozen=True)
class Counts:
    """The plan's three counts of a year: agreements signed, results transferred, problems solved."""

    signed: int
    transferred: int
    solved: int


def counts(year: int, book: str) -> Counts:
    """See the definition `solved`. Two queries; one index has all that the first of them reads."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    is_right = Q(contract_type__startswith="ZR") | Q(contract_type__startswith="XK")
    signed = Contract.objects.filter(
        book=book, status__in=CONCLUDED, signed_on__gte=first, signed_on__lt=after
    ).aggregate(all=Count("pk"), rights=Count("pk", filter=is_right))
    solved = Contract.objects.filter(
        book=book,
        status=ContractStatus.PERFORMED,
        need__isnull=False,
        ended_on__gte=first,
        ended_on__lt=after,
    )
    return Counts(signed["all"], signed["rights"], solved.count())


def known_origin(year: int, book: str) -> tuple[int, int]:
    """The turnover (fen) of the year whose origin is confirmed, and all of it. Two queries.

    It reads the entries of the months by an index and keeps those of contracts of known origin; the whole comes from
    the months. The months are of the book, so the contracts need not be asked for theirs: asked for it, SQLite would
    read all contracts of the book instead of the index of known origins.
    """
    months = LedgerPeriod.objects.filter(
        book=book, month__gte=f"{year}-01", month__lte=f"{year}-12"
    )
    confirmed = Contract.objects.filter(origin_confirmed_at__isnull=False)
    # A column in an expression is looked up in the list of contracts. For the column alone SQLite would search the
    # index for each of them in each month.
    entries = LedgerEntry.objects.alias(of=F("contract_id") + 0).filter(
        of__in=confirmed.values("pk"), period__in=months.values("pk")
    )
    known = entries.aggregate(found=Sum("amount_fen"))["found"]
    return known or 0, months.aggregate(found=Sum("amount_fen"))["found"] or 0


def in_the_way(book: str) -> dict[str, tuple[int, int]]:
    """What may still come: contracts signed and not filed, filed and not decided, approved and not registered.

    Number and amount (fen) of each. Two queries. That a contract has no filing is asked as NOT EXISTS: joined, PostgreSQL
    reads all filings. What is not registered has no official day, by which the few
    filings on their way are told from all registered ones without reading these.
    """
    signed = Contract.objects.filter(
        ~Exists(Filing.objects.filter(contract=OuterRef("pk"))),
        book=book,
        origin__in=BEGUN_HERE,
        status__in=(ContractStatus.SIGNED, ContractStatus.PERFORMING),
    ).aggregate(n=Count("pk"), fen=Sum("amount_total_fen"))
    ways = {
        "review": Q(status__in=_BEFORE_APPROVAL),
        "approved": Q(status__in=_BEFORE_REGISTRATION),
    }
    filings = Filing.objects.filter(
        book=book, official_on__isnull=True, registered_elsewhere=False
    ).aggregate(
        **{f"{name}_n": Count("pk", filter=way) for name, way in ways.items()},
        **{
            f"{name}_fen": Sum("contract__amount_total_fen", filter=way)
            for name, way in ways.items()
        },
    )
    return {
        "signed": (signed["n"], signed["fen"] or 0),
        **{name: (filings[f"{name}_n"], filings[f"{name}_fen"] or 0) for name in ways},
    }


def _day(instant: Any) -> date | None:
    return None if instant is None else clock.day_of(instant)


def _in_year(name: str, year: int) -> dict[str, Any]:
    first = clock.end_of_day(date(year - 1, 12, 31))
    return {f"{name}__gte": first, f"{name}__lt": clock.end_of_day(date(year, 12, 31))}
