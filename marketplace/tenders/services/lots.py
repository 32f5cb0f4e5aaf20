"""What happens to a lot after the deadline: facts that the slices above report. They name no bidder.

Each function expects the tender under its lock (`up_to_date`) and a lot from `lot_of`. It raises Refused when the lot
is in another stage, the tender is not closed, or it is suspended. The tender is over when all of its lots are.
"""

from datetime import date, datetime
from typing import Any

from marketplace.journal.services import publish
from marketplace.kernel.errors import NotVisible
from marketplace.tenders import events
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.rulebook import MOST_REASON
from marketplace.tenders.services.locking import save
from marketplace.tenders.workflow import ENDED, LOT, TENDER, Stage


def lot_of(tender: Tender, pk: int) -> Lot:
    """A lot of a locked tender, as it is now. Raises NotVisible for a lot of another tender."""
    found = Lot.objects.select_for_update().filter(tender=tender, pk=pk).first()
    if found is None:
        raise NotVisible
    found.tender = tender
    return found


def open_lot(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """Its bids are open."""
    LOT.fire("open", lot, None, at=at, because=because)
    lot.opened_at = at
    _save(tender, lot, at)


def begin_evaluation(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """Its bids are judged."""
    LOT.fire("evaluate", lot, None, at=at, because=because)
    _save(tender, lot, at)


def propose_lot(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """There is a result, which is made public before anybody is chosen."""
    LOT.fire("propose", lot, None, at=at, because=because)
    _save(tender, lot, at)


def reopen_lot(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """The result falls, and its bids are judged again."""
    LOT.fire("reopen", lot, None, at=at, because=because)
    _save(tender, lot, at)


def step_back(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """The one who was chosen is out, and the next candidate is made public."""
    LOT.fire("step_back", lot, None, at=at, because=because)
    _save(tender, lot, at)


def award_lot(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """Somebody is chosen."""
    LOT.fire("award", lot, None, at=at, because=because)
    _save(tender, lot, at)


def record_contract(tender: Tender, lot: Lot, contract: str, *, at: datetime, because: Any) -> None:
    """The contract with this code was signed at `at`."""
    LOT.fire("contract", lot, None, at=at, because=because)
    lot.contract, lot.contracted_at = contract, at
    _save(tender, lot, at)


def record_registration(
    tender: Tender, lot: Lot, number: str, day: date | None, *, at: datetime
) -> None:
    """The contract of the lot bears this official number since `day`; "" and None when it was revoked."""
    if (lot.registered_as, lot.registered_on) == (number, day):
        return
    lot.registered_as, lot.registered_on = number, day
    _save(tender, lot, at)


def complete_lot(tender: Tender, lot: Lot, *, at: datetime, because: Any) -> None:
    """What was agreed is done and accepted, or recorded as a failure without blame."""
    LOT.fire("complete", lot, None, at=at, because=because)
    lot.ended_at = at
    _save(tender, lot, at)


def fail_lot(tender: Tender, lot: Lot, reason: str, *, at: datetime, because: Any) -> None:
    """Nothing comes of it, for a reason that everybody reads."""
    LOT.fire("fail", lot, None, at=at, because=because)
    lot.fail_reason, lot.ended_at = reason[:MOST_REASON], at
    _save(tender, lot, at)


def _save(tender: Tender, lot: Lot, at: datetime) -> None:
    lot.save()
    _end(tender, lot, at)
    save(tender)
    publish(events.LotMoved(subject_id=tender.pk, lot=lot.number, stage=str(lot.stage)), actor=None)


def _end(tender: Tender, lot: Lot, at: datetime) -> None:
    """The tender ends with the last of its lots: complete if anything came of one of them."""
    stages = set(Lot.objects.filter(tender=tender).values_list("stage", flat=True))
    if not stages <= ENDED:
        return
    if Stage.COMPLETED in stages:
        TENDER.fire("finish", tender, None, at=at, because=lot)
    elif Stage.FAILED in stages:
        TENDER.fire("fail", tender, None, at=at, because=lot)
