"""The seller's side of a filing: open, submit, correct, report that it is filed."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import Contract
from marketplace.deals.services import check_standing, lock_facts, put_on_desk
from marketplace.deals.workflow import CONCLUDED
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.journal.services import publish
from marketplace.journal.versions import keep_version
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.registration import events
from marketplace.registration.models import FILING_FILES, Filing
from marketplace.registration.queries.form import content_of
from marketplace.registration.rulebook.books import book_for
from marketplace.registration.rulebook.numbers import BadNumber, check_number
from marketplace.registration.rulebook.reading import Reading
from marketplace.registration.services import precheck
from marketplace.registration.services.placing import placing, registrant
from marketplace.registration.services.writing import (
    intake_end,
    locked,
    note_decision,
    save,
)
from marketplace.registration.workflow import FILING, WITH_SELLER, FilingStatus, Route


class Blocked(Refused):
    """The pre-check found what must be mended first; `findings` are those that block."""

    slug = "precheck-blocks"

    def __init__(self, findings: list[Any]) -> None:
        self.findings = findings
        listed = "；".join(str(one.what) for one in findings)
        super().__init__(_("自查未通过，请先更正：%(what)s") % {"what": listed})


@transaction.atomic
def open_filing(contract: Contract, *, actor: Any) -> Filing:
    """Begin the registration of a signed contract, for the seller; an open one is returned as it is.

    Raises Forbidden for others than the seller's people, Refused before signature and for a seller
    outside the city.
    """
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if not actor.has_perm("registration.file_contract", contract):
        raise Forbidden(_("认定登记由卖方办理"))
    made = Filing.objects.filter(contract=contract).first()
    if made is not None:
        return made
    if contract.status not in CONCLUDED:
        raise Refused(_("合同签订后才能申请认定登记"))
    seller = registrant(contract)
    if seller is None:
        raise Refused(_("卖方不在平台，不能在这里申请认定登记"))
    place = placing(contract)
    if place.route == Route.ELSEWHERE:
        raise Refused(_("卖方不在本市，应由卖方所在地登记机构登记"))
    filing = Filing(
        contract=contract,
        book=contract.book,
        seller_org=seller,
        district=place.district,
        route=place.route,
        needs_second=place.needs_second,
        is_large=place.needs_second,
    )
    insert(filing)
    publish(events.FilingOpened(subject_id=filing.pk), actor=actor)
    return filing


def submit(filing: Filing, *, actor: Any, rev: Rev = None) -> Filing:
    """Hand the filing in, or in again after a return; the pre-check runs and is kept as a snapshot.

    The final text is read in a child process before the transaction. Raises Forbidden, Refused, Stale;
    Blocked with the findings when the pre-check stops it.
    """
    return _submit(filing, precheck.read_final_text(filing.contract), actor, rev)


@transaction.atomic
def _submit(filing: Filing, reading: Reading | None, actor: Any, rev: Rev) -> Filing:
    filing = locked(filing)
    corrects = filing.status == FilingStatus.RETURNED
    FILING.fire("resubmit" if corrects else "submit", filing, actor)
    check(filing.rev, rev, filing)
    contract = filing.contract
    if contract.status not in CONCLUDED:
        raise Refused(_("合同签订后才能申请认定登记"))
    check_standing(contract)
    place = placing(contract)
    if place.route == Route.ELSEWHERE:
        raise Refused(_("卖方不在本市，应由卖方所在地登记机构登记"))
    found = precheck.run(contract, actor, reading)
    version = book_for(contract.signed_on, clock.today()).version
    blocking = [one for one in found if one.level == "blocks"]
    if blocking:
        raise Blocked(blocking)
    filing.findings = [one.as_dict() for one in found]
    filing.rulebook_version = version
    filing.district, filing.route = place.district, place.route
    filing.needs_second = filing.is_large = place.needs_second
    filing.rounds += 1
    filing.submitted_by, filing.submitted_at = actor, clock.now()
    filing.intake_due_at = intake_end(filing.submitted_at)
    filing.submitted_rev = filing.rev + 1
    save(filing)
    keep_version(events.FILING, filing.pk, filing.rev, content_of(contract))
    hold(filing, is_held=True)
    note_decision(filing, "resubmit" if corrects else "submit", actor)
    publish(
        events.FilingSubmitted(subject_id=filing.pk, round=filing.rounds, is_correction=corrects),
        actor=actor,
    )
    return filing


def hold(filing: Filing, *, is_held: bool) -> None:
    """Put the contract on the desk of the filing, and lock its facts while the bureau works with them.

    Until it has the official number its terms do not change either, or more would be counted than was reviewed.
    """
    put_on_desk(filing.contract, filing.district)
    filing.contract = lock_facts(
        filing.contract,
        is_locked=is_held,
        under_review=is_held and not filing.official_number,
    )


@transaction.atomic
def recall(filing: Filing, *, actor: Any, rev: Rev = None) -> Filing:
    """Take a submitted filing back before it is accepted. Raises Forbidden, Refused, Stale."""
    filing = locked(filing)
    FILING.fire("recall", filing, actor)
    check(filing.rev, rev, filing)
    filing.intake_due_at = None
    save(filing)
    hold(filing, is_held=False)
    note_decision(filing, "recall", actor)
    publish(events.FilingRecalled(subject_id=filing.pk), actor=actor)
    return filing


@transaction.atomic
def reopen(filing: Filing, *, actor: Any, rev: Rev = None) -> Filing:
    """Mend a refused filing, to hand it in again. Raises Forbidden, Refused, Stale."""
    filing = locked(filing)
    FILING.fire("reopen", filing, actor)
    check(filing.rev, rev, filing)
    filing.return_reasons = []
    save(filing)
    hold(filing, is_held=False)
    note_decision(filing, "reopen", actor)
    publish(events.FilingReopened(subject_id=filing.pk), actor=actor)
    return filing


@transaction.atomic
def record_filed(
    filing: Filing,
    *,
    actor: Any,
    rev: Rev = None,
    reported_number: str = "",
    reported_on: date | None = None,
) -> Filing:
    """Note that the seller has filed in the national system; the number that it gave may come along.

    A reported number counts nothing until a registrar registers it.
    Raises Forbidden, Refused, Stale; InvalidInput at `reported_number`, `reported_on`.
    """
    filing = locked(filing)
    FILING.fire("record_filed", filing, actor)
    check(filing.rev, rev, filing)
    if reported_number.strip():
        if reported_on is None:
            raise InvalidInput({"reported_on": [_("请填写登记日期")]})
        try:
            number = check_number(reported_number, registered_on=reported_on)
        except BadNumber as error:
            raise InvalidInput({"reported_number": [error.args[0]]}) from error
        filing.reported_number, filing.reported_on = number.digits, reported_on
    filing.filed_at = clock.now()
    save(filing)
    note_decision(filing, "record_filed", actor)
    publish(events.FilingFiled(subject_id=filing.pk), actor=actor)
    return filing


def add_paper(filing: Filing, upload: Any, *, actor: Any) -> Attachment:
    """File a paper with the filing. Raises Forbidden, Refused, InvalidInput at `file`, StorageFull."""
    if not actor.has_perm("registration.prepare_registration", filing):
        raise Forbidden
    if filing.status not in WITH_SELLER:
        raise Refused(_("材料在登记机构手中，退回补正后才能增加"))
    return files.store_upload(upload, subject_kind=FILING_FILES, subject_id=filing.pk, actor=actor)


__all__ = [
    "Blocked",
    "add_paper",
    "hold",
    "open_filing",
    "recall",
    "record_filed",
    "reopen",
    "submit",
]
