"""The sample book: invented contracts of several years, their registrations and a ledger, and its removal.

Nothing of it touches the city's book, the real chain or the headline. Names, numbers and amounts are made
from a fixed seed, so every site has the same sample book; amounts are small on purpose.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from marketplace.deals.models import Contract
from marketplace.deals.services.importing import create_imported
from marketplace.deals.workflow import Book, Origin
from marketplace.files.services import erase_sample_files
from marketplace.kernel import clock
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.parties.models import User
from marketplace.registration.models import (
    CERTIFICATE_FILES,
    FILING_FILES,
    BenefitUse,
    Decision,
    Filing,
    IncomeConfirmation,
    LedgerBook,
    LedgerEntry,
    LedgerPeriod,
    LedgerSum,
)
from marketplace.registration.rulebook.ledger import month_of
from marketplace.registration.services import imports, ledger, periods
from marketplace.registration.workflow import FILING, FilingStatus

REGISTERED, UNDER_WAY = 552, 48
FIRST_YEAR = 2021
REGISTRAR, AUTHORITY = "registrar@sample.example", "authority@sample.example"
REASON = "示例"

_TYPES = {
    "KF1": 22,
    "KF2": 8,
    "ZR1": 6,
    "ZR2": 2,
    "ZR3": 3,
    "ZR4": 1,
    "XK1": 6,
    "XK2": 2,
    "XK3": 1,
    "ZX": 9,
    "FW": 30,
    "FW-P": 6,
    "FW-Z": 4,
}
_DISTRICTS = (
    *("371302", "371302", "371302", "371311", "371311", "371312", "371312", "371321", "371322"),
    *("371323", "371324", "371325", "371326", "371327", "371328", "371329"),
)
_OUTSIDE = ("110108", "310115", "370102", "370202", "320102")
_FIELDS = ("01", "03", "04", "05", "06", "07", "09", "10", "11")
#: One in twelve names none, as on real forms.
_SECTORS = ("C35", "C39", "I65", "C20", "C26", "C27", "A01", "C38", "C30", "M74", "N77", "")
_NATURES = ("150", "150", "150", "170", "022", "021", "110", "160")
_IP = ((), (), ("none",), ("secret",), ("invention",))
_PLACES = ("沂上", "蒙前", "沭畔", "祊南", "岱西", "云台", "青泉", "白石")
_TRADES = ("智造", "新材", "农科", "光电", "生物", "环保", "物流", "信息")
_SUBJECTS = (
    "控制系统",
    "涂层工艺",
    "检测方法",
    "数据平台",
    "育苗技术",
    "废水处理",
    "成套装备",
    "节能改造",
)
#: Of a year's contracts, by month: the last one is heavy.
_MONTHS = (4, 3, 6, 6, 7, 9, 6, 6, 8, 8, 12, 25)
#: Moves that some registered contracts have made since.
_LATER = {"change": 5, "revoke": 3, "cancel": 4, "dispute": 1, "confirm_income": 40}
#: States of the filings that are under way, in turn.
_STATES = (
    "draft",
    "submitted",
    "returned",
    "accepted",
    "first_passed",
    "approved",
    "filed",
    "refused",
)
#: Of the filings under way, by their turn: handed in again after a return; waiting for a second review.
_CORRECTED, _SECOND = (1, 2), (1, 3)
#: Fen: above the amount from which a second person reviews.
_LARGE = 620 * FEN_PER_WAN


@dataclass(frozen=True)
class Row:
    """The values of one contract, as a row of the official register has them."""

    values: dict[str, Any]


def load(progress: Callable[[str, int, int], None] = lambda *_: None) -> None:
    """Load the sample book, unless it is there. Takes some seconds."""
    if Contract.objects.filter(book=Book.SAMPLE, origin=Origin.IMPORT).exists():
        return
    people = {row.email: row for row in User.objects.filter(email__in=[REGISTRAR, AUTHORITY])}
    with transaction.atomic():
        made = imports.create(list(_registered()), Book.SAMPLE, None)
        progress("contracts", len(made), REGISTERED + UNDER_WAY)
        _under_way(people.get(REGISTRAR))
        if len(people) == 2:
            _close(people[REGISTRAR], people[AUTHORITY])
            _go_on(made, people[REGISTRAR])
    progress("contracts", REGISTERED + UNDER_WAY, REGISTERED + UNDER_WAY)


def _registered() -> Iterator[Row]:
    """Registered contracts, spread over the years as contracts are: growing, most of them in December."""
    chance = random.Random(20260713)  # noqa: S311 -- samples, no secret
    today = clock.today()
    days: list[date] = []
    while len(days) < REGISTERED:
        year = chance.choices(range(FIRST_YEAR, 2027), weights=(6, 7, 9, 10, 12, 12))[0]
        month = chance.choices(range(1, 13), weights=_MONTHS)[0]
        day = date(year, month, chance.randint(1, 28))
        if day <= today:
            days.append(day)
    for serial, day in enumerate(sorted(days), start=1):
        values = _values(chance, serial, day)
        yield Row({**values, "official_number": f"{day.year}371390{serial:06d}"})


def _values(chance: random.Random, serial: int, day: date) -> dict[str, Any]:
    total = round(chance.lognormvariate(3.2, 0.9) * 100) * 10_000
    share = chance.choice((100, 100, 95, 80, 60))
    sold_here = chance.random() < 0.85
    bought_here = not sold_here or chance.random() < 0.7
    signed = day - timedelta(days=chance.randint(5, 60))
    return {
        "official_on": day,
        "title": f"示例·{chance.choice(_TRADES)}{chance.choice(_SUBJECTS)}{serial:03d}",
        "contract_type": chance.choices(list(_TYPES), weights=list(_TYPES.values()))[0],
        "signed_on": signed,
        "starts_on": signed,
        "ends_on": signed + timedelta(days=chance.randint(180, 900)),
        "total": total,
        "technical": total * share // 100,
        "seller": _name(chance),
        "seller_nature": chance.choice(_NATURES),
        "seller_district": chance.choice(_DISTRICTS if sold_here else _OUTSIDE),
        "buyer": _name(chance),
        "buyer_nature": chance.choice(_NATURES),
        "buyer_district": chance.choice(_DISTRICTS if bought_here else _OUTSIDE),
        "broker": "示例技术转移中心" if chance.random() < 0.12 else "",
        "field": chance.choice(_FIELDS),
        "ip_kinds": list(chance.choice(_IP)),
        "industry": _SECTORS[serial % len(_SECTORS)],
    }


def _name(chance: random.Random) -> str:
    return f"示例{chance.choice(_PLACES)}{chance.choice(_TRADES)}有限公司"


def _under_way(registrar: User | None) -> None:
    """Contracts whose registration is under way, in each state of it."""
    chance = random.Random(20260714)  # noqa: S311 -- samples, no secret
    today, rows = clock.today(), []
    for serial in range(1, UNDER_WAY + 1):
        day = today - timedelta(days=chance.randint(1, 40))
        values = _values(chance, 900 + serial, day)
        if _waits_for_second(serial - 1):
            values |= {"total": _LARGE, "technical": _LARGE}
        rows.append(Row({**values, "official_number": ""}))
    keys = create_imported([imports.imported(one) for one in rows], actor=None, book=Book.SAMPLE)
    now = clock.now()
    filings = []
    for place, (key, one) in enumerate(zip(keys, rows, strict=True)):
        state = _STATES[place % len(_STATES)]
        columns: dict[str, Any] = {"status": state, "book": Book.SAMPLE, "contract_id": key}
        columns["district"] = imports.district_of(one.values)
        if state != "draft":
            columns |= {"rounds": 1, "submitted_at": now - timedelta(days=3 + place % 9)}
        turn = place // len(_STATES)
        # The first of each state ends its period today, so that the desk has something urgent.
        due = clock.end_of_day(today + timedelta(days=3 * turn))
        if state == "submitted":
            columns["intake_due_at"] = due
            if turn in _CORRECTED:
                columns |= {"rounds": 2, "returned_at": now - timedelta(days=6)}
        if state in ("accepted", "first_passed"):
            columns |= {"accepted_at": now, "due_at": due}
        if state == "first_passed":
            columns |= {"first_by": registrar, "first_at": now}
        if _waits_for_second(place):
            columns |= {"needs_second": True, "is_large": True}
        filings.append(Filing(**columns))
    Filing.objects.bulk_create(filings)


def _waits_for_second(place: int) -> bool:
    """Whether the filing in this place has passed the first review and waits for another registrar."""
    return _STATES[place % len(_STATES)] == "first_passed" and place // len(_STATES) in _SECOND


def _close(registrar: User, authority: User) -> None:
    """Close every month but the last two, each by two persons."""
    last = month_of(clock.today().replace(day=1) - timedelta(days=1))
    for period in LedgerPeriod.objects.filter(book=Book.SAMPLE, month__lt=last).order_by("month"):
        row = periods.close_period(period, actor=registrar)
        periods.second_close(row, actor=authority)


def _go_on(made: list[Filing], registrar: User) -> None:
    """Changes, revocations, cancellations, one objection, confirmed incomes: the later life of some contracts."""
    chance = random.Random(20260715)  # noqa: S311 -- samples, no secret
    rows = iter(chance.sample([row for row in made if row.is_counted][:-60], sum(_LATER.values())))
    for move, count in _LATER.items():
        for _n in range(count):
            filing = Filing.objects.select_related("contract").get(pk=next(rows).pk)
            _moved(filing, move, registrar)


def _moved(filing: Filing, move: str, registrar: User) -> None:
    if move == "dispute":
        filing.status_before_dispute = filing.status
    FILING.fire(move, filing, registrar)
    if move == "change":
        filing.recognised_total_fen = (filing.recognised_total_fen or 0) * 11 // 10
    filing.rev += 1
    filing.save()
    if move == "change":
        ledger.post_adjust(filing, reason=REASON, actor=registrar)
    elif move in ("revoke", "cancel"):
        ledger.post_reverse(filing, reason=REASON, actor=registrar)
    elif move == "confirm_income":
        IncomeConfirmation.objects.create(
            filing=filing,
            amount_fen=filing.recognised_technical_fen or 0,
            confirmed_on=clock.today(),
            by=registrar,
            at=clock.now(),
        )


@transaction.atomic
def remove() -> dict[str, int]:
    """Remove the whole sample book, its ledger too: the triggers let rows of this book go. Rows by name."""
    filings = Filing.objects.filter(book=Book.SAMPLE)
    counts = {"ledger": LedgerEntry.objects.filter(book=Book.SAMPLE).count()}
    LedgerSum.objects.filter(book=Book.SAMPLE).delete()
    entries = LedgerEntry.objects.filter(book=Book.SAMPLE)
    # Reversals first: they refer to the entries that they take back. Past `delete`, which always refuses.
    for rows in (entries.filter(reverses__isnull=False), entries):
        rows._raw_delete("default")  # noqa: SLF001 -- the collector would load every row
    LedgerPeriod.objects.filter(book=Book.SAMPLE).delete()
    LedgerBook.objects.filter(book=Book.SAMPLE).delete()
    for model in (BenefitUse, IncomeConfirmation, Decision):
        model.objects.filter(filing__in=filings).delete()
    keys = list(filings.values_list("pk", flat=True))
    for kind in (FILING_FILES, CERTIFICATE_FILES):
        erase_sample_files(kind, keys)
    counts["filings"] = filings.delete()[1].get("registration.Filing", 0)
    contracts = Contract.objects.filter(book=Book.SAMPLE, origin=Origin.IMPORT)
    counts["contracts"] = contracts.delete()[1].get("deals.Contract", 0)
    return counts


#: States that the sample book shows at least once.
SHOWN = frozenset({*_STATES, FilingStatus.REGISTERED, FilingStatus.CHANGED, FilingStatus.DISPUTED})
