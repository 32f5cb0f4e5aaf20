"""Questions of the broker's desk: what is followed, what is to do, what nobody has taken up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from marketplace.brokerage.models import (
    Answer,
    Broker,
    BrokerFeedback,
    BrokerTask,
    CommissionEntry,
    Introduction,
    IntroductionSide,
    Mandate,
    Pursuit,
    Stage,
)
from marketplace.brokerage.models.desk import BOARD
from marketplace.brokerage.queries.mandates import in_force, mandates_for, running_of
from marketplace.brokerage.queries.record import INTENT, INTRODUCTION, Fact
from marketplace.brokerage.workflow import BrokerStatus, CommissionStatus, IntroductionStatus
from marketplace.enquiries.models import Enquiry, Intent, Lead, Message, Taking
from marketplace.enquiries.queries import owner_named
from marketplace.enquiries.workflow import IntentStatus, LeadStatus, Status
from marketplace.kernel import clock
from marketplace.kernel.counting import counted_together
from marketplace.kernel.unreadable import readable
from marketplace.listings.kind import kinds
from marketplace.listings.queries import owner_not_suspended
from marketplace.listings.workflow import State
from marketplace.matching.models import Match
from marketplace.matching.queries import open_matches
from marketplace.needs.models import Need
from marketplace.parties.policies import Role, access_of
from marketplace.web.once_a_request import once_a_request

#: A column of the board counts so far.
MOST_COUNTED = 1000
#: Cards that one column of the board shows; the list has all.
CARDS = 5
#: What a card needs to know of the enquiry and its parties; whole rows take most of the page's time.
_OF_A_CARD = (
    "broker_id",
    "stage",
    "since",
    "enquiry__code",
    "enquiry__listing_title",
    "enquiry__hidden_owner",
    "enquiry__named_at",
    "enquiry__visitor_id",
    "enquiry__owner__name",
    "enquiry__asker__name",
)
#: A need is called quiet when it has had no match for so long after its publication.
QUIET_DAYS = 14
#: Fewer scores than this say something about single persons, so they are not published.
LEAST_SCORES = 5
_SHOWN = 20
_LIVE = (
    IntroductionStatus.OPEN,
    IntroductionStatus.ACKNOWLEDGED,
    IntroductionStatus.DISPUTED,
    IntroductionStatus.UPHELD,
)


# --- how far an enquiry is --------------------------------------------------------------------
def brokers_behind(enquiry: Enquiry) -> set[int]:
    """The brokers who follow an enquiry: by a mandate, by a confirmed lead, by an introduction."""
    mandated = mandates_of(enquiry)
    found = set(mandated.values_list("broker_id", flat=True)) if enquiry.asker_id else set()
    found |= set(
        Introduction.objects.filter(enquiry=enquiry, status__in=_LIVE).values_list(
            "broker_id", flat=True
        )
    )
    return found | set(
        Lead.objects.filter(
            enquiry=enquiry,
            status=LeadStatus.CONFIRMED,
            broker__broker__status=BrokerStatus.ENTERED,
        ).values_list("broker__broker", flat=True)
    )


def mandates_of(enquiry: Enquiry) -> QuerySet[Mandate]:
    """The mandates in force by which brokers act for a side of an enquiry."""
    return mandates_for(
        enquiry.kind, enquiry.listing_id, enquiry.owner_id, asker_id=enquiry.asker_id
    )


def followers_of(enquiry_id: int) -> QuerySet[Pursuit]:
    """Who follows an enquiry, with the broker's person."""
    return Pursuit.objects.filter(enquiry=enquiry_id).select_related("broker__user")


def stage_of(enquiry: Enquiry, broker_id: int) -> Stage:
    """The stage that the record gives, for one broker."""
    if enquiry.status == Status.CLOSED:
        return Stage.CLOSED
    # An accepted intent is there before the handler that moves the enquiry has run.
    if Intent.objects.filter(enquiry=enquiry, status=IntentStatus.ACCEPTED).exists():
        return Stage.INTENT
    if Introduction.objects.filter(broker_id=broker_id, enquiry=enquiry, status__in=_LIVE).exists():
        return Stage.INTRODUCED
    wrote = Message.objects.filter(enquiry=enquiry, author__broker=broker_id)
    if enquiry.first_answer_at is not None or wrote.exists():
        return Stage.CONTACT
    return Stage.LEAD


