"""The answer clock: whose turn it is, when the silent side is reminded, when the waiting side is told.

Periods run in working days. They are no legal periods, so a year without a calendar is estimated.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, queries
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rulebook import ASKER, OWNER, REMIND_AFTER, TELL_AFTER, other_side
from marketplace.enquiries.services.leads import open_lead
from marketplace.enquiries.workflow import Status
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.taxonomy.queries import working_day_end

kinds.register("enquiries.reminder", _("咨询等待您答复"))
kinds.register("enquiries.silent", _("对方逾期未答复"))

#: Enquiries that one run of the task takes on.
AT_ONCE = 500


def begin_turn(enquiry: Enquiry, side: str, *, at: datetime) -> None:
    """Set the clock of a locked enquiry for a message of `side` at `at`; saves nothing.

    A second message of the same side while it waits starts no new period.
    """
    if enquiry.status == Status.AGREED:
        stop_clock(enquiry)
        return
    if enquiry.last_side == side and enquiry.tell_at is not None:
        return
    told = working_day_end(at, TELL_AFTER, legal=False)
    enquiry.remind_at = working_day_end(at, REMIND_AFTER, legal=False).at
    enquiry.tell_at = told.at
    enquiry.due_is_estimated = told.estimated
    enquiry.answer_due_at = told.at if side == ASKER else None


def stop_clock(enquiry: Enquiry) -> None:
    """Nobody is waited for any more; saves nothing."""
    enquiry.remind_at = enquiry.tell_at = enquiry.answer_due_at = None


def remind_silent() -> int:
    """Remind the side whose turn it is, REMIND_AFTER working days after the message; how many."""
    return _each(Enquiry.objects.filter(remind_at__lte=clock.now()), _remind)


def tell_waiting() -> int:
    """Tell the side that waits, TELL_AFTER working days after the message; how many.

    Where it agreed when asking, an enquiry without any answer becomes a lead for brokers.
    """
    return _each(Enquiry.objects.filter(tell_at__lte=clock.now()), _tell)


def _each(rows: "QuerySet[Enquiry]", act: Callable[[int], bool]) -> int:
    due = rows.order_by("pk").only("pk")[:AT_ONCE]
    return sum(act(row.pk) for row in readable(due))


@transaction.atomic
def _remind(pk: int) -> bool:
    enquiry = _locked(pk)
    if enquiry is None or enquiry.remind_at is None or enquiry.remind_at > clock.database_now():
        return False
    due, enquiry.remind_at = enquiry.remind_at, None
    enquiry.save(update_fields=["remind_at"])
    silent = other_side(enquiry.last_side)
    if _nobody_waits(enquiry):
        return False
    estimated = _("（节假日安排未录入，按星期一至星期五估算）") if enquiry.due_is_estimated else ""
    notify(
        "enquiries.reminder",
        queries.people_of(enquiry, silent),
        title=_("咨询“%(title)s”已等待 2 个工作日，请答复"),
        params={"title": enquiry.listing_title, "estimated": estimated},
        body=_("5 个工作日内没有答复的，平台会告知对方。%(estimated)s"),
        url=address_of("enquiries:show", enquiry.code),
        dedupe=f"enquiries.reminder:{enquiry.pk}:{due.isoformat()}",
    )
    publish(events.SilentReminded(subject_id=enquiry.pk, side=silent), actor=None)
    return True


@transaction.atomic
def _tell(pk: int) -> bool:
    enquiry = _locked(pk)
    if enquiry is None or enquiry.tell_at is None or enquiry.tell_at > clock.database_now():
        return False
    due, enquiry.tell_at = enquiry.tell_at, None
    enquiry.save(update_fields=["tell_at"])
    if _nobody_waits(enquiry):
        return False
    waiting = enquiry.last_side
    is_lead = (
        waiting == ASKER and enquiry.first_answer_at is None and enquiry.pool_consent
    ) and open_lead(enquiry)
    notify(
        "enquiries.silent",
        queries.people_of(enquiry, waiting),
        title=_("咨询“%(title)s”已 5 个工作日没有答复"),
        params={"title": enquiry.listing_title},
        body=_("按您提问时的同意，这条咨询已转为待跟进线索，技术经纪人会联系您确认。")
        if is_lead
        else _("您可以补充信息再次提醒对方，也可以结束这条咨询，另找合作方。"),
        url=address_of("enquiries:show", enquiry.code),
        dedupe=f"enquiries.silent:{enquiry.pk}:{due.isoformat()}",
    )
    publish(events.AskerTold(subject_id=enquiry.pk, side=waiting), actor=None)
    return True


def _locked(pk: int) -> Enquiry | None:
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("owner", "asker")
    return rows.filter(pk=pk).first()


def _nobody_waits(enquiry: Enquiry) -> bool:
    return enquiry.status not in {Status.OPEN, Status.TALKING} or enquiry.last_side not in {
        OWNER,
        ASKER,
    }
