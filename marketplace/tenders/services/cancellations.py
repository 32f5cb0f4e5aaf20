"""Cancelling a tender: asked for with a reason, announced by the operator, in effect after a window."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders import events, queries
from marketplace.tenders.models import Cancellation, Tender
from marketplace.tenders.rulebook import MOST_REASON
from marketplace.tenders.services.locking import given, held, save, up_to_date
from marketplace.tenders.services.timing import go_on, next_check, stop
from marketplace.tenders.services.windows import CONTESTED, is_contested
from marketplace.tenders.workflow import CANCELLATION, LIVE, CancellationStatus, has_no_contract


@transaction.atomic
def ask_to_cancel(
    tender: Tender, *, kind: str, reason: str, actor: Actor, rev: Rev = None
) -> Cancellation:
    """Ask the operator to announce a cancellation. Raises Forbidden, Refused, Stale, InvalidInput."""
    tender, now = up_to_date(tender)
    if not actor.has_perm("tenders.bind_tender", tender):
        raise Forbidden
    if tender.status not in LIVE:
        raise Refused(_("已经结束或尚未公告，不能终止"))
    if queries.open_cancellation(tender) is not None:
        raise Refused(_("已经申请终止"))
    if reason_against := has_no_contract(Cancellation(tender=tender), now):
        raise Refused(reason_against)
    check(tender.rev, rev, tender)
    if kind not in Cancellation.Kind.values:
        raise InvalidInput({"kind": [_("请从列表中选择")]})
    row = Cancellation(
        tender=tender,
        kind=kind,
        reason=given(reason, at="reason", most=MOST_REASON, needed=_("请写明终止的原因")),
        asked_by_id=actor.pk,
    )
    insert(row)
    save(tender)
    publish(events.TenderCancellationAsked(subject_id=tender.pk), actor=actor)
    return row


@transaction.atomic
def announce_cancellation(
    cancellation: Cancellation, *, actor: Actor, rev: Rev = None
) -> Cancellation:
    """Announce it: from now on nothing is handed in, and it takes effect when its window is over.

    `rev` is the tender's. Raises Forbidden, Refused, Stale.
    """
    if reason := held(cancellation.tender):
        raise Refused(reason)
    cancellation, tender, now = _locked(cancellation)
    CANCELLATION.fire("announce", cancellation, actor, at=now)
    check(tender.rev, rev, tender)
    if cancellation.asked_by_id == actor.pk:
        raise Forbidden(_("不能审核自己的申请"))
    days = timedelta(tender.ruled_by.cancel_days)
    cancellation.effective_at = clock.end_of_day(clock.day_of(now) + days)
    cancellation.announced_at, cancellation.decided_by_id = now, actor.pk
    save(cancellation)
    if not tender.is_suspended:
        stop(tender, Tender.Cause.CANCELLATION, cancellation.reason, now)
    tender.next_check = next_check(tender)
    save(tender)
    publish(
        events.TenderCancellationAnnounced(
            subject_id=tender.pk, effective_at=cancellation.effective_at.isoformat()
        ),
        actor=actor,
    )
    return cancellation


@transaction.atomic
def drop_cancellation(
    cancellation: Cancellation, move: str, *, reason: str = "", actor: Actor, rev: Rev = None
) -> Cancellation:
    """Refuse it (with a reason), or withdraw the own one; a tender that stood still for it goes on.

    `rev` is the tender's. Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    cancellation, tender, now = _locked(cancellation)
    was_announced = cancellation.status == CancellationStatus.ANNOUNCED
    CANCELLATION.fire(move, cancellation, actor, at=now)
    check(tender.rev, rev, tender)
    if move == "refuse":
        if cancellation.asked_by_id == actor.pk:
            raise Forbidden(_("不能审核自己的申请"))
        cancellation.decision = given(
            reason, at="reason", most=MOST_REASON, needed=_("请写明不通过的原因")
        )
    cancellation.closed_at = now
    save(cancellation)
    if was_announced and tender.suspended_for == Tender.Cause.CANCELLATION:
        if is_contested(tender):
            stop(tender, Tender.Cause.OBJECTION, str(CONTESTED), now)
        else:
            go_on(tender, now)
    tender.next_check = next_check(tender)
    save(tender)
    publish(events.TenderCancellationDropped(subject_id=tender.pk, move=move), actor=actor)
    return cancellation


def _locked(cancellation: Cancellation) -> tuple[Cancellation, Tender, datetime]:
    tender, now = up_to_date(cancellation.tender)
    found = Cancellation.objects.select_for_update(of=("self",)).get(pk=cancellation.pk)
    found.tender = tender
    return found, tender, now