def mandated_enquiries(mandate: Mandate) -> QuerySet[Enquiry]:
    """The enquiries of organisations that a mandate covers, newest first.

    A mandate for all that the client lists covers what the client asks others, too: the broker writes for
    the client there (`principals_of`).
    """
    rows = Enquiry.objects.filter(asker__isnull=False)
    if mandate.kind:
        rows = rows.filter(
            owner_id=mandate.client_id, kind=mandate.kind, listing_id=mandate.listing_id or 0
        )
    else:
        rows = rows.filter(Q(owner_id=mandate.client_id) | Q(asker_id=mandate.client_id))
    return rows.order_by("-id")


# --- the pipeline -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Column:
    """One column of the board: how many are in this stage, counted up to MOST_COUNTED, and the newest of them."""

    stage: Stage
    count: int
    cards: list[Pursuit]

    @property
    def more(self) -> str:
        """How many are in the list only, in figures; "" when the cards are all."""
        left = self.count - len(self.cards)
        return f"{left}{self.plus}" if left > 0 else ""

    @property
    def plus(self) -> str:
        """A plus where there may be more than were counted."""
        return "+" if self.count == MOST_COUNTED else ""


def pipeline(broker_id: int, stage: str = "") -> QuerySet[Pursuit]:
    """The enquiries that a broker follows, the one that moved last first; of one stage when named."""
    rows = Pursuit.objects.filter(broker_id=broker_id)
    rows = rows.filter(stage=stage) if stage else rows.exclude(stage=Stage.CLOSED)
    return rows.order_by("-since", "-id")


def _with_parties(rows: QuerySet[Pursuit]) -> QuerySet[Pursuit]:
    """What the cards of these pursuits show."""
    return rows.select_related("enquiry__owner", "enquiry__asker").only(*_OF_A_CARD)


class PagedPipeline:
    """The pipeline as a list that can be paged: keys first, in the order of the index, then the few rows.

    With the parties joined to it a database may sort all that a broker follows to show twenty.
    """

    def __init__(self, broker_id: int, stage: str) -> None:
        self._broker_id, self._stage = broker_id, stage

    def count(self) -> int:
        """How many there are in the stage, or in all stages of the board."""
        counts = stage_counts(self._broker_id)
        stages = [self._stage] if self._stage else BOARD
        return sum(counts.get(stage, 0) for stage in stages)

    def __getitem__(self, wanted: slice) -> list[Pursuit]:
        keys = pipeline(self._broker_id, self._stage).values_list("pk", flat=True)[wanted]
        return _in_order(list(keys))


def _in_order(keys: Sequence[int]) -> list[Pursuit]:
    rows = readable(_with_parties(Pursuit.objects.filter(pk__in=keys)))
    known = {row.pk: row for row in rows}
    return [known[pk] for pk in keys if pk in known]


def stage_counts(broker_id: int) -> dict[str, int]:
    """How many followed enquiries are in each stage; one query."""
    rows = Pursuit.objects.filter(broker_id=broker_id).values_list("stage")
    return dict(rows.annotate(n=Count("pk")).order_by())


def board(broker_id: int) -> list[Column]:
    """The board: one query for the counts, one for the keys of each column, one for all cards."""
    counts = counted_together({one: pipeline(broker_id, one)[:MOST_COUNTED] for one in BOARD})
    keys = [
        pk
        for stage in BOARD
        for pk in pipeline(broker_id, stage).values_list("pk", flat=True)[:CARDS]
    ]
    cards = _in_order(keys)
    return [
        Column(stage, counts[stage], [row for row in cards if row.stage == stage])
        for stage in BOARD
    ]


def is_party(user: Any, enquiry: Enquiry) -> bool:
    """Whether the person sees an enquiry as a broker: the twin of `party_condition`."""
    condition = party_condition(user)
    return condition is not None and Enquiry.objects.filter(condition, pk=enquiry.pk).exists()


def party_condition(user: Any) -> Q | None:
    """The enquiries that the person sees as a broker: by a mandate in force, or by an introduction that stands.

    None for who is no broker. Who has introduced the pair follows what comes of it, also when the lead or
    the mandate has ended since: the fee hangs on it.

    A visitor's enquiry is no part of them: it holds a private contact, which a broker reads only when
    the visitor has agreed to be served by this broker (个人信息保护法 23).
    """
    if not access_of(user).has(Role.BROKER):
        return None
    running = in_force().filter(
        Q(kind="") | Q(kind=OuterRef("kind"), listing_id=OuterRef("listing_id")),
        broker__user_id=user.pk,
        client_id=OuterRef("owner_id"),
    )
    introduced = Introduction.objects.filter(
        enquiry=OuterRef("pk"),
        broker__user_id=user.pk,
        broker__status=BrokerStatus.ENTERED,
        status__in=_LIVE,
    )
    return Q(Exists(running) | Exists(introduced), asker__isnull=False)


