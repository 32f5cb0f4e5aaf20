"""The window of objections to the documents (条例 22): a row of its own, whose suspension is the tender's.

The lock of a window comes before the lock of its tender. So an objection is either seen by whoever closes, amends or
takes a bid, or it comes after that.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.publicity.queries import blocking
from marketplace.publicity.services import Content, lock_subject
from marketplace.publicity.services import open_window as open_publicity
from marketplace.tenders import events, queries
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import MOST_LINE
from marketplace.tenders.services.timing import go_on, stop
from marketplace.tenders.workflow import OPEN

CONTESTED = _("对征集文件的异议正在答复，答复之前暂停")
_RULE = "documents"


def open_window(tender: Tender, now: datetime) -> None:
    """Begin the window with the publication, until so many days before the deadline as the procedure says."""
    days = tender.ruled_by.objection_days
    if days is None or tender.deadline is None:
        return
    ends_at = tender.deadline - timedelta(days)
    if ends_at <= now:
        return
    content = Content(
        rule=_RULE,
        days=None,
        title=tender.title,
        body=str(
            _(
                "对征集文件和评审因素有异议的单位，在异议期内提出。提出后征集暂停，答复后恢复，截止时间顺延。"
            )
        ),
        facts={"item": tender.title, "contact": (tender.contact or tender.owner.name)[:MOST_LINE]},
    )
    subject = queries.tender_subject(tender)
    open_publicity(subject, content, starts_at=now, ends_at=ends_at, because=tender)


def lock_windows(tender: Tender) -> None:
    """Lock the windows of a tender, before the tender itself. No statement where its procedure has none."""
    if tender.ruled_by.objection_days is not None:
        lock_subject(queries.TENDER, tender.pk)


def is_contested(tender: Tender) -> bool:
    """Whether its window stands still for an objection. The window is locked."""
    if tender.ruled_by.objection_days is None:
        return False
    return queries.windows_of(tender).filter(suspended_at__isnull=False).exists()


def follow(tender: Tender, now: datetime) -> bool:
    """Let a locked tender stand still while its window does, and go on after it; whether it changed. Saves it then."""
    if tender.status not in OPEN or tender.ruled_by.objection_days is None:
        return False
    still = queries.windows_of(tender).filter(suspended_at__isnull=False).first()
    if still is not None and not tender.is_suspended:
        stop(tender, Tender.Cause.OBJECTION, str(CONTESTED), still.suspended_at or now)
        publish(events.TenderSuspended(subject_id=tender.pk, cause="objection"), actor=None)
    elif still is None and tender.suspended_for == Tender.Cause.OBJECTION:
        tender.suspend_reason = ""
        go_on(tender, now)
        at = tender.deadline.isoformat() if tender.deadline else ""
        publish(events.TenderResumed(subject_id=tender.pk, deadline=at), actor=None)
    else:
        return False
    tender.rev += 1
    tender.updated_at = now
    tender.save()
    return True


def hold(tender: Tender) -> object:
    """Why the tender cannot be cancelled now: an objection to its documents is undecided."""
    lock_windows(tender)
    waiting = blocking(queries.TENDER, tender.pk)
    return _("对征集文件的异议还没有处理完，不能终止") if waiting else ""
