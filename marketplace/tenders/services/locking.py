"""One row lock for everything that happens to a tender, and what every service does after it has the lock.

The lock of a tender comes before those of its questions, changes and bids, and after that of a publicity about it.
After the lock the clock is read and what
is due is made (`up_to_date`), so that a dead worker lets nothing in that comes late.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotVisible
from marketplace.tenders.models import Tender
from marketplace.tenders.services.clockwork import advance
from marketplace.tenders.services.windows import follow, lock_windows
from marketplace.tenders.services.windows import hold as hold_documents


def locked(tender: Tender) -> Tender:
    """The row under its lock, as it is now. Raises NotVisible when it was deleted."""
    rows = Tender.objects.select_for_update(of=("self",)).select_related("owner", "need")
    found = rows.filter(pk=tender.pk).first()
    if found is None:
        raise NotVisible
    return found


def up_to_date(tender: Tender) -> tuple[Tender, datetime]:
    """The locked row after every move that is due, and the instant on the database's clock."""
    lock_windows(tender)
    found = locked(tender)
    now = clock.database_now()
    follow(found, now)
    advance(found, now)
    return found, now


def settle(tender: Tender) -> Tender:
    """Make the moves that are due before a page is shown; a row with nothing due costs no statement."""
    if tender.next_check is None or tender.next_check > clock.now():
        return tender
    return catch_up(tender)


@transaction.atomic
def catch_up(tender: Tender) -> Tender:
    """The tender after every move that is due."""
    return up_to_date(tender)[0]


def save(row: Any) -> None:
    """Save the row as a new version."""
    row.rev += 1
    row.updated_at = clock.now()
    row.save()


#: Takes a tender before its lock is taken, locks what must be locked first, and returns "" or why it cannot end now.
Hold = Callable[[Tender], object]
#: By rank: the one order of locks is results, opening, documents.
_holds: list[tuple[int, Hold]] = [(9, hold_documents)]


def register_hold(hold: Hold, *, rank: int) -> None:
    """Let a slice above say what stands against the end of a tender: an objection that waits for its answer.

    A lower `rank` is asked first, as everywhere its locks come first; the documents have 9.
    """
    if all(known is not hold for _rank, known in _holds):
        _holds.append((rank, hold))
        _holds.sort(key=lambda one: one[0])


def held(tender: Tender) -> object:
    """The first reason against ending this tender now, or "". Called in the transaction, before the tender's lock."""
    return next((reason for _rank, hold in _holds if (reason := hold(tender))), "")


def given(text: str, *, at: str, most: int, needed: object) -> str:
    """A text that must be there. Raises InvalidInput at `at`."""
    found = text.strip()
    if not found:
        raise InvalidInput({at: [needed]})
    if len(found) > most:
        reason: Any = _("最多 %(most)d 个字") % {"most": most}
        raise InvalidInput({at: [reason]})
    return found