@once_a_request
def principals_of(user: Any) -> list[int]:
    """The organisations in whose name the person writes as a broker: mandates for all that they list.

    Like the memberships of a person (`User.access`) they are read once for a request, in which every row
    of a list asks for them.

    A mandate for one listing lets the broker read the enquiries about it. To write for the client in
    every enquiry it takes one for all of them.
    """
    if not access_of(user).has(Role.BROKER):
        return []
    rows = in_force().filter(broker__user_id=user.pk, kind="")
    return list(rows.values_list("client_id", flat=True).distinct())


@once_a_request
def clients_of(user: Any) -> list[int]:
    """The organisations that the person acts for as a broker, by a mandate of any scope: whose calls are logged."""
    if not access_of(user).has(Role.BROKER):
        return []
    rows = in_force().filter(broker__user_id=user.pk)
    return list(rows.values_list("client_id", flat=True).distinct())


def is_proxy(user: Any, org_id: int) -> bool:
    """Whether the person writes in the name of this organisation as a broker."""
    return org_id in principals_of(user)


# --- tasks ------------------------------------------------------------------------------------
def tasks_of(broker_id: int) -> QuerySet[BrokerTask]:
    """Open tasks, the first due first."""
    rows = BrokerTask.objects.filter(broker_id=broker_id, done_at=None)
    return rows.select_related("enquiry", "broker").order_by("due_on", "id")


def tasks_done(broker_id: int) -> QuerySet[BrokerTask]:
    """The tasks done last."""
    rows = BrokerTask.objects.filter(broker_id=broker_id, done_at__isnull=False)
    return rows.select_related("enquiry", "broker").order_by("-done_at", "-id")


def task_of(broker_id: int, code: str) -> BrokerTask | None:
    """The broker's task of this code."""
    rows = BrokerTask.objects.filter(broker_id=broker_id, code=code)
    return rows.select_related("broker").first()


def open_tasks_of(user: Any) -> QuerySet[BrokerTask]:
    """The person's open tasks, whenever they are due."""
    return BrokerTask.objects.filter(broker__user_id=user.pk, done_at=None)


def due_of(user: Any) -> QuerySet[BrokerTask]:
    """The person's open tasks that are due today or before, the first due first."""
    return open_tasks_of(user).filter(due_on__lte=clock.today()).order_by("due_on", "id")


# --- what is open to all brokers --------------------------------------------------------------
def quiet_needs(days: int = QUIET_DAYS) -> list[Need]:
    """Published needs without a match for so many days, the longest quiet first; at most 20."""
    fit = Match.objects.filter(need=OuterRef("pk")).exclude(need_verdict="dismissed")
    rows = Need.objects.filter(
        owner_not_suspended(),
        status=State.PUBLISHED,
        published_at__lte=clock.now() - timedelta(days=days),
    ).exclude(Exists(fit))
    return readable(rows.select_related("owner").order_by("published_at", "id")[:_SHOWN])


def listings_through_brokers() -> list[Any]:
    """Published listings whose contact is through a broker, newest first; at most 20 of each kind."""
    found: list[Any] = []
    for kind in kinds():
        if not any(field.name == "contact_route" for field in kind.model._meta.fields):  # noqa: SLF001
            continue
        rows = kind.model.objects.filter(
            owner_not_suspended(), status=State.PUBLISHED, contact_route="broker"
        )
        found += readable(rows.select_related("owner").order_by("-published_at", "-id")[:_SHOWN])
    return sorted(found, key=lambda row: row.published_at, reverse=True)[:_SHOWN]


# --- suggestions ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Suggestion:
    """A match of a listing for which the broker has a mandate."""

    mandate: Mandate
    match: Match


def suggestions(broker_id: int, most: int = 12) -> list[Suggestion]:
    """The best open matches of the listings that the broker's mandates cover; two queries."""
    mandates = list(running_of(broker_id)[:100])
    covered = Q(pk__in=[])
    for one in mandates:
        if one.kind == "needs":
            covered |= Q(need_id=one.listing_id)
        elif one.kind == "achievements":
            covered |= Q(achievement_id=one.listing_id)
        elif not one.kind:
            covered |= Q(need__owner_id=one.client_id) | Q(achievement__owner_id=one.client_id)
    if not mandates:
        return []
    rows = open_matches().filter(covered).order_by("-score", "-retrieval", "id")[:most]
    found = [(_mandate_of(match, mandates), match) for match in readable(rows)]
    return [Suggestion(one, match) for one, match in found if one is not None]


