"""What a tender has come to, without what differs from run to run: keys, codes of new rows, instants of reading."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from marketplace.awards import services as awards
from marketplace.awards.models import Award, Result
from marketplace.bids import services as bids
from marketplace.bids.models import Bid, Closing
from marketplace.deals.models import Contract
from marketplace.evaluation import services as evaluation
from marketplace.evaluation.models import Panel, Seat
from marketplace.journal.models import Entry
from marketplace.openings import services as openings
from marketplace.openings.models import OpenedBid, Opening
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Objection, Publicity
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender
from tests.marketplace.mechanism.starts import deliver

_WRITE = re.compile(r"^\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)


class Died(BaseException):
    """The process is gone: nothing catches it."""


@contextmanager
def dies(at: int) -> Iterator[list[int]]:
    """Count the writes to the database; die before that of number `at` (0: never). Yields the count."""
    count = [0]

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if _WRITE.match(str(sql)):
            count[0] += 1
            if count[0] == at:
                raise Died
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield count


def work() -> None:
    """All that the worker does of its own accord, and what it delivers."""
    for slice_ in (tenders, bids, openings, evaluation, publicity, awards):
        slice_.tick()
        deliver()


def picture(tender: Tender, since: int) -> dict[str, Any]:
    """The states of everything about a tender, and how often each event was written after entry `since`."""
    row = Tender.objects.get(pk=tender.pk)
    results = Result.objects.filter(tender=row)
    public = Publicity.objects.filter(
        pk__in=Award.objects.filter(lot__tender=row).values("publicity")
    )
    columns: dict[str, tuple[Any, tuple[str, ...]]] = {
        "bids": (Bid.objects.filter(tender=row), ("code", "status", "revision")),
        "closing": (Closing.objects.filter(tender=row), ("hashes", "head")),
        "opening": (Opening.objects.filter(tender=row), ("status", "reveal_until")),
        "opened": (
            OpenedBid.objects.filter(opening__tender=row),
            ("bid__code", "outcome", "cause", "price", "form"),
        ),
        "lots": (Lot.objects.filter(tender=row), ("number", "stage", "contract")),
        "panels": (Panel.objects.filter(lot__tender=row), ("round", "status", "report_hash")),
        "seats": (Seat.objects.filter(panel__lot__tender=row), ("number", "person", "status")),
        "results": (results, ("round", "status", "report_hash")),
        "awards": (
            Award.objects.filter(lot__tender=row),
            ("entry__rank", "confirmed_at", "declined_at", "out", "contract"),
        ),
        "publicities": (public, ("status", "ends_at", "suspended_for")),
        "objections": (
            Objection.objects.filter(publicity__in=public),
            ("pk", "status", "answer_due"),
        ),
        "asked": (Opening.objects.filter(tender=row, asked_at__isnull=False), ("code",)),
        "contracts": (
            Contract.objects.filter(award__lot__tender=row),
            ("status", "amount_total_fen"),
        ),
    }
    found = {
        name: sorted(rows.values_list(*names), key=repr) for name, (rows, names) in columns.items()
    }
    found["tender"] = [row.status, row.deadline, row.closed_at, row.suspended_for, row.terms_rev]
    found["events"] = sorted(
        Counter(Entry.objects.filter(pk__gt=since).values_list("event", flat=True)).items()
    )
    return found
