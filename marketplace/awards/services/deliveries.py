"""The work after the award: milestones, the acceptance, a failure without blame, inspections."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.awards import events
from marketplace.awards.models import (
    DELIVERY_FILES,
    Inspection,
    Judgement,
    Milestone,
    TaskBook,
)
from marketplace.awards.rulebook import (
    MOST_NOTE,
    MOST_REASON,
    MOST_TEXT,
    Exemption,
    Grade,
    against_inspection,
)
from marketplace.awards.services.locking import fitting, given, save
from marketplace.awards.workflow import DELIVERY, MILESTONE, UNDER_WAY, MilestoneStatus
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.money import MAX_FEN
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders import services as tenders

#: Files of evidence of one delivery.
MOST_FILES = 60


@dataclass(frozen=True)
class Finding:
    """What a decision about the whole work says. `grade` for an acceptance alone."""

    on: date | None
    judges: str
    reasons: str
    grade: str = ""


def _locked(delivery: TaskBook) -> tuple[TaskBook, Any, datetime]:
    """The delivery and its tender under their locks, the tender first; and the instant."""
    tender, now = tenders.up_to_date(delivery.tender)
    rows = TaskBook.objects.select_for_update(of=("self",)).select_related("award")
    found = rows.filter(pk=delivery.pk).first()
    if found is None:
        raise NotVisible
    found.tender = tender
    return found, tender, now


# --- milestones -------------------------------------------------------------------------------
def report_milestone(
    milestone: Milestone, *, report: str, upload: Any = None, actor: Actor, rev: Rev = None
) -> Milestone:
    """The winner says that a milestone is done, with evidence. `rev` is the delivery's.

    Raises Forbidden, Refused, Stale, InvalidInput at `report` and `file`.
    """
    file = None
    if upload is not None and not MILESTONE.refusal("report", milestone, actor):
        file = files.store_upload(upload, subject_kind=DELIVERY_FILES, actor=actor)
    with transaction.atomic():
        milestone, delivery = _milestone(milestone)
        MILESTONE.fire("report", milestone, actor)
        check(delivery.rev, rev, delivery)
        milestone.report = given(
            report, at="report", most=MOST_NOTE, needed=gettext_lazy("请写明完成情况")
        )
        milestone.reported_at, milestone.reported_by_id = clock.now(), actor.pk
        milestone.decision, milestone.decided_at, milestone.decided_by = "", None, None
        _keep(milestone, delivery)
        if file is not None:
            files.bind(file, delivery.pk, actor=actor)
        publish(
            events.MilestoneReported(subject_id=delivery.pk, milestone=milestone.number),
            actor=actor,
        )
    return milestone


@transaction.atomic
def judge_milestone(
    milestone: Milestone, move: str, *, decision: str = "", actor: Actor, rev: Rev = None
) -> Milestone:
    """`approve` it, or `send_back` with a reason. `rev` is the delivery's.

    Raises Forbidden, Refused, Stale, InvalidInput at `decision`.
    """
    if move not in {"approve", "send_back"}:
        raise ValueError(move)
    milestone, delivery = _milestone(milestone)
    MILESTONE.fire(move, milestone, actor)
    check(delivery.rev, rev, delivery)
    if move == "send_back":
        milestone.decision = given(
            decision, at="decision", most=MOST_REASON, needed=gettext_lazy("请写明退回的原因")
        )
    else:
        milestone.decision = fitting(decision, at="decision", most=MOST_REASON)
    milestone.decided_at, milestone.decided_by_id = clock.now(), actor.pk
    _keep(milestone, delivery)
    publish(
        events.MilestoneJudged(subject_id=delivery.pk, milestone=milestone.number, move=move),
        actor=actor,
    )
    return milestone


def _keep(milestone: Milestone, delivery: TaskBook) -> None:
    """Save both: a milestone is a part of what the page of the delivery shows."""
    milestone.save()
    save(delivery)


def _milestone(milestone: Milestone) -> tuple[Milestone, TaskBook]:
    delivery, _tender, _now = _locked(milestone.delivery)
    found = Milestone.objects.select_for_update().get(pk=milestone.pk)
    found.delivery = delivery
    return found, delivery


# --- the whole work ---------------------------------------------------------------------------
def submit_delivery(
    delivery: TaskBook, *, summary: str, upload: Any = None, actor: Actor, rev: Rev = None
) -> TaskBook:
    """The winner asks for the acceptance. Raises Forbidden, Refused, Stale, InvalidInput at `summary`, `file`."""
    file = None
    if upload is not None and not DELIVERY.refusal("submit", delivery, actor):
        file = files.store_upload(upload, subject_kind=DELIVERY_FILES, actor=actor)
    with transaction.atomic():
        delivery, _tender, now = _locked(delivery)
        DELIVERY.fire("submit", delivery, actor)
        check(delivery.rev, rev, delivery)
        open_ones = delivery.milestones.exclude(status=MilestoneStatus.ACCEPTED)
        if open_ones.exists():
            raise Refused(_("还有 %(n)d 个节点没有确认完成") % {"n": open_ones.count()})
        delivery.summary = given(
            summary, at="summary", most=MOST_TEXT, needed=gettext_lazy("请写明完成情况和指标结果")
        )
        delivery.submitted_at = now
        save(delivery)
        if file is not None:
            files.bind(file, delivery.pk, actor=actor)
        _moved(delivery, "submit", actor)
    return delivery


@transaction.atomic
def accept_delivery(
    delivery: TaskBook, finding: Finding, *, actor: Actor, rev: Rev = None
) -> TaskBook:
    """验收 by the purchaser with a grade. A failed one goes back; where the city pays, the authority confirms.

    Raises Forbidden, Refused, Stale, InvalidInput at the fields of `Finding`.
    """
    delivery, tender, _now = _locked(delivery)
    passed = finding.grade != Grade.FAILED
    move = ("propose" if tender.is_city_funded else "accept") if passed else "send_back"
    DELIVERY.fire(move, delivery, actor)
    check(delivery.rev, rev, delivery)
    _record(delivery, move, finding, actor, graded=True)
    _go(delivery, move, actor)
    return delivery


@transaction.atomic
def decide_delivery(
    delivery: TaskBook, move: str, finding: Finding, *, actor: Actor, rev: Rev = None
) -> TaskBook:
    """The authority decides: `confirm` or `refuse` an acceptance, `find` or `deny` a failure without blame.

    Raises Forbidden, Refused, Stale, InvalidInput at the fields of `Finding`.
    """
    if move not in {"confirm", "refuse", "find", "deny"}:
        raise ValueError(move)
    delivery, _tender, _now = _locked(delivery)
    DELIVERY.fire(move, delivery, actor)
    check(delivery.rev, rev, delivery)
    _record(delivery, move, finding, actor, graded=False)
    _go(delivery, move, actor)
    return delivery


@transaction.atomic
def claim_failure(
    delivery: TaskBook, *, tried: str, spent: int | None, actor: Actor, rev: Rev = None
) -> TaskBook:
    """The winner asks that a failure be found to be one without blame: what was tried, and what was spent (fen).

    Raises Forbidden, Refused, Stale, InvalidInput at `tried` and `spent`.
    """
    delivery, _tender, now = _locked(delivery)
    DELIVERY.fire("claim", delivery, actor)
    check(delivery.rev, rev, delivery)
    errors: dict[str, list[object]] = {}
    if spent is None or not 0 <= spent <= MAX_FEN:
        errors["spent"] = [_("请填写已支出的经费")]
    try:
        delivery.tried = given(
            tried, at="tried", most=MOST_TEXT, needed=gettext_lazy("请写明试过什么、结果如何")
        )
    except InvalidInput as error:
        errors |= error.errors
    if errors:
        raise InvalidInput(errors)
    delivery.spent, delivery.claimed_at = spent, now
    save(delivery)
    _moved(delivery, "claim", actor)
    return delivery


@transaction.atomic
def end_delivery(contract: str, *, because: object) -> bool:
    """The contract was terminated: the work ends, and so does the lot. Whether there was one under way."""
    found = TaskBook.objects.filter(contract=contract).select_related("tender").first()
    if found is None or not contract:
        return False
    delivery, _tender, _now = _locked(found)
    if delivery.status not in UNDER_WAY:
        return False
    DELIVERY.fire("end", delivery, None, because=because)
    _complete(delivery, because)
    save(delivery)
    _moved(delivery, "end", None)
    return True


def _record(delivery: TaskBook, move: str, finding: Finding, actor: Actor, *, graded: bool) -> None:
    errors: dict[str, list[object]] = {}
    texts = {}
    for name, text, most, needed in (
        ("judges", finding.judges, 300, gettext_lazy("请写明由谁认定")),
        ("reasons", finding.reasons, MOST_TEXT, gettext_lazy("请写明结论和理由")),
    ):
        try:
            texts[name] = given(text, at=name, most=most, needed=needed)
        except InvalidInput as error:
            errors |= error.errors
    if graded and finding.grade not in Grade.values:
        errors["grade"] = [_("请从列表中选择")]
    if finding.on is None or finding.on > clock.today():
        errors["on"] = [_("请填写日期，不晚于今天")]
    elif finding.on < clock.day_of(delivery.created_at):
        errors["on"] = [_("日期不能早于签约")]
    if errors or finding.on is None:
        raise InvalidInput(errors)
    Judgement.objects.create(
        delivery=delivery,
        move=move,
        grade=finding.grade if graded else "",
        on=finding.on,
        judges=texts["judges"],
        reasons=texts["reasons"],
        by_id=actor.pk,
        at=clock.now(),
    )


def _go(delivery: TaskBook, move: str, actor: Actor) -> None:
    if delivery.status not in UNDER_WAY:
        _complete(delivery, delivery)
    save(delivery)
    _moved(delivery, move, actor)


def _complete(delivery: TaskBook, because: object) -> None:
    """The lot is over with the work. The tender is locked."""
    tender = delivery.tender
    now = clock.database_now()
    delivery.ended_at = now
    lot = tenders.lot_of(tender, delivery.lot_id)
    tenders.complete_lot(tender, lot, at=now, because=because)


def _moved(delivery: TaskBook, move: str, actor: Actor | None) -> None:
    publish(events.DeliveryMoved(subject_id=delivery.pk, move=move), actor=actor)


# --- inspections ------------------------------------------------------------------------------
@transaction.atomic
def record_inspection(
    delivery: TaskBook,
    *,
    on: date | None,
    purpose: str,
    findings: str,
    exception: str = "",
    exception_note: str = "",
    actor: Actor,
    rev: Rev = None,
) -> Inspection:
    """The authority inspected the work: once a calendar year, a second time under a named exception alone.

    Raises Forbidden, Refused for a second one without an exception and once the work is over, Stale, InvalidInput at
    the fields.
    """
    delivery, _tender, now = _locked(delivery)
    if not actor.has_perm("awards.oversee_delivery", delivery):
        raise Forbidden
    check(delivery.rev, rev, delivery)
    if delivery.status not in UNDER_WAY:
        raise Refused(_("任务已经结束，不再检查"))
    errors: dict[str, list[object]] = {}
    texts = {"findings": "", "exception_note": ""}
    named = exception in Exemption.values
    for name, text, most, needed in (
        ("purpose", purpose, MOST_REASON, gettext_lazy("请写明检查事项")),
        ("findings", findings, MOST_TEXT, None),
        (
            "exception_note",
            exception_note,
            MOST_REASON,
            gettext_lazy("请写明例外的依据") if named else None,
        ),
    ):
        try:
            texts[name] = (
                given(text, at=name, most=most, needed=needed)
                if needed is not None
                else fitting(text, at=name, most=most)
            )
        except InvalidInput as error:
            errors |= error.errors
    if exception and not named:
        errors["exception"] = [_("请从列表中选择")]
    if why := _unfit_day(on, delivery):
        errors["on"] = [why]
    if errors or on is None:
        raise InvalidInput(errors)
    taken = list(delivery.inspections.values_list("on", flat=True))
    if reason := against_inspection(on, taken, exception):
        raise Refused(reason)
    try:
        with transaction.atomic():
            made = Inspection.objects.create(
                delivery=delivery,
                on=on,
                year=on.year,
                purpose=texts["purpose"],
                findings=texts["findings"],
                exception=exception,
                exception_note=texts["exception_note"] if named else "",
                by_id=actor.pk,
                at=now,
            )
    except IntegrityError as error:
        raise Refused(gettext_lazy("同一年已经检查过一次")) from error
    save(delivery)
    publish(events.DeliveryInspected(subject_id=delivery.pk), actor=actor)
    return made


def _unfit_day(on: date | None, delivery: TaskBook) -> object:
    """Why nobody can have inspected the work on this day; "" for none."""
    if on is None or on > clock.today():
        return _("请填写日期，不晚于今天")
    return _("日期不能早于签约") if on < clock.day_of(delivery.created_at) else ""
