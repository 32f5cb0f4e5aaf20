"""定标: the purchaser chooses the candidate after the publicity, and a candidate may decline before the contract."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.awards import events, queries
from marketplace.awards.models import Award, Result
from marketplace.awards.queries.results import is_over
from marketplace.awards.rulebook import MOST_REASON
from marketplace.awards.services.locking import Held, given, locked, refuse_excluded, save
from marketplace.awards.workflow import OPEN, RESULT
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.publicity.rulebook import in_words
from marketplace.publicity.workflow import Status as PublicityStatus
from marketplace.tenders import services as tenders


@transaction.atomic
def confirm_award(result: Result, *, actor: Actor, rev: Rev = None) -> Award:
    """Choose the candidate. Raises Forbidden, Refused (with the reason), Stale.

    The instant is the database's, read after the locks: one second before the end of the publicity it is refused.
    """
    held = locked(result)
    result = held.result
    RESULT.fire("confirm", result, actor, at=held.now)
    check(result.rev, rev, result)
    award = _ready(held)
    due = clock.end_of_day(clock.day_of(held.now) + timedelta(held.tender.ruled_by.contract_days))
    award.confirmed_at, award.confirmed_by_id, award.contract_due = held.now, actor.pk, due
    save(award)
    result.told_at = result.told_at or held.now
    save(result)
    tenders.award_lot(held.tender, held.lot, at=held.now, because=result)
    publish(
        events.AwardConfirmed(
            subject_id=result.pk, award_id=award.pk, contract_due=due.isoformat()
        ),
        actor=actor,
    )
    return award


def _ready(held: Held) -> Award:
    """The candidate, where nothing stands in the way of the award. Raises Refused with what does."""
    award = held.award
    if award is None or award.publicity is None:
        raise Refused(gettext_lazy("还没有公示候选单位"))
    # Once more under the lock: what was joined to the award was read before it.
    award.publicity.refresh_from_db()
    if award.declined_at is not None:
        raise Refused(gettext_lazy("候选单位已经放弃，请改由下一名候选"))
    if award.publicity.status == PublicityStatus.CANCELLED:
        raise Refused(gettext_lazy("结果公示已撤销，请选择重新评审、改由下一名候选或宣布流标"))
    refuse_excluded(held, award)
    if held.contested:
        raise Refused(held.contested)
    if queries.blocking(held.lot.pk):
        raise Refused(gettext_lazy("有异议或投诉尚未了结，了结之前不能定标"))
    if not is_over(award, held.now):
        if award.publicity.is_suspended or award.publicity.ends_at is None:
            raise Refused(gettext_lazy("结果公示已暂停，恢复并期满后才能定标"))
        until = in_words(award.publicity.ends_at)
        raise Refused(_("公示期未满，%(until)s 之后才能定标") % {"until": until})
    return award


@transaction.atomic
def decline_award(award: Award, *, reason: str, actor: Actor, rev: Rev = None) -> Award:
    """The candidate gives up before the contract; the purchaser decides what follows.

    `rev` is the award's. Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    held = locked(award.result)
    found = held.award
    if found is None or found.pk != award.pk:
        raise Refused(gettext_lazy("这个候选已经结束"))
    if not actor.has_perm("awards.decline_award", found):
        raise Forbidden
    if held.result.status not in OPEN or not held.result.is_public:
        raise Refused(gettext_lazy("公示之后、签约之前才能放弃"))
    if found.declined_at is not None:
        raise Refused(gettext_lazy("已经放弃"))
    check(found.rev, rev, found)
    found.decline_reason = given(
        reason, at="reason", most=MOST_REASON, needed=gettext_lazy("请写明放弃的原因")
    )
    found.declined_at, found.declined_by_id = held.now, actor.pk
    save(found)
    save(held.result)
    publish(events.AwardDeclined(subject_id=held.result.pk, award_id=found.pk), actor=actor)
    return found