def _mandate_of(match: Match, mandates: Iterable[Mandate]) -> Mandate | None:
    for one in mandates:
        if (one.kind, one.listing_id) in {
            ("needs", match.need_id),
            ("achievements", match.achievement_id),
        }:
            return one
        if not one.kind and one.client_id in {match.need.owner_id, match.achievement.owner_id}:
            return one
    return None


# --- money and what the record shows ----------------------------------------------------------
def fees_of(broker_id: int) -> QuerySet[CommissionEntry]:
    """The fees of a broker that are not settled, the first due first."""
    rows = CommissionEntry.objects.filter(mandate__broker_id=broker_id).exclude(
        status__in=[CommissionStatus.CONFIRMED, CommissionStatus.CANCELLED]
    )
    return rows.select_related("mandate__client", "mandate__broker", "enquiry").order_by(
        Coalesce("due_on", clock.today() + timedelta(days=36_500)), "id"
    )


def facts_of(
    brokers: Sequence[int], since: datetime | None, until: datetime | None
) -> dict[int, list[Fact]]:
    """What mandates and introductions prove of these brokers in a half-open period; two queries.

    An introduction that both sides acknowledged or a ruling upheld, and the intent of such a one.
    The title and the field of an introduction with a hidden side are left out: only kind and month count.
    """
    rows = Introduction.objects.filter(
        broker_id__in=brokers,
        status__in=[IntroductionStatus.ACKNOWLEDGED, IntroductionStatus.UPHELD],
    ).select_related("enquiry")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    found: dict[int, list[Fact]] = {}
    for row in readable(rows.prefetch_related("sides").order_by("-at", "-id")):
        hidden = any(side.hidden for side in row.sides.all())
        about = {
            "title": "" if hidden else row.listing_title,
            "name": row.listing_title,
            "number": row.code,
            "is_achievement": row.kind == "achievements",
        }
        facts = found.setdefault(row.broker_id, [])
        facts.append(Fact(INTRODUCTION, row.at, **about))
        if row.enquiry is not None and row.enquiry.status == Status.AGREED:
            facts.append(Fact(INTENT, row.enquiry.last_message_at, **about))
    return found


@dataclass(frozen=True)
class Feedback:
    """How many sides have scored a broker, and the mean with one decimal."""

    count: int
    mean: float


def feedback_summary(broker_id: int) -> Feedback | None:
    """The scores of a broker as everybody may see them; None below LEAST_SCORES."""
    rows = BrokerFeedback.objects.filter(broker_id=broker_id)
    said = rows.aggregate(n=Count("pk"), mean=Avg("score"))
    if said["n"] < LEAST_SCORES:
        return None
    return Feedback(said["n"], round(float(said["mean"]), 1))


def feedback_of(broker_id: int) -> QuerySet[BrokerFeedback]:
    """What was said about a broker: for the broker alone, newest first."""
    return BrokerFeedback.objects.filter(broker_id=broker_id).select_related("enquiry")


def rated_by(enquiry: Enquiry, sides: Iterable[str]) -> set[tuple[int, str]]:
    """Which brokers these sides of an enquiry have rated already, as (broker, side)."""
    rows = BrokerFeedback.objects.filter(enquiry=enquiry, side__in=list(sides))
    return set(rows.values_list("broker_id", "side"))


def silent_sides(broker_id: int) -> int:
    """How many sides of the broker's open claims have not answered."""
    return IntroductionSide.objects.filter(
        introduction__broker_id=broker_id,
        introduction__status=IntroductionStatus.OPEN,
        answer=Answer.NONE,
    ).count()


