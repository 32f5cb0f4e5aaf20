"""Which bids there are, and who knows of them: the bidder's own people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from marketplace.bids.models import Bid, Closing, Envelope, Receipt
from marketplace.bids.workflow import AFTER, LIVE, Status
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.workflow import LIVE as LIVE_TENDERS
from marketplace.tenders.workflow import OPEN, OVER


def _rows() -> QuerySet[Bid]:
    return Bid.objects.select_related("tender__owner", "lot", "organization")


def visible_to(actor: Actor) -> QuerySet[Bid]:
    """The twin of `bids.view_bid`: the bids of the person's own organisations."""
    return _rows().filter(organization_id__in=list(access_of(actor).orgs)).order_by("-id")


def own(actor: Actor) -> QuerySet[Bid]:
    """The list of one's own bids, the newest first, with the terms that each answers to."""
    return visible_to(actor).annotate(
        answered=Max("envelopes__receipts__terms_rev", filter=Q(envelopes__revision=F("revision"))),
        keys=Max("envelopes__keys_rev", filter=Q(envelopes__revision=F("revision"))),
    )


def live_of(actor: Actor, tenders: Iterable[int]) -> dict[int, Bid]:
    """A live bid of one of the person's organisations for each of these tenders; one query."""
    rows = Bid.objects.filter(
        organization_id__in=list(access_of(actor).orgs),
        tender_id__in=list(tenders),
        status__in=LIVE,
    )
    return {row.tender_id: row for row in rows.order_by("-id")}


@dataclass(frozen=True)
class Standing:
    """How a bid stands to the terms that hold now: nothing to do, confirm by one click, or seal again."""

    answers_to: int = 0
    must_confirm: bool = False
    must_seal: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether it is not opened unless the bidder acts before the deadline."""
        return self.must_confirm or self.must_seal


def standing(bid: Bid, tender: Tender) -> Standing:
    """How a bid stands to its tender as it is now. It is derived from receipts and stored nowhere."""
    if bid.status != Status.SUBMITTED:
        return Standing()
    found = current(bid)
    if found is None:
        return Standing()
    answered = found.receipts.aggregate(rev=Max("terms_rev"))["rev"] or found.terms_rev
    must_seal = tender.is_sealed and found.keys_rev < tender.keys_rev
    return Standing(answered, not must_seal and answered < tender.terms_rev, must_seal)


def current(bid: Bid) -> Envelope | None:
    """The newest envelope; None before anything was handed in."""
    return Envelope.objects.filter(bid=bid, revision=bid.revision).first()


def receipts_of(bid: Bid) -> list[Receipt]:
    """Every receipt of a bid, the newest first."""
    rows = Receipt.objects.filter(envelope__bid=bid).select_related("envelope")
    return list(rows.order_by("-number"))


def current_envelopes(tender: Tender) -> QuerySet[Envelope]:
    """The newest envelope of each submitted bid, stale ones among them."""
    return Envelope.objects.filter(
        bid__tender=tender, bid__status=Status.SUBMITTED, revision=F("bid__revision")
    )


def envelopes_to_open(tender: Tender) -> list[Any]:
    """The newest envelope of each submitted bid by the code of the bid, each with `is_stale`; one query.

    Stale is what `standing` calls so, after the close for ever.
    """
    rows = current_envelopes(tender).annotate(answered=Max("receipts__terms_rev"))
    found: list[Any] = list(
        rows.select_related("bid__organization", "bid__lot").order_by("bid__code")
    )
    for row in found:
        old_keys = tender.is_sealed and row.keys_rev < tender.keys_rev
        row.is_stale = old_keys or (row.answered or row.terms_rev) < tender.terms_rev
        row.bid.tender = tender
    return found


def chain_of(tender: Tender) -> QuerySet[Receipt]:
    """Every receipt of a tender in the order of its chain. For the opening, when blinds become public."""
    return Receipt.objects.filter(tender=tender).order_by("number")


def rival_names(lot: Lot) -> dict[str, str]:
    """Names of the organisations that bid in a lot by themselves -> the code of their bid; after the opening only."""
    rows = Bid.objects.filter(lot=lot, status__in=AFTER)
    return dict(rows.values_list("organization__name", "code"))


def live_hashes(tender: Tender) -> list[str]:
    """The header hashes of live bids, sorted, so that the order tells nothing."""
    return sorted(current_envelopes(tender).values_list("header_hash", flat=True))


def closing_of(tenders: Iterable[int]) -> dict[int, Closing]:
    """What was in at the deadline, of those tenders that closed; one query."""
    return {row.tender_id: row for row in Closing.objects.filter(tender_id__in=list(tenders))}


def others_of_person(bid: Bid, person_id: int | None) -> bool:
    """Whether a person has a hand in a live bid of another organisation for the same lot."""
    rows = Bid.objects.filter(lot_id=bid.lot_id, status__in=LIVE, hands__person_id=person_id)
    return rows.exclude(organization_id=bid.organization_id).exists()


def drafts_past() -> QuerySet[Bid]:
    """Drafts of tenders that take no more bids; the clock lets them lapse."""
    return _rows().filter(status=Status.DRAFT, tender__status__in=OVER).order_by("id")


def open_bids(tender: Tender) -> QuerySet[Bid]:
    """The live bids of a tender. For telling each bidder, and for nothing that anybody else reads."""
    return _rows().filter(tender=tender, status__in=LIVE).order_by("id")


def to_finish(actor: Actor) -> QuerySet[Bid]:
    """Drafts of one's own organisations that may still be handed in."""
    rows = visible_to(actor).filter(status=Status.DRAFT, tender__status__in=OPEN)
    return rows.order_by("tender__deadline", "id")


def to_confirm(actor: Actor) -> QuerySet[Bid]:
    """Submitted bids that answer to earlier terms, of organisations that the person binds.

    While the tender is suspended nothing can be confirmed, so nobody is asked to.
    """
    newest = Receipt.objects.filter(
        envelope__bid=OuterRef("pk"), envelope__revision=OuterRef("revision")
    ).order_by("-number")
    rows = _rows().annotate(
        answered=Subquery(newest.values("terms_rev")[:1]),
        keys=Subquery(newest.values("envelope__keys_rev")[:1]),
    )
    stale = Q(answered__lt=F("tender__terms_rev")) | Q(
        keys__lt=F("tender__keys_rev"), tender__sealing="sealed"
    )
    return rows.filter(
        stale,
        organization_id__in=access_of(actor).binding,
        status=Status.SUBMITTED,
        tender__status__in=sorted(OPEN & LIVE_TENDERS),
        tender__suspended_at__isnull=True,
    ).order_by("tender__deadline", "id")


def reads_file(user: Actor, file: Any) -> bool:
    """Who reads the attachments of a bid that is not sealed: the bidder's own people."""
    row = Bid.objects.filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("bids.view_bid", row)
