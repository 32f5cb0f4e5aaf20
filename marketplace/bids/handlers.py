"""Who learns what: each bidder of what happens to the tender, in a notice of his own; the public of the close."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.bids import queries, services
from marketplace.bids.events import BID
from marketplace.bids.models import BID_FILES
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.tenders import events as tenders
from marketplace.tenders.models import Tender

kinds.register("bids.changed", _("所参加的征集有变化"))

register_reader(BID_FILES, queries.reads_file)


@on(tenders.TenderClosed)
def record_closing(event: tenders.TenderClosed) -> None:
    """What was in at the deadline is written down and published, before anything is opened."""
    row = _tender(event)
    if row is not None:
        services.record_closing(row)


_WORDS: dict[type[Event], Any] = {
    tenders.TenderAmended: _("“%(title)s”有变更，请查看并确认或重新提交您的方案"),
    tenders.TenderExtended: _("“%(title)s”的截止时间顺延至 %(deadline)s"),
    tenders.TenderSuspended: _("“%(title)s”已暂停，暂停期间可以撤回方案"),
    tenders.TenderResumed: _("“%(title)s”已恢复，%(deadline)s 截止"),
    tenders.TenderCancelled: _("“%(title)s”已终止，提交的方案不会开启"),
}


@on(
    tenders.TenderAmended,
    tenders.TenderExtended,
    tenders.TenderSuspended,
    tenders.TenderResumed,
    tenders.TenderCancelled,
)
def tell_bidders(event: Event) -> None:
    """Those who bind a bidder, and who began its bid, learn of it at the page of their own bid."""
    row = _tender(event)
    if row is None:
        return
    for bid in queries.open_bids(row):
        notify(
            "bids.changed",
            parties.binders_of(bid.organization_id),
            title=_WORDS[type(event)],
            params={"title": row.title, "deadline": row.deadline_words},
            url=reverse("bids:show", args=[bid.code]),
            subject=(BID, bid.pk),
        )


@on(tenders.TenderCancelled)
def leave_closed(event: tenders.TenderCancelled) -> None:
    """Bids of a cancelled tender stay closed. It says nothing to anybody: each bidder was told of the end."""
    row = _tender(event)
    if row is not None:
        services.leave_cancelled(row)


def _tender(event: Event) -> Tender | None:
    return Tender.objects.filter(pk=event.subject_id).first()
