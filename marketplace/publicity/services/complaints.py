"""投诉: the objector complains to the authority, which admits and rules; the remedy is told and confirmed."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.publicity import events
from marketplace.publicity.models import Objection
from marketplace.publicity.rulebook import MOST_TEXT
from marketplace.publicity.services.locking import given, locked_objection, save
from marketplace.publicity.services.suspending import let_go
from marketplace.publicity.workflow import OBJECTION, ObjectionStatus
from marketplace.taxonomy.queries import working_day_end

RULINGS = ("admit", "refuse", "sustain", "reject")


@transaction.atomic
def complain(objection: Objection, *, text: str, actor: Actor, rev: Rev = None) -> Objection:
    """Complain about the answer, or that there is none. Raises Forbidden, Refused, Stale, InvalidInput at `text`."""
    objection = locked_objection(objection)
    at = clock.database_now()
    OBJECTION.fire("complain", objection, actor, at=at)
    check(objection.rev, rev, objection)
    objection.complaint = given(
        text, at="text", most=MOST_TEXT, needed=_("请写明投诉的事实、理由和请求")
    )
    objection.filed_at = at
    days = objection.publicity.ruled_by.admit_days
    # A duty of the authority, no deadline of a party: an unknown year is estimated and refuses nobody.
    objection.admit_due = working_day_end(at, days, legal=False).at
    save(objection)
    publish(events.ComplaintFiled(subject_id=objection.pk), actor=actor)
    # The complaint takes the place of the answer that never came.
    let_go(objection.publicity, at=at)
    return objection


@transaction.atomic
def decide_complaint(
    objection: Objection, move: str, *, ruling: str, actor: Actor, rev: Rev = None
) -> Objection:
    """`admit`, `refuse`, `sustain` or `reject` it, with reasons that everybody reads.

    Raises Forbidden for who works for one of the two sides, Refused, Stale, InvalidInput at `ruling`.
    """
    if move not in RULINGS:
        raise ValueError(move)
    objection = locked_objection(objection)
    OBJECTION.fire(move, objection, actor)
    check(objection.rev, rev, objection)
    at = clock.now()
    if move == "admit":
        objection.admitted_at = at
        days = objection.publicity.ruled_by.rule_days
        objection.rule_due = working_day_end(at, days, legal=False).at
    else:
        objection.ruling = given(
            ruling, at="ruling", most=MOST_TEXT, needed=_("请写明决定的内容和理由")
        )
        objection.ruled_at, objection.ruled_by_id = at, actor.pk
        if move != "sustain":
            objection.closed_at = at
    save(objection)
    publish(events.ComplaintDecided(subject_id=objection.pk, move=move), actor=actor)
    return objection


@transaction.atomic
def report_remedy(objection: Objection, *, text: str, actor: Actor, rev: Rev = None) -> Objection:
    """Say what was done about an objection that was right. Raises Forbidden, Refused, Stale, InvalidInput at `text`."""
    objection = locked_objection(objection)
    if not actor.has_perm("publicity.answer_objection", objection):
        raise Forbidden
    if objection.status not in {ObjectionStatus.UPHELD, ObjectionStatus.SUSTAINED}:
        raise Refused(_("异议或投诉成立后才报告整改情况"))
    check(objection.rev, rev, objection)
    objection.remedy = given(text, at="text", most=MOST_TEXT, needed=_("请写明整改情况"))
    save(objection)
    publish(events.RemedyReported(subject_id=objection.pk), actor=actor)
    return objection


@transaction.atomic
def confirm_remedy(objection: Objection, *, actor: Actor, rev: Rev = None) -> Objection:
    """The authority confirms it: the objection holds nothing up any more. Raises Forbidden, Refused, Stale."""
    objection = locked_objection(objection)
    OBJECTION.fire("remedy", objection, actor)
    check(objection.rev, rev, objection)
    objection.remedied_at = objection.closed_at = clock.now()
    save(objection)
    publish(events.RemedyConfirmed(subject_id=objection.pk), actor=actor)
    return objection
