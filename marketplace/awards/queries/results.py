"""Which results there are, who sees them, what stands in the way, what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.awards.models import Award, Entry, Reminder, Result
from marketplace.awards.policies import OVERSEERS
from marketplace.awards.rulebook import NAMES_ALL, REMIND_DAYS
from marketplace.awards.workflow import Status
from marketplace.bids.rulebook import partners_of
from marketplace.exclusions import queries as exclusions
from marketplace.exclusions.models import Decision
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.openings.queries import opened_in
from marketplace.parties.policies import Access, Role, access_of
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.workflow import BLOCKING, ObjectionStatus
from marketplace.publicity.workflow import Status as PublicityStatus
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.queries import act_of
from marketplace.tenders.workflow import Stage
from marketplace.tenders.workflow import Status as TenderStatus

#: What the publicity of a result is registered under.
RESULT_KIND = "awards.result"
#: Objections that nobody has decided on: no other way is chosen before.
_UNDECIDED = frozenset(BLOCKING - {ObjectionStatus.UPHELD, ObjectionStatus.SUSTAINED})
#: The objector was right.
_RIGHT = (ObjectionStatus.UPHELD, ObjectionStatus.SUSTAINED, ObjectionStatus.REMEDIED)


def _rows() -> QuerySet[Result]:
    return Result.objects.select_related("tender__owner", "lot", "publicity")


def published() -> QuerySet[Result]:
    """What everybody may read, the newest first."""
    return _rows().filter(published_at__isnull=False).order_by("-id")


def visible_to(actor: Actor) -> QuerySet[Result]:
    """The twin of `awards.view_result`, the newest first."""
    access = access_of(actor)
    return _rows().filter(Q(published_at__isnull=False) | _managed(access)).order_by("-id")


def _managed(access: Access) -> Q:
    """The results of the own tenders; to staff also all others where they work for none of the bidders."""
    mine = list(access.orgs)
    found = Q(tender__owner_id__in=mine)
    if access.has(Role.OPERATOR, *OVERSEERS):
        entered = Entry.objects.filter(result=OuterRef("pk"), organization_id__in=mine)
        found |= Q(~Exists(entered))
    return found


def own(actor: Actor) -> QuerySet[Result]:
    """Results of the own tenders, and public results of lots that the own organisations bid for; newest first."""
    mine = list(access_of(actor).orgs)
    entered = Exists(Entry.objects.filter(result=OuterRef("pk"), organization_id__in=mine))
    return (
        _rows()
        .filter(Q(tender__owner_id__in=mine) | Q(published_at__isnull=False) & Q(entered))
        .order_by("-id")
    )


def of_tender(tenders: Iterable[int]) -> dict[int, list[Result]]:
    """The public results of tenders, the newest of each lot, in the order of lots. Two queries."""
    found: dict[int, dict[int, Result]] = {}
    rows = published().filter(tender_id__in=list(tenders))
    for row in rows.prefetch_related("awards__entry__organization", "entries__organization"):
        found.setdefault(row.tender_id, {}).setdefault(row.lot.number, row)
    return {key: [lots[number] for number in sorted(lots)] for key, lots in found.items()}


def award_of(result: Result) -> Award | None:
    """The candidate or winner of a result; None where nobody is left."""
    rows = result.awards.select_related("entry__organization", "publicity")
    return rows.filter(ended_at__isnull=True).first()


def awards_of(result: Result) -> list[Award]:
    """All candidates of a result in their order."""
    return list(result.awards.select_related("entry__organization", "publicity").order_by("number"))


def award_by_id(pk: int) -> Award | None:
    """An award with everything that a contract needs to know."""
    rows = Award.objects.select_related(
        "entry__bid", "entry__organization", "result__tender__owner", "result__tender__need", "lot"
    )
    return rows.filter(pk=pk).first()


def current_award(lot_id: int) -> Award | None:
    """The candidate or winner of a lot."""
    return Award.objects.filter(lot_id=lot_id, ended_at__isnull=True).first()


def next_entry(result: Result) -> Entry | None:
    """The best valid entry that was no candidate yet."""
    tried = result.awards.values("entry_id")
    rows = result.entries.filter(is_valid=True).exclude(pk__in=tried)
    return rows.select_related("organization", "bid").order_by("rank").first()


def all_rejected(result: Result) -> bool:
    """Whether no bid of the round was valid. Who was valid and is out by now had a publicity of his own."""
    return not result.entries.filter(is_valid=True).exists()


def must_be_shown(result: Result) -> bool:
    """Whether the rejection of all is still to be made public before the lot may fail."""
    return result.publicity_id is None and result.ended_at is None and all_rejected(result)


# --- objections -------------------------------------------------------------------------------
def _objections(lot_id: int) -> QuerySet[Objection]:
    results = Result.objects.filter(lot_id=lot_id).values("pk")
    return Objection.objects.filter(
        publicity__subject_kind=RESULT_KIND, publicity__subject_id__in=results
    )


def blocking(lot_id: int) -> list[Objection]:
    """What holds up publication, award and signature in a lot: objections to any of its results.

    The caller has locked the publicities of the lot before (`services.locking.lock_lot`).
    """
    return list(_objections(lot_id).filter(status__in=BLOCKING).order_by("id"))


def undecided(lot_id: int) -> bool:
    """Whether an objection or a complaint waits for its decision."""
    return _objections(lot_id).filter(status__in=_UNDECIDED).exists()


def exclusions_of(award: Award, at: datetime) -> list[Decision]:
    """Decisions that forbid to choose this candidate at this instant: it, a partner, a person with a hand in the bid.

    What has been awarded stays: a decision that begins afterwards changes nothing here.
    """
    if award.confirmed_at is not None:
        return []
    entry = award.entry
    opened = opened_in(award.result.lot).filter(bid_id=entry.bid_id).first()
    names = partners_of(opened.form) if opened is not None else []
    parties = [exclusions.named(entry.organization), *exclusions.partners(names)]
    what = act_of(award.result.tender)
    hands = list(entry.bid.hands.values_list("person_id", flat=True))
    people = exclusions.against_people(hands, what, at)
    found = exclusions.against(parties, what, at)
    return [*found, *(row for rows in people.values() for row in rows)]


def was_right(publicity: Publicity) -> bool:
    """Whether an objection or a complaint to this publicity was found to be right."""
    return Objection.objects.filter(publicity=publicity, status__in=_RIGHT).exists()


@dataclass(frozen=True)
class Causes:
    """Why another way may be chosen than to go on with the candidate."""

    has_candidate: bool
    declined: bool
    cancelled: bool
    objection: bool
    late: bool
    excluded: bool = False


def causes(award: Award | None, now: datetime) -> Causes:
    """What speaks for another way: six queries at most."""
    if award is None:
        return Causes(False, False, False, False, False)
    publicity = award.publicity
    right = publicity is not None and was_right(publicity)
    return Causes(
        True,
        award.declined_at is not None,
        publicity is not None and publicity.status == PublicityStatus.CANCELLED,
        right,
        award.contract_due is not None and award.contract_due <= now,
        bool(exclusions_of(award, now)),
    )


# --- what a page shows ------------------------------------------------------------------------
@dataclass(frozen=True)
class Shown:
    """One line of a ranking as its reader may see it. `name` is "" where it stays unknown."""

    rank: int | None
    name: str
    total: Any
    price: int | None
    reasons: str
    is_chosen: bool
    is_own: bool
    is_out: bool


def entries_shown(result: Result, actor: Actor) -> list[Shown]:
    """The ranking: everybody reads ranks, totals and reasons, and of whoever was made public also name and price.

    A bidder reads the own line in full. Purchaser and overseers read all, but for overseers who work for a bidder;
    of 招标 everybody does, since names and prices were read out at the opening.
    """
    access = access_of(actor)
    entries = list(result.entries.all())
    whole = (
        result.tender.procedure in NAMES_ALL
        or access.in_org(result.tender.owner_id)
        or (
            access.has(Role.OPERATOR, *OVERSEERS)
            and not any(access.in_org(one.organization_id) for one in entries)
        )
    )
    awards = {award.entry_id: award for award in result.awards.all()}
    found = []
    for entry in entries:
        award = awards.get(entry.pk)
        own_line = access.in_org(entry.organization_id)
        named = award is not None and award.publicity_id is not None
        shows = whole or own_line or named
        found.append(
            Shown(
                entry.rank,
                entry.organization.name if shows else "",
                entry.total,
                entry.price if shows else None,
                entry.reasons,
                award is not None and award.ended_at is None and named,
                own_line,
                award is not None and award.ended_at is not None,
            )
        )
    # Invalid entries have no rank and come last.
    return sorted(found, key=lambda row: (row.rank is None, row.rank or 0))


# --- what waits -------------------------------------------------------------------------------
def waiting_for(actor: Actor) -> QuerySet[Result]:
    """Results that wait for a decision of those who bind the purchaser."""
    rows = _rows().filter(tender__owner_id__in=access_of(actor).binding)
    return rows.filter(status__in=[Status.DRAFTED, Status.PUBLICISED, Status.AWARDED]).order_by(
        "id"
    )


def to_publish(actor: Actor) -> QuerySet[Result]:
    """Results that wait for the operator, but for those of the own organisations."""
    if not access_of(actor).has(Role.OPERATOR):
        return Result.objects.none()
    mine = list(access_of(actor).orgs)
    entered = Exists(Entry.objects.filter(result=OuterRef("pk"), organization_id__in=mine))
    rows = _rows().filter(status=Status.CHECKING).exclude(checked_by_id=actor.pk)
    return rows.exclude(tender__owner_id__in=mine).exclude(entered).order_by("id")


def results_due(now: datetime) -> QuerySet[Tender]:
    """Closed tenders whose results were due, with a lot that is not awarded, and whose purchaser was not told."""
    told = Reminder.objects.filter(tender=OuterRef("pk"), due=OuterRef("results_until"))
    before = [Stage.WAITING, Stage.OPENED, Stage.EVALUATING, Stage.PROPOSED]
    lots = Lot.objects.filter(tender=OuterRef("pk"), stage__in=before)
    rows = Tender.objects.filter(
        Exists(lots), ~Exists(told), status=TenderStatus.CLOSED, results_until__lte=now
    )
    return rows.filter(suspended_at__isnull=True).select_related("owner").order_by("id")


def due_contracts(now: datetime) -> QuerySet[Award]:
    """Awards without a contract whose parties are to be reminded, or told that it is late."""
    soon = Q(reminded_at__isnull=True, contract_due__lte=now + timedelta(REMIND_DAYS))
    late = Q(overdue_told_at__isnull=True, contract_due__lte=now)
    rows = Award.objects.filter(
        soon | late, confirmed_at__isnull=False, contracted_at__isnull=True, ended_at__isnull=True
    )
    return rows.select_related("result__tender").order_by("contract_due", "id")


def is_over(award: Award, now: datetime | None = None) -> bool:
    """Whether the publicity of a candidate has run its time, also before the clock has written it."""
    return has_run(award.publicity, now)


def has_run(row: Publicity | None, now: datetime | None = None) -> bool:
    """Whether a publicity has run its time, also before the clock has written it."""
    if row is None or row.ends_at is None:
        return False
    if row.status == PublicityStatus.ENDED:
        return True
    at = now or clock.now()
    return row.status == PublicityStatus.RUNNING and not row.is_suspended and row.ends_at <= at


def published_for(_actor: Actor) -> QuerySet[Result]:
    """The results whose public page a person may open: all that were made public."""
    return published()


def managed_of(actor: Actor, tenders: Sequence[int]) -> dict[int, list[Result]]:
    """The results of tenders that the person sees, the newest of each lot. One query."""
    access = access_of(actor)
    rows = _rows().filter(_managed(access), tender_id__in=tenders)
    found: dict[int, dict[int, Result]] = {}
    for row in rows.order_by("-id"):
        found.setdefault(row.tender_id, {}).setdefault(row.lot.number, row)
    return {key: [lots[number] for number in sorted(lots)] for key, lots in found.items()}


def unanswered_tenders(actor: Actor) -> QuerySet[Tender]:
    """Closed tenders of the organisations that the person binds, with a lot that has no result yet."""
    before = [Stage.WAITING, Stage.OPENED, Stage.EVALUATING]
    lots = Lot.objects.filter(tender=OuterRef("pk"), stage__in=before)
    rows = Tender.objects.filter(
        Exists(lots), status=TenderStatus.CLOSED, owner_id__in=access_of(actor).binding
    )
    return rows.order_by("results_until", "id")


def reads_award_file(user: Actor, file: Any) -> bool:
    """Who reads why a candidate is out: those who manage the result, and the candidate."""
    award = (
        Award.objects.select_related("result__tender", "entry").filter(pk=file.subject_id).first()
    )
    return award is not None and (
        user.has_perm("awards.manage_lotresult", award.result)
        or access_of(user).in_org(award.entry.organization_id)
    )
