"""Who learns what of an opening, and what the worker does after a post."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.bids.events import BID
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.openings import events, queries, services
from marketplace.openings.models import OpenedBid, Opening
from marketplace.openings.policies import judged
from marketplace.openings.workflow import Outcome
from marketplace.parties import queries as parties
from marketplace.tenders import events as tenders
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.models import Tender
from marketplace.tenders.services import register_follower, register_hold
from marketplace.tenders.workflow import Status as TenderStatus

kinds.register("openings.keeper", _("请开启密封方案"))
kinds.register("openings.outcome", _("方案开启的结果"))
kinds.register("openings.invited", _("邀请参加下一轮征集"))
kinds.register("openings.reveal", _("请公开本单位方案的密钥"))

register_hold(services.hold, rank=2)
register_follower(services.follow_resumption)


@on(
    tenders.TenderClosed,
    tenders.TenderSuspended,
    tenders.TenderResumed,
    tenders.TenderCancelled,
)
def begin(event: Event) -> None:
    """The opening begins with the close, stands still in a suspension, and ends with a cancellation."""
    row = Tender.objects.filter(pk=event.subject_id).first()
    found = services.up_to_date(row) if row is not None else None
    if found is not None:
        services.open_ready(found)


@on(events.SharesPosted, events.KeeperAbsent)
def open_ready(event: Event) -> None:
    """Open the bids for which enough shares came. Repeated after a failure it goes on where it stopped."""
    row = _opening(event)
    if row is not None:
        services.open_ready(row)


@on(events.KeyRevealed)
def open_revealed(event: events.KeyRevealed) -> None:
    """Open the bid whose key came."""
    row = _bid(event)
    if row is not None:
        services.open_ready(row.opening)


@on(events.SealedBidRead)
def unpack(event: events.SealedBidRead) -> None:
    """Examine the files of an opened bid."""
    row = _bid(event)
    if row is not None:
        services.unpack_files(row)


@on(events.OpeningBegan)
def call_keepers(event: events.OpeningBegan) -> None:
    """Each keeper of a sealed tender learns that he can open now."""
    row = _opening(event)
    if row is None or not row.tender.is_sealed or row.is_open:
        return
    people = [
        one.custodian.person for one in row.tender.keepers.select_related("custodian__person")
    ]
    _tell("openings.keeper", row, people, _("“%(title)s”已截止，请用您的口令开启密封方案"))


@on(events.BiddersAsked)
def ask_bidders(event: events.BiddersAsked) -> None:
    """Every bidder whose bid is closed is asked at the same time."""
    row = _opening(event)
    if row is None:
        return
    for one in queries.bid_rows().filter(opening=row, outcome=Outcome.WAITING):
        _ask(one, _("“%(title)s”到场的密钥保管人不足，请在期限内公开本单位方案的密钥"))


@on(events.BidDisputed)
def ask_bidder(event: events.BidDisputed) -> None:
    """The bidder of a disputed bid learns that his key decides it."""
    row = _bid(event)
    if row is not None:
        _ask(row, _("“%(title)s”本单位方案的密钥份额有争议，请在期限内公开密钥"))


@on(events.BidsOpened)
def tell_outcomes(event: events.BidsOpened) -> None:
    """Each bidder learns what became of his own bid, and the purchaser that bids are open."""
    row = _opening(event)
    if row is None or row.tender.status == TenderStatus.CANCELLED:
        return
    for one in queries.bid_rows().filter(opening=row):
        notify(
            "openings.outcome",
            parties.binders_of(one.bid.organization_id),
            title=_("“%(title)s”的开启：本单位方案%(outcome)s"),
            params={"title": row.tender.title, "outcome": str(one.get_outcome_display())},
            url=reverse("bids:show", args=[one.bid.code]),
            subject=(BID, one.bid_id),
        )
    people = parties.binders_of(row.tender.owner_id)
    _tell("openings.outcome", row, people, _("“%(title)s”的方案已开启，可以查阅"))


@on(events.BidShortlisted)
def tell_shortlisted(event: events.BidShortlisted) -> None:
    """The bidder learns that the purchaser reads the whole plan from now on, or is asked for it while it is taken."""
    row = _bid(event)
    if row is not None:
        title = _("“%(title)s”：本单位方案已入围，发榜方将查阅完整方案")
        if row.lacks_plan:
            title = (
                _("“%(title)s”：本单位方案已入围")
                if judged([row.lot_id])
                else _("“%(title)s”：本单位方案已入围，请提交完整方案")
            )
        if row.lacks_plan and row.plan_until is not None:
            title = _("“%(title)s”：本单位方案已入围，请在 %(at)s 之前提交完整方案")
        notify(
            "openings.outcome",
            parties.binders_of(row.bid.organization_id),
            title=title,
            params={"title": row.opening.tender.title, "at": row.plan_words},
            url=reverse("bids:show", args=[row.bid.code]),
            subject=(BID, row.bid_id),
        )


@on(events.PlanPostponed)
def tell_postponed(event: events.PlanPostponed) -> None:
    """A bidder who has not handed in the whole plan learns of the later deadline."""
    row = _bid(event)
    if row is not None and row.lacks_plan:
        notify(
            "openings.outcome",
            parties.binders_of(row.bid.organization_id),
            title=_("“%(title)s”：提交完整方案的截止时间推迟到 %(at)s"),
            params={"title": row.opening.tender.title, "at": row.plan_words},
            url=reverse("bids:show", args=[row.bid.code]),
            subject=(BID, row.bid_id),
        )


@on(events.BidCompleted)
def tell_completed(event: events.BidCompleted) -> None:
    """The purchaser learns that a whole plan can be read."""
    row = _bid(event)
    if row is not None:
        notify(
            "openings.outcome",
            parties.binders_of(row.opening.tender.owner_id),
            title=_("“%(title)s”：一家入围单位已提交完整方案"),
            params={"title": row.opening.tender.title},
            url=reverse("openings:read", args=[row.bid.code]),
            subject=(BID, row.bid_id),
        )


@on(tenders.TenderPublished)
def invite_to_next_round(event: tenders.TenderPublished) -> None:
    """The bidders of the round before are invited to the next one: the shortlist, or where there is none all opened.

    Each bidder reads of its own bid alone.
    """
    row = Tender.objects.filter(pk=event.subject_id).first()
    before = tender_queries.rounds_of(row).before if row is not None else None
    if row is None or before is None or before.status == TenderStatus.CANCELLED:
        return
    for one in queries.invited_from(before):
        notify(
            "openings.invited",
            parties.binders_of(one.bid.organization_id),
            title=_("贵单位参加过的征集发布了下一轮，邀请参加：“%(title)s”，%(deadline)s 截止"),
            params={"title": row.title, "deadline": row.deadline_words},
            url=reverse("tenders:detail", args=[row.code]),
            subject=(BID, one.bid_id),
        )


def _ask(row: OpenedBid, title: Any) -> None:
    notify(
        "openings.reveal",
        parties.binders_of(row.bid.organization_id),
        title=title,
        params={"title": row.opening.tender.title},
        url=reverse("openings:reveal", args=[row.bid.code]),
        subject=(BID, row.bid_id),
    )


def _tell(kind: str, row: Opening, people: Any, title: Any) -> None:
    notify(
        kind,
        people,
        title=title,
        params={"title": row.tender.title},
        url=reverse("openings:show", args=[row.code]),
        subject=(events.OPENING, row.pk),
    )


def _opening(event: Event) -> Opening | None:
    rows = Opening.objects.select_related("tender__owner", "tender__need")
    return rows.filter(pk=event.subject_id).first()


def _bid(event: Event) -> OpenedBid | None:
    return queries.bid_rows().filter(pk=event.subject_id).first()
