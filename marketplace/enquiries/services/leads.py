"""Leads: opened by silence, taken by one broker at a time, confirmed by the asker by name."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, queries
from marketplace.enquiries.models import Enquiry, Lead, Taking
from marketplace.enquiries.rulebook import LEAD_DAYS, OPEN_LEAD_DAYS
from marketplace.enquiries.workflow import HELD_LEADS, LEAD, LeadStatus
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable

#: Leads that one run of the task takes on.
AT_ONCE = 500


def open_lead(enquiry: Enquiry) -> bool:
    """Make the locked enquiry an open lead; False where it is or was one already."""
    if Lead.objects.filter(enquiry=enquiry).exists():
        return False
    listing = queries.listing_of(enquiry)
    lead = Lead(
        enquiry=enquiry,
        field=getattr(listing, "field", ""),
        district=getattr(listing, "district", ""),
        opened_at=clock.now(),
        lapses_at=clock.now() + timedelta(days=OPEN_LEAD_DAYS),
    )
    insert(lead)
    event = events.LeadOpened(
        subject_id=lead.pk,
        enquiry_id=enquiry.pk,
        enquiry_code=enquiry.code,
        field=lead.field,
        district=lead.district,
    )
    publish(event, actor=None)
    return True


@transaction.atomic
def take_lead(lead: Lead, *, actor: Actor, rev: Rev = None) -> Lead:
    """Take a lead: the broker may ask the asker for consent, and still sees field and district alone.

    Raises Forbidden, Refused where another broker was first, Stale.
    """
    lead = _locked(lead.pk)
    LEAD.fire("take", lead, actor)
    check(lead.rev, rev, lead)
    lead.broker_id, lead.taken_at, lead.confirmed_at = actor.pk, clock.now(), None
    Taking.objects.create(lead=lead, broker_id=actor.pk, taken_at=lead.taken_at)
    _save(lead, days=LEAD_DAYS)
    event = events.LeadTaken(
        subject_id=lead.pk, enquiry_id=lead.enquiry_id, broker_id=int(actor.pk)
    )
    publish(event, actor=actor)
    return lead


@transaction.atomic
def confirm_broker(lead: Lead, *, broker_id: int, actor: Actor, rev: Rev = None) -> Lead:
    """The asker agrees that the named broker sees text and contact (个人信息保护法第二十三条).

    `broker_id` is the broker whom the page has named: consent to one person is none to another.
    Raises Forbidden, Refused, Stale.
    """
    lead = _locked(lead.pk)
    LEAD.fire("confirm", lead, actor)
    check(lead.broker_id, broker_id, lead)
    check(lead.rev, rev, lead)
    lead.confirmed_at = clock.now()
    lead.takings.filter(ended_at=None).update(confirmed_at=lead.confirmed_at)
    _save(lead, days=LEAD_DAYS)
    event = events.LeadConfirmed(
        subject_id=lead.pk, enquiry_id=lead.enquiry_id, broker_id=broker_id
    )
    publish(event, actor=actor)
    return lead


@transaction.atomic
def refuse_broker(lead: Lead, *, actor: Actor, rev: Rev = None) -> Lead:
    """The asker does not agree: the lead is open to the others again. Raises Forbidden, Refused, Stale."""
    lead = _locked(lead.pk)
    LEAD.fire("refuse", lead, actor)
    check(lead.rev, rev, lead)
    return _return(lead, Taking.Outcome.DECLINED, actor=actor)


@transaction.atomic
def hand_back_lead(lead: Lead, *, actor: Actor, reason: str = "", rev: Rev = None) -> Lead:
    """The broker gives the lead back. Raises Forbidden, Refused, Stale."""
    lead = _locked(lead.pk)
    LEAD.fire("hand_back", lead, actor)
    check(lead.rev, rev, lead)
    return _return(lead, Taking.Outcome.HANDED_BACK, actor=actor, reason=reason.strip()[:200])


@transaction.atomic
def note_work(lead: Lead, *, actor: Actor, rev: Rev = None) -> Lead:
    """The broker works on a confirmed lead: its period begins anew.

    Raises Forbidden, Refused before the asker has confirmed the broker, Stale.
    """
    lead = _locked(lead.pk)
    if not actor.has_perm("enquiries.hand_back_lead", lead):
        raise Forbidden
    # A lead that waits for consent must come back to the others, whatever its broker writes.
    if lead.status != LeadStatus.CONFIRMED:
        raise Refused(_("咨询方确认后才能记录进展"))
    check(lead.rev, rev, lead)
    return _worked(lead, actor)


@transaction.atomic
def note_work_on(enquiry_id: int, *, broker_id: int) -> bool:
    """A fact elsewhere shows that the broker works on the lead of this enquiry; False without such a lead."""
    lead = Lead.objects.select_for_update().filter(enquiry_id=enquiry_id).first()
    if lead is None or lead.status != LeadStatus.CONFIRMED or lead.broker_id != broker_id:
        return False
    _worked(lead, None)
    return True


def _worked(lead: Lead, actor: Actor | None) -> Lead:
    _save(lead, days=LEAD_DAYS)
    event = events.LeadWorkedOn(
        subject_id=lead.pk, enquiry_id=lead.enquiry_id, broker_id=int(lead.broker_id or 0)
    )
    publish(event, actor=actor)
    return lead


def lapse_leads() -> int:
    """Take back the leads on which nothing happened, and end those nobody took; how many."""
    late = Lead.objects.filter(
        lapses_at__lte=clock.now(),
        status__in=[LeadStatus.OPEN, LeadStatus.TAKEN, LeadStatus.CONFIRMED],
    )
    return sum(_lapse(row.pk) for row in readable(late.order_by("pk")[:AT_ONCE]))


@transaction.atomic
def _lapse(pk: int) -> bool:
    lead, now = _locked(pk), clock.database_now()
    if lead.lapses_at is None or lead.lapses_at > now:
        return False
    if lead.status in HELD_LEADS:
        LEAD.fire("return", lead, None, at=now)
        _return(lead, Taking.Outcome.LAPSED, actor=None)
    elif lead.status == LeadStatus.OPEN:
        LEAD.fire("lapse", lead, None, at=now)
        _save(lead, days=0)
        publish(events.LeadLapsed(subject_id=lead.pk, enquiry_id=lead.enquiry_id), actor=None)
    return True


@transaction.atomic
def close_lead_of(enquiry_id: int, *, because: Event) -> bool:
    """End the lead of an enquiry that was answered or closed; False without a running one."""
    lead = Lead.objects.select_for_update().filter(enquiry_id=enquiry_id).first()
    if lead is None or LEAD.refusal("close", lead, None):
        return False
    LEAD.fire("close", lead, None, because=because)
    _end_taking(lead, Taking.Outcome.CLOSED)
    _save(lead, days=0)
    publish(events.LeadClosed(subject_id=lead.pk, enquiry_id=enquiry_id), actor=None)
    return True


def _locked(pk: int) -> Lead:
    rows = Lead.objects.select_for_update(of=("self",))
    return rows.select_related("enquiry__owner", "enquiry__asker").get(pk=pk)


def _return(lead: Lead, outcome: str, *, actor: Actor | None, reason: str = "") -> Lead:
    """Bring a lead that is open again in step, and tell of it."""
    broker_id = int(lead.broker_id or 0)
    _end_taking(lead, outcome, reason)
    lead.broker = lead.taken_at = lead.confirmed_at = None
    _save(lead, days=OPEN_LEAD_DAYS)
    event = events.LeadReturned(
        subject_id=lead.pk, enquiry_id=lead.enquiry_id, broker_id=broker_id, because=outcome
    )
    publish(event, actor=actor)
    return lead


def _end_taking(lead: Lead, outcome: str, reason: str = "") -> None:
    ended: dict[str, Any] = {"ended_at": clock.now(), "outcome": outcome, "reason": reason}
    lead.takings.filter(ended_at=None).update(**ended)


def _save(lead: Lead, *, days: int) -> None:
    """Store it; it lapses after so many days, or never for 0."""
    lead.lapses_at = clock.now() + timedelta(days=days) if days else None
    lead.rev += 1
    lead.updated_at = clock.now()
    lead.save()
