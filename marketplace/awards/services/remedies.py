"""Another way than to go on with the candidate: the next one, another evaluation, or the failure of the lot.

Each needs a cause that the platform knows: the candidate declined or did not stand a check, the publicity was
cancelled, an objection or a complaint was right, the contract did not come about. So nobody drops a candidate at will.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.awards import events, queries
from marketplace.awards.models import AWARD_FILES, Award, Result
from marketplace.awards.policies import oversees
from marketplace.awards.queries.results import has_run, is_over, was_right
from marketplace.awards.rulebook import MOST_REASON, Out
from marketplace.awards.services.locking import Held, given, locked, save
from marketplace.awards.services.proposing import begin_candidate
from marketplace.awards.workflow import OPEN, RESULT, Status
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.publicity import services as publicity
from marketplace.publicity.models import Publicity
from marketplace.publicity.rulebook import in_words
from marketplace.publicity.workflow import Status as PublicityStatus
from marketplace.tenders import services as tenders
from marketplace.tenders.workflow import Stage

MOVES = ("next", "again", "fail")


def remedy_result(
    result: Result,
    move: str,
    *,
    reason: str,
    out: str = "",
    upload: Any = None,
    actor: Actor,
    rev: Rev = None,
) -> Result:
    """Go another way: `next`, `again` (evaluate again) or `fail`.

    `out` says why the candidate is out; where the round ends it may be "".

    Raises Forbidden, Refused while an objection is undecided or without a cause, Stale, InvalidInput at `reason`,
    `out`, `file`.
    """
    if move not in MOVES:
        raise ValueError(move)
    file = None
    if upload is not None and not RESULT.refusal(move, result, actor):
        # Examined without a lock, for that takes its time.
        file = files.store_upload(upload, subject_kind=AWARD_FILES, actor=actor)
    with transaction.atomic():
        held = locked(result)
        was = held.result.status
        RESULT.fire(move, held.result, actor, at=held.now)
        check(held.result.rev, rev, held.result)
        text = given(reason, at="reason", most=MOST_REASON, needed=_("请写明原因"))
        if queries.undecided(held.lot.pk):
            raise Refused(_("有异议或投诉尚未处理，处理之后再选择"))
        if move == "next":
            _next(held, was, out, text, actor, has_evidence=file is not None)
        else:
            _end_round(held, move, out, text, actor, has_evidence=file is not None)
        if file is not None and held.award is not None:
            files.bind(file, held.award.pk, actor=actor)
    return held.result


def _next(held: Held, was: str, out: str, text: str, actor: Actor, *, has_evidence: bool) -> None:
    award = held.award
    if award is None or queries.next_entry(held.result) is None:
        raise Refused(_("没有下一名候选，请选择重新评审或宣布流标"))
    _proven(held, award, out, actor, has_evidence=has_evidence)
    _drop(held, award, out, text, actor)
    begin_candidate(held.result)
    held.result.days = None
    held.result.checked_by = None
    save(held.result)
    if was == Status.AWARDED:
        tenders.step_back(held.tender, held.lot, at=held.now, because=held.result)
    publish(events.CandidateReplaced(subject_id=held.result.pk, award_id=award.pk), actor=actor)


def _proven(held: Held, award: Award, out: str, actor: Actor, *, has_evidence: bool) -> None:
    """Raise InvalidInput at `out` or `file` unless the candidate is out for this cause."""
    found = queries.causes(award, held.now)
    causes = {
        Out.DECLINED: found.declined,
        Out.OBJECTION: found.objection or found.cancelled,
        Out.EXCLUDED: found.excluded,
        Out.NO_CONTRACT: found.late,
        Out.UNFIT: True,
    }
    if out not in causes:
        raise InvalidInput({"out": [_("请从列表中选择")]})
    if not causes[Out(out)]:
        raise InvalidInput({"out": [_("没有这样的记录，不能以此更换候选")]})
    if out != Out.UNFIT:
        return
    if reason := _against_unfit(held, award, actor):
        raise InvalidInput({"out": [reason]})
    if not has_evidence:
        raise InvalidInput({"file": [_("请上传证明候选单位不符合条件的材料")]})


def _against_unfit(held: Held, award: Award, actor: Actor) -> object:
    """Why this person does not find the candidate unfit now, or "".

    A check is recorded by nobody but whoever makes it. So everybody knows the candidate before, and where the
    procedure asks for four eyes it is the authority that finds.
    """
    if award.publicity_id is None:
        return _("候选单位公示之后，才能以核实不符合条件更换")
    if oversees(actor, held.result):
        return ""
    if held.result.needs_four_eyes:
        return _("这种方式由主管部门认定候选单位不符合条件")
    if not is_over(award, held.now):
        return _("公示期满之后，才能以核实不符合条件更换")
    return ""


def _end_round(
    held: Held, move: str, out: str, text: str, actor: Actor, *, has_evidence: bool
) -> None:
    """Evaluate again, or fail: only where the round cannot be carried on with its candidates."""
    award, result = held.award, held.result
    found = queries.causes(award, held.now)
    last = queries.next_entry(result) is None
    if award is not None and out:
        _proven(held, award, out, actor, has_evidence=has_evidence)
    if award is None and queries.all_rejected(result) and move == "fail":
        _shown_and_unopposed(held)
    exhausted = last and (
        not found.has_candidate or found.declined or found.late or out in {Out.UNFIT, Out.EXCLUDED}
    )
    if not (exhausted or found.objection or found.cancelled):
        raise Refused(_("候选单位没有放弃，也没有成立的异议或投诉：不能重新评审或宣布流标"))
    if award is not None:
        _drop(held, award, out or Out.ROUND, text, actor)
    result.end_reason, result.ended_at = text, held.now
    if move == "fail":
        # Whatever came of it, each bidder has a letter with the reasons of the own verdict.
        result.told_at = result.told_at or held.now
    save(result)
    if move == "again":
        _take_back(result.publicity, text, actor)
    if move == "fail":
        tenders.fail_lot(held.tender, held.lot, text, at=held.now, because=result)
        publish(events.ResultFailed(subject_id=result.pk), actor=actor)
        return
    tenders.reopen_lot(held.tender, held.lot, at=held.now, because=result)
    publish(events.ResultReopened(subject_id=result.pk, lot_id=held.lot.pk), actor=actor)


def _drop(held: Held, award: Award, out: str, text: str, actor: Actor) -> None:
    """The candidate is out, and its publicity is taken back with the reason."""
    award.ended_at, award.ended_by_id = held.now, actor.pk
    award.out, award.out_reason = out, text
    # First: the publicity of a candidate who stands is taken back by the authority alone.
    save(award)
    _take_back(award.publicity, text, actor)


def _take_back(row: Publicity | None, text: str, actor: Actor) -> None:
    """Take back what was made public, unless the authority has done so."""
    if row is not None:
        row.refresh_from_db()
        if row.status in {PublicityStatus.RUNNING, PublicityStatus.ENDED}:
            publicity.cancel_publicity(row, reason=text, actor=actor)


def _shown_and_unopposed(held: Held) -> None:
    """Raises Refused unless the rejection of all was public for its time and nobody was right against it."""
    row = held.result.publicity
    if row is None:
        raise Refused(_("方案全部未通过的结果须先公示，参加单位可以提出异议；期满后才能宣布流标"))
    row.refresh_from_db()
    if was_right(row) or row.status == PublicityStatus.CANCELLED:
        raise Refused(_("异议或投诉成立，或公示已被撤销：请重新评审，不能宣布流标"))
    if not has_run(row, held.now):
        if row.is_suspended or row.ends_at is None:
            raise Refused(_("结果公示已暂停，恢复并期满后才能宣布流标"))
        words = _("公示期未满，%(until)s 之后才能宣布流标")
        raise Refused(words % {"until": in_words(row.ends_at)})


def cancel_results(tender: Any) -> int:
    """End what is open of a tender that was cancelled; how many. The cause is the tender's cancellation."""
    done = 0
    for row in Result.objects.filter(tender=tender, status__in=sorted(OPEN)).order_by("pk"):
        done += _cancel(row)
    return done


@transaction.atomic
def _cancel(result: Result) -> bool:
    held = locked(result)
    if held.lot.stage != Stage.CANCELLED or held.result.status not in OPEN:
        return False
    RESULT.fire("cancel", held.result, None, at=held.now, because=held.tender)
    if held.award is not None:
        held.award.ended_at, held.award.out = held.now, Out.ROUND
        save(held.award)
    held.result.ended_at = held.now
    save(held.result)
    publish(events.ResultCancelled(subject_id=held.result.pk), actor=None)
    return True
