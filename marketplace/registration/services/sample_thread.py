"""Sample contracts that are registered: of the golden thread, returned once for a missing seal, and of a challenge."""

from typing import Any

from marketplace.brokerage.queries import golden_thread
from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONCLUDED, Book
from marketplace.kernel import clock
from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.registration.models import Filing
from marketplace.registration.services import filing as services

#: The registration point 90 does not exist: no real number looks like it.
_POINT = "371390"


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
    return services.register(filing, f"{today.year}{number}", today, actor=registrar)
