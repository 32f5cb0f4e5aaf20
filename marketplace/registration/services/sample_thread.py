"""The golden thread goes on: its contract is returned once for a missing seal, corrected and registered."""

from typing import Any

from marketplace.brokerage.queries import golden_thread
from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONCLUDED, Book
from marketplace.kernel import clock
from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.registration.models import Filing
from marketplace.registration.services import filing as services
from marketplace.taxonomy.queries import UnknownYear

#: The registration point 90 does not exist: no real number looks like it.
_POINT = "371390"


def golden_contract() -> Contract | None:
    """The signed sample contract that began with the agreed intent of the thread, or None."""
    thread = golden_thread()
    if thread is None:
        return None
    rows = Contract.objects.filter(
        enquiry=thread.enquiry, book=Book.SAMPLE, status__in=sorted(CONCLUDED)
    )
    return rows.order_by("id").first()


def register_golden(registrar: User) -> Filing | None:
    """Register the contract of the thread, once; None without one.

    In the last weeks of a year whose successor's holidays are not known the bureau cannot accept it: then
    it stays submitted, as a real one would.
    """
    contract = golden_contract()
    if contract is None or Filing.objects.filter(contract=contract).exists():
        return None
    seller: Any = contract.parties.filter(side="seller", organization__isnull=False).first()
    people = parties.binders_of(seller.organization_id).order_by("id") if seller else []
    actor = next(iter(people), None)
    if actor is None:
        return None
    filing = services.open_filing(contract, actor=actor)
    try:
        return _gone_through(filing, actor, registrar)
    except UnknownYear:
        # Any other refusal is a fault of the samples, which must not pass as a thread that ends early.
        filing.refresh_from_db()
        return filing


def _gone_through(filing: Filing, actor: User, registrar: User) -> Filing:
    filing = services.submit(filing, actor=actor)
    reasons = [{"code": "seal_missing", "text": "第二页骑缝处缺少买方签章"}]
    filing = services.return_for_correction(filing, reasons, actor=registrar)
    filing = services.resubmit(filing, actor=actor)
    filing = services.accept(filing, actor=registrar)
    filing = services.pass_first(filing, actor=registrar)
    filing = services.approve(filing, actor=registrar)
    filing = services.record_filed(filing, actor=actor)
    today = clock.today()
    return services.register(filing, f"{today.year}{_POINT}990086", today, actor=registrar)
