"""Which openings there are, what waits in them, and who sees them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from marketplace.custody.models import Custodian
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.openings.models import Absence, OpenedBid, Opening, Share
from marketplace.openings.policies import READERS, judged
from marketplace.openings.workflow import UNDECIDED, Outcome, Status
from marketplace.parties.policies import access_of
from marketplace.tenders.models import Keeper, Lot, Tender
from marketplace.tenders.workflow import Stage
from marketplace.tenders.workflow import Status as TenderStatus

_WAITING = sorted(UNDECIDED)
#: Lots whose whole plans are read and judged.
TAKES_PLANS = (Stage.OPENED, Stage.EVALUATING)


def _rows() -> QuerySet[Opening]:
    return Opening.objects.select_related("tender__owner", "tender__need")


def bid_rows() -> QuerySet[OpenedBid]:
    """Rows of openings with everything that policies and pages ask of them."""
    return OpenedBid.objects.select_related(
        "opening__tender__owner", "bid__organization", "bid__tender", "lot", "envelope"
    )


def opened_in(lot: Lot) -> QuerySet[OpenedBid]:
    """The opened bids of a lot by the code of the bid, each with `form`, `price` (fen) and `files`."""
    return bid_rows().filter(lot=lot, outcome=Outcome.OPENED).order_by("bid__code")


def opened_of(opening: Opening) -> QuerySet[OpenedBid]:
    """The opened bids of a whole tender by lot and code."""
    rows = bid_rows().filter(opening=opening, outcome=Outcome.OPENED)
    return rows.order_by("lot__number", "bid__code")


def lacking(opening: Opening, custodian: Custodian) -> QuerySet[OpenedBid]:
    """The bids that wait, and to which this keeper gave nothing yet."""
    given = Share.objects.filter(opened=OuterRef("pk"), custodian=custodian)
    rows = bid_rows().filter(~Exists(given), opening=opening, outcome__in=_WAITING)
    return rows.order_by("bid__code")


def owes(opening: Opening, custodian: Custodian) -> bool:
    """Whether a bid waits to which this keeper gave no good share: he may still open it, or say that he cannot."""
    good = Share.objects.filter(opened=OuterRef("pk"), custodian=custodian, is_good=True)
    rows = OpenedBid.objects.filter(~Exists(good), opening=opening, outcome__in=_WAITING)
    return rows.exists()


def opening_of(tender: Tender) -> Opening | None:
    """The opening of a tender; None before it began."""
    return _rows().filter(tender=tender).first()


def openings_of(tenders: Iterable[int]) -> dict[int, Opening]:
    """The openings of these tenders by the key of the tender; one query."""
    return {row.tender_id: row for row in _rows().filter(tender_id__in=list(tenders))}


def rows_of_bids(bids: Iterable[int]) -> dict[int, OpenedBid]:
    """What openings made of these bids, by the key of the bid; one query."""
    return {row.bid_id: row for row in bid_rows().filter(bid_id__in=list(bids))}


def invited_from(tender: Tender) -> QuerySet[OpenedBid]:
    """Who is invited to the round after this tender: where a summary came first the shortlist, else all opened bids."""
    rows = bid_rows().filter(opening__tender=tender, outcome=Outcome.OPENED)
    return rows.filter(shortlisted_at__isnull=False) if tender.summary_first else rows


def to_begin() -> QuerySet[Tender]:
    """Closed tenders whose opening has not begun."""
    begun = Opening.objects.filter(tender=OuterRef("pk"))
    rows = Tender.objects.filter(
        ~Exists(begun), status=TenderStatus.CLOSED, suspended_at__isnull=True
    )
    return rows.order_by("id")


def waiting() -> QuerySet[Opening]:
    """Openings in which a bid waits, the oldest first."""
    return _rows().filter(status=Status.WAITING).order_by("id")


def undecided(opening: Opening) -> list[OpenedBid]:
    """The bids of an opening of which something may still come, and for which something came."""
    came = Share.objects.filter(opened=OuterRef("pk"), is_good=True)
    rows = bid_rows().filter(opening=opening, outcome__in=_WAITING)
    return list(rows.filter(Exists(came) | Q(reveal__isnull=False)).order_by("bid__code"))


def keepers(opening: Opening) -> set[int]:
    """The custodians to whom shares were sealed, by primary key."""
    rows = Keeper.objects.filter(tender=opening.tender_id)
    return set(rows.values_list("custodian_id", flat=True))


def keepers_here(opening: Opening) -> set[int]:
    """Those of them who did not say that they cannot open; and those who posted a share all the same."""
    absent = set(Absence.objects.filter(opening=opening).values_list("custodian_id", flat=True))
    came = set(Share.objects.filter(opened__opening=opening).values_list("custodian_id", flat=True))
    return keepers(opening) - (absent - came)


def own_custodian(opening: Opening, actor: Actor) -> Custodian | None:
    """The custodian of this opening that the person is."""
    rows = Custodian.objects.filter(pk__in=keepers(opening), person_id=actor.pk)
    orgs = list(access_of(actor).orgs)
    return rows.filter(organization_id__in=orgs).select_related("organization").first()


def visible_to(actor: Actor) -> QuerySet[Opening]:
    """The twin of `openings.view_opening`, the newest first."""
    access = access_of(actor)
    rows = _rows().order_by("-id")
    if access.has(*READERS):
        return rows
    mine = Keeper.objects.filter(tender=OuterRef("tender")).filter(
        Q(custodian__person_id=actor.pk, custodian__organization_id__in=list(access.orgs))
        | Q(custodian__organization_id__in=list(access.binding))
    )
    return rows.filter(Exists(mine) | Q(tender__owner_id__in=list(access.orgs)))


def readable_by(actor: Actor) -> QuerySet[OpenedBid]:
    """Opened bids that the person reads as bidder or purchaser: the list-side twin of `openings.read_bid`.

    Those whom a slice above admits are in that slice's own lists.
    """
    orgs = list(access_of(actor).orgs)
    own = Q(bid__organization_id__in=orgs)
    bought = Q(opening__tender__owner_id__in=orgs, opening__undertakings__person_id=actor.pk)
    rows = bid_rows().filter(own | bought, outcome=Outcome.OPENED)
    return rows.distinct().order_by("-id")


def to_post(actor: Actor) -> QuerySet[Opening]:
    """Openings in which a bid waits for a share of this person; at most 20."""
    orgs = list(access_of(actor).orgs)
    mine = Keeper.objects.filter(
        tender=OuterRef("tender"),
        custodian__person_id=actor.pk,
        custodian__organization_id__in=orgs,
    )
    given = Share.objects.filter(opened=OuterRef("pk"), custodian__person_id=actor.pk)
    absent = Absence.objects.filter(opening=OuterRef("pk"), custodian__person_id=actor.pk)
    lacking = OpenedBid.objects.filter(~Exists(given), opening=OuterRef("pk"), outcome__in=_WAITING)
    rows = waiting().filter(
        Exists(mine),
        Exists(lacking),
        ~Exists(absent),
        tender__suspended_at__isnull=True,
        tender__sealing="sealed",
    )
    return rows[:20]


def asks_plans(lot: Lot, tender: Tender) -> bool:
    """Whether who is put on the shortlist of this lot now can still hand in a whole plan."""
    takes = tender.status == TenderStatus.CLOSED and lot.stage in TAKES_PLANS
    return tender.summary_first and takes and not judged([lot.pk])


def plans_until(lots: Collection[int]) -> dict[int, datetime]:
    """The deadline of the whole plans by lot, where one is set; one query."""
    rows = OpenedBid.objects.filter(lot_id__in=lots, plan_until__isnull=False)
    found = rows.order_by("lot_id").values_list("lot_id").annotate(until=Max("plan_until"))
    return dict(found)


def plan_awaited(lot: Lot, now: datetime) -> datetime | None:
    """Until when whole plans of this lot are still waited for; None where none is, or their time is over."""
    rows = bid_rows().filter(lot=lot, plan_until__gt=now)
    return max((row.plan_until for row in rows if row.plan_until and row.lacks_plan), default=None)


def to_complete(actor: Actor, now: datetime | None = None) -> QuerySet[OpenedBid]:
    """Bids on a shortlist of organisations that the person binds, whose whole plan is still to come; at most 20."""
    rows = (
        bid_rows()
        .filter(
            bid__organization_id__in=list(access_of(actor).binding),
            opening__tender__summary_first=True,
            opening__tender__status=TenderStatus.CLOSED,
            opening__tender__suspended_at__isnull=True,
            lot__stage__in=TAKES_PLANS,
            outcome=Outcome.OPENED,
            shortlisted_at__isnull=False,
            form__scheme="",
        )
        .exclude(plan_until__lte=now or clock.now())
    )
    return rows.order_by("id")[:20]


def to_reveal(actor: Actor) -> QuerySet[OpenedBid]:
    """Bids of organisations that the person binds, whose key is asked for; at most 20."""
    rows = bid_rows().filter(
        Q(outcome=Outcome.DISPUTED) | Q(outcome=Outcome.WAITING, opening__asked_at__isnull=False),
        bid__organization_id__in=list(access_of(actor).binding),
        reveal__isnull=True,
        opening__tender__suspended_at__isnull=True,
    )
    return rows.order_by("id")[:20]
