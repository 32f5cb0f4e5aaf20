"""Sample contracts that are registered: of the golden thread, returned once for a missing seal, and of a challenge."""

from datetime import date, datetime, timedelta
from typing import Any

from marketplace.brokerage.queries import golden_thread
from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONCLUDED, Book
from marketplace.kernel import clock
from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.registration.models import Decision, Filing
from marketplace.registration.services import filing as services
from marketplace.registration.services.writing import decision_end
from marketplace.taxonomy.queries import is_off

#: The registration point 90 does not exist: no real number looks like it.
_POINT = "371390"
#: The hour in Asia/Shanghai at which the first act of a sample was made.
_MORNING = 9


def golden_contract() -> Contract | None:
    """The signed sample contract that the agreed intent of the thread led to, or None."""
    thread = golden_thread()
    if thread is None:
        return None
    rows = Contract.objects.filter(
        enquiry=thread.enquiry, book=Book.SAMPLE, status__in=sorted(CONCLUDED)
    )
    return rows.order_by("id").first()


def register_golden(registrar: User) -> Filing | None:
    """Register the contract of the thread, once; None without one. It is returned for a missing seal first."""
    return _register(golden_contract(), registrar, f"{_POINT}990086", returned=True)


def register_awarded(registrar: User) -> Filing | None:
    """Register the signed contract that a sample challenge led to, once; None without one."""
    rows = Contract.objects.filter(
        award__isnull=False, enquiry=None, book=Book.SAMPLE, status__in=sorted(CONCLUDED)
    )
    return _register(rows.order_by("id").first(), registrar, f"{_POINT}990087", returned=False)


def _register(
    contract: Contract | None, registrar: User, number: str, *, returned: bool
) -> Filing | None:
    if contract is None or Filing.objects.filter(contract=contract).exists():
        return None
    seller: Any = contract.parties.filter(side="seller", organization__isnull=False).first()
    people = parties.binders_of(seller.organization_id).order_by("id") if seller else []
    actor = next(iter(people), None)
    if actor is None:
        return None
    filing = services.open_filing(contract, actor=actor)
    filing = services.submit(filing, actor=actor)
    if returned:
        reasons = [{"code": "seal_missing", "text": "第二页骑缝处缺少买方签章"}]
        filing = services.return_for_correction(filing, reasons, actor=registrar)
        filing = services.resubmit(filing, actor=actor)
    filing = services.accept(filing, actor=registrar)
    filing = services.pass_first(filing, actor=registrar)
    filing = services.approve(filing, actor=registrar)
    filing = services.record_filed(filing, actor=actor)
    today = clock.today()
    filing = services.register(filing, f"{today.year}{number}", today, actor=registrar)
    return _spread(filing, contract.signed_on or today)


#: Which instant of a filing an act writes.
_WRITTEN = {
    "submit": "submitted_at",
    "resubmit": "submitted_at",
    "return": "returned_at",
    "accept": "accepted_at",
    "pass_first": "first_at",
    "approve": "decided_at",
    "record_filed": "filed_at",
}


def _spread(filing: Filing, signed_on: date) -> Filing:
    """Let each act of a sample have been made a working day after the one before it, and the last one today.

    Where too few working days lie between the signature and today, the first acts share a day, an hour apart.
    """
    acts = list(filing.decisions.order_by("id"))
    day, written = clock.today(), dict[str, datetime]()
    for place in range(len(acts) - 2, -1, -1):
        day = _working_day_before(day, signed_on)
        if day == clock.today():
            break
        at = clock.end_of_day(day) - timedelta(hours=24 - _MORNING - place)
        Decision.objects.filter(pk=acts[place].pk).update(at=at)
        if name := _WRITTEN.get(acts[place].act):
            # Walking back, the newest act that writes an instant comes first.
            written.setdefault(name, at)
    if filing.rounds > 1 and "submitted_at" in written:
        # The corrected documents arrived with the second submission.
        written["accepted_at"] = written["submitted_at"]
    for name, at in written.items():
        setattr(filing, name, at)
    if filing.accepted_at is not None:
        filing.due_at = decision_end(filing.accepted_at, is_large=filing.is_large, is_sample=True)
    filing.save()
    return filing


def _working_day_before(day: date, first: date) -> date:
    """The last working day before `day`, or `day` itself where none is left after `first`."""
    found = day - timedelta(1)
    while found > first and is_off(found):
        found -= timedelta(1)
    return found if found > first else day
