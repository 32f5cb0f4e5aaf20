"""Suspending a tender and letting it go on: its time stands still, and what had not ended moves later."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders import events, queries
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import MOST_REASON
from marketplace.tenders.services.locking import given, save, up_to_date
from marketplace.tenders.services.timing import go_on, stop
from marketplace.tenders.services.windows import CONTESTED, is_contested
from marketplace.tenders.workflow import LIVE, CancellationStatus


@transaction.atomic
def suspend_tender(tender: Tender, *, reason: str, actor: Actor, rev: Rev = None) -> Tender:
    """The authority stops a tender: nothing is handed in, opened or decided until it goes on.

    Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    tender, now = up_to_date(tender)
    if not actor.has_perm("tenders.suspend_tender", tender):
        raise Forbidden
    if tender.status not in LIVE:
        raise Refused(_("已经结束，不能暂停"))
    if tender.suspended_for == Tender.Cause.AUTHORITY:
        raise Refused(_("已经暂停"))
    check(tender.rev, rev, tender)
    text = given(reason, at="reason", most=MOST_REASON, needed=_("请写明暂停的理由"))
    stop(tender, Tender.Cause.AUTHORITY, text, now)
    save(tender)
    publish(events.TenderSuspended(subject_id=tender.pk, cause="authority"), actor=actor)
    return tender


@transaction.atomic
def resume_tender(tender: Tender, *, reason: str, actor: Actor, rev: Rev = None) -> Tender:
    """The authority lets it go on. Raises Forbidden, Refused, Stale, InvalidInput at `reason`."""
    tender, now = up_to_date(tender)
    if not actor.has_perm("tenders.suspend_tender", tender):
        raise Forbidden
    if tender.suspended_for != Tender.Cause.AUTHORITY:
        raise Refused(_("没有被主管部门暂停"))
    check(tender.rev, rev, tender)
    text = given(reason, at="reason", most=MOST_REASON, needed=_("请写明恢复的理由"))
    cancellation = queries.open_cancellation(tender)
    if cancellation is not None and cancellation.status == CancellationStatus.ANNOUNCED:
        # It stands still for the cancellation as well, and goes on when that is taken back.
        stop(tender, Tender.Cause.CANCELLATION, cancellation.reason, now)
        save(tender)
        publish(events.TenderSuspended(subject_id=tender.pk, cause="cancel"), actor=actor)
        return tender
    if is_contested(tender):
        # An objection to its documents waits for an answer, and holds it up as well.
        stop(tender, Tender.Cause.OBJECTION, str(CONTESTED), now)
        save(tender)
        publish(events.TenderSuspended(subject_id=tender.pk, cause="objection"), actor=actor)
        return tender
    tender.suspend_reason = text
    go_on(tender, now)
    save(tender)
    at = tender.deadline.isoformat() if tender.deadline else ""
    publish(events.TenderResumed(subject_id=tender.pk, deadline=at), actor=actor)
    return tender
