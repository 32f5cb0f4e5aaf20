"""The window of objections to an opening whose names and prices are read out.

The lock of a window comes before the lock of its tender, as for every publicity.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.openings import queries
from marketplace.openings.models import Opening
from marketplace.openings.rulebook import OBJECTION_HOURS
from marketplace.openings.workflow import Outcome
from marketplace.publicity.services import Content, lock_subject
from marketplace.publicity.services import open_window as open_publicity
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import MOST_LINE
from marketplace.tenders.workflow import Status

_RULE = "opening"


def open_window(opening: Opening, now: datetime) -> None:
    """Begin it with the end of the opening, until the end of that day in Shanghai and for some hours at least."""
    tender = opening.tender
    was_read = opening.bids.filter(outcome=Outcome.OPENED).exists()
    if not tender.ruled_by.reads_out or tender.status != Status.CLOSED or not was_read:
        return
    ends_at = max(clock.end_of_day(clock.day_of(now)), now + timedelta(hours=OBJECTION_HOURS))
    content = Content(
        rule=_RULE,
        days=None,
        title=tender.title,
        body=str(
            _(
                "投标单位对开标过程和记录有异议的，当日提出，由招标人答复。答复之前不确定中标候选人。"
            )
        ),
        facts={"item": tender.title, "contact": (tender.contact or tender.owner.name)[:MOST_LINE]},
    )
    open_publicity(
        queries.opening_subject(opening), content, starts_at=now, ends_at=ends_at, because=opening
    )


def lock_window(tender: Tender) -> Opening | None:
    """Lock the window of the opening of a tender, before the tender itself; the opening, where it has one."""
    if not tender.ruled_by.reads_out:
        return None
    opening = queries.opening_of(tender)
    if opening is not None:
        lock_subject(queries.OPENING_KIND, opening.pk)
    return opening


def hold(tender: Tender) -> object:
    """Why a result cannot be proposed, nor the tender cancelled, now: an objection to the opening is not settled.

    Called before the tender is locked.
    """
    opening = lock_window(tender)
    if opening is not None and queries.is_contested(opening):
        return _("对开标的异议或投诉还没有处理完")
    return ""
