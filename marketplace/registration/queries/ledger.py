"""Questions about the ledger. A sum stops at a row that cannot be read, and names it: it never leaves one out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.deals.queries import official_facts
from marketplace.deals.rulebook import kind_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import DomainError
from marketplace.kernel.unreadable import Unreadable, is_unreadable, readable
from marketplace.parties.policies import Role, access_of
from marketplace.registration.models.ledger import (
    EntryKind,
    LedgerEntry,
    LedgerPeriod,
    LedgerSum,
)
from marketplace.registration.rulebook import ledger as rulebook
from marketplace.registration.rulebook.ledger import Totals
from marketplace.registration.workflow import PeriodStatus

M = TypeVar("M", bound=Model)

PERIOD = "registration.ledgerperiod"
#: Who reads the ledger of the whole city.
READERS = (Role.REGISTRAR_CITY, Role.AUTHORITY, Role.AUDITOR)
_BATCH = 2000


class SumStopped(DomainError):
    """A sum met a row that cannot be read. `row` names it as `registration.ledgerentry 17`."""

    status = 503
    slug = "unreadable"
    retry_after = 3600

    def __init__(self, row: str) -> None:
        super().__init__(
            _("有一行台账数据无法读取，合计已停止：%(row)s。请通知平台运营处理。") % {"row": row}
        )
        self.row = row


def whole(rows: QuerySet[M]) -> list[M]:
    """All rows of a query. Raises SumStopped for the first one that cannot be read."""
    try:
        return list(rows)
    except Exception as error:
        if not is_unreadable(error):
            raise
    left_out: list[Unreadable] = []
    # A broken transaction could not be asked which row it was.
    with transaction.atomic():
        readable(rows, left_out)
    first = left_out[0] if left_out else None
    label = rows.model._meta.label_lower  # noqa: SLF001 -- documented
    raise SumStopped(f"{first.label} {first.key}" if first else label)


# --- entries ----------------------------------------------------------------------------------
def live_entry(filing_id: int) -> LedgerEntry | None:
    """The entry by which a filing is counted now: the one that no reversal takes back."""
    rows = LedgerEntry.objects.filter(filing_id=filing_id).exclude(kind=EntryKind.REVERSE)
    return rows.filter(reversed_by__isnull=True).select_related("period").order_by("-id").first()


def facts_of(filing: Any) -> dict[str, Any]:
    """What a filing is counted by: codes and days of its contract, as the register recognised it."""
    said = official_facts(filing.contract)
    seller, buyer = said.seller, said.buyer
    contract_type = filing.recognised_type or said.contract_type
    return facts(
        contract_type=contract_type,
        field=said.field,
        industry=said.industry,
        plan_source=said.plan_source,
        district=filing.district,
        seller=(seller.district, seller.nature) if seller else ("", ""),
        buyer=(buyer.district, buyer.nature) if buyer else ("", ""),
        flow=said.flow,
        ip=said.ip_kinds,
        broker=bool(said.brokers),
        signed_on=said.signed_on,
        registered_on=filing.official_on,
    )


def facts(
    *,
    contract_type: str,
    field: str,
    industry: str,
    plan_source: str,
    district: str,
    seller: tuple[str, str],
    buyer: tuple[str, str],
    flow: Iterable[str],
    ip: Iterable[str],
    broker: bool,
    signed_on: Any,
    registered_on: Any,
) -> dict[str, Any]:
    """The facts of an entry as they are stored; `seller` and `buyer` are (district, nature)."""
    return {
        "kind": kind_of(contract_type),
        "contract_type": contract_type,
        "field": field,
        "industry": industry,
        "plan_source": plan_source,
        "district": district,
        "seller_district": seller[0],
        "seller_nature": seller[1],
        "buyer_district": buyer[0],
        "buyer_nature": buyer[1],
        "flow": sorted(flow),
        "ip": sorted(ip),
        "broker": broker,
        "signed_on": signed_on.isoformat() if signed_on else "",
        "registered_on": registered_on.isoformat() if registered_on else "",
    }


def body_of(entry: LedgerEntry) -> dict[str, Any]:
    """The fields of an entry that its hash covers."""
    return {
        "book": entry.book,
        "period": entry.period_id,
        "number": entry.number,
        "kind": str(entry.kind),
        "contract": entry.contract_id,
        "filing": entry.filing_id,
        "amount_fen": entry.amount_fen,
        "technical_fen": entry.technical_fen,
        "reverses": entry.reverses_id,
        "corrects": entry.corrects_period_id,
        "late": entry.is_late,
        "facts": entry.facts,
        "reason": entry.reason,
        "actor": entry.actor_id,
        "at": rulebook.instant(entry.at),
    }


def entries_of(period: LedgerPeriod) -> Iterator[LedgerEntry]:
    """All entries of a period in their order, in batches. Raises SumStopped."""
    number = 0
    while True:
        rows = LedgerEntry.objects.filter(period=period, number__gt=number).order_by("number")
        batch = whole(rows[:_BATCH])
        yield from batch
        if len(batch) < _BATCH:
            return
        number = batch[-1].number


@dataclass
class Recounted:
    """What the entries of a period really say: totals, last hash, sums, and the first fault or ""."""

    totals: Totals
    head: str
    sums: dict[tuple[str, str], Totals]
    hashes: dict[int, str]
    fault: str = ""


def recount(period: LedgerPeriod) -> Recounted:
    """Read every entry of a period and count anew; stops at the first row that is not as it was written."""
    found = Recounted(Totals(), rulebook.GENESIS, {}, {})
    for number, entry in enumerate(entries_of(period), start=1):
        name = f"registration.ledgerentry {entry.pk}"
        if entry.number != number:
            found.fault = f"entry {number} of {period} is missing before {name}"
            return found
        if not (isinstance(entry.amount_fen, int) and isinstance(entry.technical_fen, int)):
            raise SumStopped(name)
        found.head = rulebook.entry_hash(found.head, body_of(entry))
        if found.head != entry.hash:
            found.fault = f"{name}, number {number} of {period}, is not what its hash was made of"
            return found
        found.hashes[number] = found.head
        one = rulebook.counted(entry.kind, entry.amount_fen, entry.technical_fen)
        found.totals.add(one)
        for key in rulebook.keys_of(entry.facts):
            found.sums.setdefault(key, Totals()).add(one)
    return found


def fault_of(period: LedgerPeriod, counted: Recounted | None = None) -> str:
    """What is wrong with the entries, figures or sums of a period; "" when they agree."""
    counted = counted or recount(period)
    if counted.fault:
        return counted.fault
    shown = (period.entry_count, period.contracts, period.amount_fen, period.technical_fen)
    if counted.totals.tuple() != shown:
        return f"{period} shows {shown}, its entries are {counted.totals.tuple()}"
    if period.head_hash != counted.head:
        return f"{period} ends with another entry than its head says"
    return next(sum_faults(period, counted.sums), "")


def sum_faults(period: LedgerPeriod, sums: dict[tuple[str, str], Totals]) -> Iterator[str]:
    """Where the stored sums of a period are not those of its entries."""
    stored = {
        (row.dimension, row.key): (row.entries, row.contracts, row.amount_fen, row.technical_fen)
        for row in whole(LedgerSum.objects.filter(period=period).order_by("id"))
    }
    for key in sorted(stored.keys() | sums.keys()):
        right = sums.get(key, Totals()).tuple()
        if stored.get(key, Totals().tuple()) != right:
            yield (
                f"the sum {key[0]}={key[1]} of {period} is {stored.get(key)}, "
                f"its entries are {right}"
            )


# --- for other slices and pages ---------------------------------------------------------------
def _is_whole(row: Any) -> bool:
    return all(
        isinstance(value, int)
        for value in (row.entries, row.contracts, row.amount_fen, row.technical_fen)
    )


def registered_total(book: str, since: str, until: str) -> Totals:
    """The turnover (成交额) of the ledger periods from month `since` to before month `until` ("2026-01"), net of reversals.

    Raises SumStopped.
    """
    found = sums_between(book, since, until, "total")
    return found.get("all", Totals())


def sums_between(book: str, since: str, until: str, dimension: str) -> dict[str, Totals]:
    """The sums of a dimension by key, over the months from `since` to before `until`. Raises SumStopped."""
    rows = LedgerSum.objects.filter(
        book=book, dimension=dimension, period__month__gte=since, period__month__lt=until
    )
    return _added(rows)


def sums(book: str, months: Iterable[str], dimension: str) -> dict[str, Totals]:
    """The sums of a dimension by key, over these months. Raises SumStopped."""
    rows = LedgerSum.objects.filter(book=book, dimension=dimension, period__month__in=list(months))
    return _added(rows)


def sums_by_month(
    book: str, since: str, until: str, dimension: str
) -> dict[tuple[str, str], Totals]:
    """The same as `sums_between`, by (month, key)."""
    rows = LedgerSum.objects.filter(
        book=book, dimension=dimension, period__month__gte=since, period__month__lt=until
    )
    found: dict[tuple[str, str], Totals] = {}
    for row in whole(rows.select_related("period").order_by("period__month", "key")):
        found[row.period.month, row.key] = _totals(row)
    return found


def _added(rows: QuerySet[LedgerSum]) -> dict[str, Totals]:
    found: dict[str, Totals] = {}
    for row in whole(rows.order_by("id")):
        found.setdefault(row.key, Totals()).add(_totals(row))
    return found


def _totals(row: LedgerSum) -> Totals:
    if not _is_whole(row):
        raise SumStopped(f"registration.ledgersum {row.pk}")
    return Totals(row.entries, row.contracts, row.amount_fen, row.technical_fen)


def periods(book: str) -> QuerySet[LedgerPeriod]:
    """The periods of a book, newest first, with the persons who closed them."""
    rows = LedgerPeriod.objects.filter(book=book).select_related("closed_by", "second_by")
    return rows.order_by("-month")


def period_named(book: str, month: str) -> LedgerPeriod | None:
    """One period with the persons who closed it."""
    return periods(book).filter(month=month).first()


def entries_read_by(actor: Actor) -> QuerySet[LedgerEntry]:
    """The entries that a person reads: all, or for a county registrar those of the own districts."""
    access = access_of(actor)
    rows = LedgerEntry.objects.all()
    if access.has(*READERS):
        return rows
    if access.has(Role.REGISTRAR_COUNTY):
        districts = access.districts.get(Role.REGISTRAR_COUNTY)
        return rows if districts is None else rows.filter(filing__district__in=sorted(districts))
    return rows.none()


def listed(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Entries with all that a list of them shows."""
    return rows.select_related(
        "period", "contract", "filing", "corrects_period", "reverses", "reverses__period", "actor"
    ).order_by("period__month", "number")


def waiting_to_close(book: str, before: str) -> QuerySet[LedgerPeriod]:
    """Periods before this month that are not closed."""
    rows = LedgerPeriod.objects.filter(~Q(status=PeriodStatus.CLOSED), book=book)
    return rows.filter(month__lt=before).order_by("month")
