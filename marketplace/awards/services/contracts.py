"""What contracts report about an award, and what they ask before a signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.awards import events, queries
from marketplace.awards.models import Award, Milestone, TaskBook
from marketplace.awards.rulebook import MOST_MILESTONES, MOST_REASON, changes_of
from marketplace.awards.services.locking import Held, given, locked, save
from marketplace.awards.workflow import RESULT, Status
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders import services as tenders
from marketplace.tenders.workflow import Stage


@dataclass(frozen=True)
class Stone:
    """A milestone of a contract."""

    what: str
    due_on: date | None


def subject_of(award: Award) -> str:
    """What the contract of an award is about, in one line of the tender."""
    tender = award.result.tender
    return f"{tender.title}（{tender.code} {award.lot.title}）"


def check_signing(award: Award, amount: int | None, subject: str) -> None:
    """Lock what must not change until the signature, and raise Refused with what stands in its way.

    Call it first in the transaction of the signature: the publicities are locked before the contract.
    """
    held = locked(award.result)
    found = held.award
    if found is None or found.pk != award.pk or held.result.status != Status.AWARDED:
        raise Refused(_("这份合同对应的定标已经失效，不能签订"))
    if held.lot.stage != Stage.AWARDED:
        # The tender may have ended since, before what follows from its end has come to the result.
        raise Refused(_("标段不在已定标状态，不能签订合同"))
    if queries.blocking(held.lot.pk):
        raise Refused(_("结果有异议或投诉尚未了结，了结之前不能签订合同"))
    if held.tender.is_suspended:
        raise Refused(_("征集已暂停，恢复前不能签订合同"))
    changed = changes_of(
        held.tender.ruled_by.negotiable,
        (found.entry.price, subject_of(_whole(held, found))),
        (amount, subject),
    )
    if changed and not found.terms_changed:
        raise Refused(
            _("招标的合同金额和标的应与中标方案一致；确需变更的，先由发布单位在结果页面写明原因")
        )


def _whole(held: Held, award: Award) -> Award:
    award.result, award.lot = held.result, held.lot
    return award


@transaction.atomic
def explain_terms(award: Award, *, reason: str, actor: Actor, rev: Rev = None) -> Award:
    """Record why the contract differs from the bid where nobody may negotiate.

    `rev` is the result's. Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    held = locked(award.result)
    if not actor.has_perm("awards.bind_lotresult", held.result):
        raise Forbidden
    found = held.award
    if found is None or found.pk != award.pk or held.result.status != Status.AWARDED:
        raise Refused(_("定标之后、签约之前才能说明"))
    check(held.result.rev, rev, held.result)
    found.terms_changed = given(
        reason, at="reason", most=MOST_REASON, needed=_("请写明变更的内容和原因")
    )
    save(found)
    save(held.result)
    publish(events.TermsExplained(subject_id=held.result.pk, award_id=found.pk), actor=actor)
    return found


@transaction.atomic
def record_contract(
    award: Award, contract: str, *, milestones: Sequence[Stone], because: object
) -> TaskBook | None:
    """The contract with this code was signed: the lot is contracted, and the work begins. None when it is known.

    Called in the transaction of the signature, after `check_signing` allowed it; a repeat changes nothing.
    """
    held = locked(award.result)
    found = held.award
    if found is None or found.pk != award.pk or held.result.status != Status.AWARDED:
        return None
    RESULT.fire("contract", held.result, None, at=held.now, because=because)
    found.contract, found.contracted_at = contract, held.now
    save(found)
    save(held.result)
    tenders.record_contract(held.tender, held.lot, contract, at=held.now, because=because)
    delivery = _begin(held, found, milestones)
    publish(events.AwardContracted(subject_id=held.result.pk, award_id=found.pk), actor=None)
    return delivery


def _begin(held: Held, award: Award, milestones: Sequence[Stone]) -> TaskBook:
    made = TaskBook(
        award=award,
        tender=held.tender,
        lot=held.lot,
        purchaser_id=held.tender.owner_id,
        winner_id=award.entry.organization_id,
        contract=award.contract,
        is_sample=held.result.is_sample,
    )
    insert(made)
    Milestone.objects.bulk_create(
        Milestone(delivery=made, number=number, what=one.what[:200], due_on=one.due_on)
        for number, one in enumerate(milestones[:MOST_MILESTONES], 1)
    )
    return made


@transaction.atomic
def record_registration(contract: str, number: str, day: date | None) -> bool:
    """The contract bears this official number since `day`; "" and None when it was revoked. Whether it has a lot."""
    award = Award.objects.select_related("result__tender").filter(contract=contract).first()
    if award is None or not contract:
        return False
    tender, now = tenders.up_to_date(award.result.tender)
    lot = tenders.lot_of(tender, award.lot_id)
    tenders.record_registration(tender, lot, number, day, at=now)
    return True