# --- what other pages show --------------------------------------------------------------------
def brokers_of_listings(kind: str, listings: Sequence[Any]) -> dict[int, list[Any]]:
    """The brokers who serve these listings by a mandate in force, by the key of the listing; one query.

    A mandate for all of an organisation's listings is left out where the listing hides its owner: the
    same broker at all of them would say whose it is.
    """
    owners = {row.owner_id for row in listings}
    rows = in_force().filter(
        Q(kind="") | Q(kind=kind, listing_id__in=[row.pk for row in listings]),
        client_id__in=owners,
    )
    found: dict[int, list[Any]] = {}
    mandates = list(rows.select_related("broker").order_by("id"))
    for row in listings:
        for one in mandates:
            fits = (
                one.listing_id == row.pk
                if one.kind
                else one.client_id == row.owner_id and not row.hide_owner
            )
            if fits and one.broker not in found.setdefault(row.pk, []):
                found[row.pk].append(one.broker)
    return {pk: brokers for pk, brokers in found.items() if brokers}


def running_by_client(org_ids: Sequence[int]) -> dict[int, list[Mandate]]:
    """The mandates in force of these organisations, by organisation; one query."""
    found: dict[int, list[Mandate]] = {}
    rows = in_force().filter(client_id__in=org_ids).select_related("broker")
    for one in rows.order_by("ends_at", "id"):
        found.setdefault(one.client_id, []).append(one)
    return found


def has_introduced(user: Any, enquiry: Enquiry) -> bool:
    """Whether the person has recorded an introduction from this enquiry that still stands."""
    return Introduction.objects.filter(
        broker__user_id=user.pk, enquiry=enquiry, status__in=_LIVE
    ).exists()


def rateable(user: Any, enquiry: Enquiry) -> QuerySet[Broker]:
    """The brokers whose part in an enquiry this person may know, and so rate when it is over.

    Where the owner's name is hidden from the person, these are the brokers of the listing's own mandates,
    of introductions, of the asker's mandates and of the asker's consent.
    """
    rows = Broker.objects.filter(pursuits__enquiry=enquiry).order_by("pursuits__id")
    if not enquiry.owner_is_hidden or owner_named(user, enquiry):
        return rows
    known = Q(
        Exists(
            Introduction.objects.filter(enquiry=enquiry, broker=OuterRef("pk")).exclude(
                status=IntroductionStatus.WITHDRAWN
            )
        )
    )
    known |= Q(
        Exists(
            Mandate.objects.filter(
                broker=OuterRef("pk"),
                client_id=enquiry.owner_id,
                kind=enquiry.kind,
                listing_id=enquiry.listing_id,
                accepted_at__isnull=False,
            )
        )
    )
    known |= Q(
        Exists(Mandate.objects.filter(broker=OuterRef("pk"), kind="", client_id=enquiry.asker_id))
    )
    known |= Q(
        Exists(
            Taking.objects.filter(
                lead__enquiry=enquiry, confirmed_at__isnull=False, broker=OuterRef("user_id")
            )
        )
    )
    return rows.filter(known)


def brokers_at(user: Any, enquiry: Enquiry) -> dict[str, Any] | None:
    """What the page of an enquiry shows of brokers to this person; None for a visitor by link.

    The asker learns which brokers have introduced the pair; the mandates are the owner's own affair,
    beyond the fact that a broker acts for the owner. Who must not learn the owner's name does not read of a
    mandate for all that the owner lists: the owner's public listings name the same broker.
    """
    if user.pk is None or enquiry.asker_id is None:
        return None
    access = access_of(user)
    mandates = list(mandates_of(enquiry))
    of_owner = [one for one in mandates if one.client_id == enquiry.owner_id]
    if enquiry.owner_is_hidden and not owner_named(user, enquiry):
        of_owner = [one for one in of_owner if one.kind]
    of_asker = [one for one in mandates if one.client_id != enquiry.owner_id]
    rows = Introduction.objects.filter(enquiry=enquiry).exclude(status=IntroductionStatus.WITHDRAWN)
    sides = [
        name
        for name, org in (("owner", enquiry.owner_id), ("asker", enquiry.asker_id))
        if access.in_org(org)
    ]
    introductions = [
        row
        for row in rows.select_related("broker").prefetch_related("sides").order_by("at", "id")
        if sides or user.has_perm("brokerage.view_introduction", row)
    ]
    to_rate = []
    if enquiry.status == Status.CLOSED and sides:
        rated = rated_by(enquiry, sides)
        to_rate = [
            broker
            for broker in rateable(user, enquiry).select_related("user")
            if any((broker.pk, side) not in rated for side in sides)
        ]
    return {
        "mandates": [
            (one, one.client_id != enquiry.owner_id, access.in_org(one.client_id))
            for one in [*of_owner, *of_asker]
        ],
        "introductions": introductions,
        "invites": access.binds(enquiry.owner_id) and not of_owner,
        "to_rate": to_rate,
    }
