"""Questions about introductions: who sees which, who must be named in a contract, what was bypassed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.brokerage.models import Answer, Introduction, IntroductionSide, Ruling
from marketplace.brokerage.models.introductions import INTRODUCTION_FILES, pairs_like
from marketplace.brokerage.policies import OVERSEERS
from marketplace.brokerage.rulebook.keys import pair_key, party_key, party_keys
from marketplace.brokerage.workflow import IntroductionStatus, RulingStatus
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.queries import enquiry_between, owner_named
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_for, attachments_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.columns import with_columns
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import kept_rows

_CONFIRMED = (IntroductionStatus.ACKNOWLEDGED, IntroductionStatus.UPHELD)
_UNDECIDED = (IntroductionStatus.OPEN, IntroductionStatus.DISPUTED)


def _whole() -> QuerySet[Introduction]:
    rows = Introduction.objects.select_related("broker__user", "mandate", "enquiry")
    return rows.prefetch_related("sides__organization")


def _of_orgs(orgs: Collection[int]) -> Exists:
    return Exists(
        IntroductionSide.objects.filter(introduction=OuterRef("pk"), organization_id__in=list(orgs))
    )


def introductions_visible_to(actor: Actor) -> QuerySet[Introduction]:
    """The introductions that `actor` may see: the twin of `brokerage.view_introduction`; newest first."""
    access = access_of(actor)
    rows = _whole().order_by("-id")
    if access.has(*OVERSEERS):
        return rows
    return rows.filter(Q(broker__user_id=actor.pk) | Q(_of_orgs(access.orgs)))


def own_introductions(actor: Actor) -> QuerySet[Introduction]:
    """Those that the person claimed as a broker, or in which the person's organisation is a party."""
    access = access_of(actor)
    rows = _whole().order_by("-id")
    return rows.filter(Q(broker__user_id=actor.pk) | Q(_of_orgs(access.orgs)))


def side_name(user: Actor, introduction: Introduction, side: IntroductionSide) -> str:
    """The name of a party as this person may read it; "" where it is not to be named to them."""
    if not side.hidden:
        return side.organization.name if side.organization is not None else side.name
    # Only an enquiry about an anonymous need leads to a hidden side.
    enquiry = introduction.enquiry
    may = access_of(user).in_org(side.organization_id) or (
        enquiry is not None and owner_named(user, enquiry)
    )
    return side.name if may else ""


def sides_waiting_for(user: Actor, introduction: Introduction) -> list[IntroductionSide]:
    """The sides for which this person may still answer: those that have not acknowledged."""
    access = access_of(user)
    if introduction.status not in _UNDECIDED or introduction.broker.user_id == user.pk:
        return []
    return [
        side
        for side in introduction.sides.all()
        if access.binds(side.organization_id) and not side.has_acknowledged
    ]


def sides_asked_whether_met(user: Actor, introduction: Introduction) -> list[IntroductionSide]:
    """The sides for which this person has still to say whether the other got in touch."""
    if introduction.met_asked_at is None or introduction.broker.user_id == user.pk:
        return []
    access = access_of(user)
    return [
        side
        for side in introduction.sides.all()
        if access.binds(side.organization_id) and not side.met
    ]


def enquiry_of_pair(introduction: Introduction) -> Enquiry | None:
    """The enquiry that the introduction came from, or the one between its two parties about its listing.

    None without one, or where its texts were erased: nobody looks into it any more.
    """
    if introduction.enquiry is not None:
        return introduction.enquiry
    one, other = [side.organization_id for side in introduction.sides.all()]
    if one is None or other is None or introduction.listing_id is None:
        return None
    kind, listing_id = introduction.kind, introduction.listing_id
    found = enquiry_between(one, other, kind, listing_id) or enquiry_between(
        other, one, kind, listing_id
    )
    return found if found is not None and found.erased_at is None else None


def unanswered_by(user: Actor) -> QuerySet[Introduction]:
    """The introductions that wait for this person's answer."""
    silent = IntroductionSide.objects.filter(
        introduction=OuterRef("pk"),
        organization_id__in=access_of(user).binding,
        answer=Answer.NONE,
    )
    rows = Introduction.objects.filter(Exists(silent), status__in=_UNDECIDED)
    return rows.exclude(broker__user_id=user.pk)


@kept_rows
def waiting_for_answer(user: Any) -> QuerySet[Introduction]:
    """The same with the columns of a to-do; at most 10, the first due first."""
    rows = with_columns(
        unanswered_by(user), "code", "listing_title", "answer_due_at", "broker__name"
    )
    return rows.order_by("answer_due_at", "id")[:10]


def ruling_on(pair: str, subject: str) -> Ruling | None:
    """The latest ruling between the claims about this pair and subject."""
    rows = Ruling.objects.filter(pair__in=pairs_like(pair), subject=subject)
    return (
        rows.select_related("winner__broker", "ruled_by", "decided_by", "appealed_by")
        .order_by("-id")
        .first()
    )


def disputed_claim_about(enquiry_id: int) -> str:
    """The code of a claim from this enquiry that is in dispute, or whose ruling is not final; "" for none."""
    running = Ruling.objects.filter(pair=OuterRef("pair"), subject=OuterRef("subject")).exclude(
        status=RulingStatus.FINAL
    )
    rows = Introduction.objects.filter(enquiry=enquiry_id)
    found = rows.filter(Q(pk__in=to_rule().values("pk")) | Exists(running)).order_by("id")
    return found.values_list("code", flat=True).first() or ""


def to_rule() -> QuerySet[Introduction]:
    """Disputed claims and rivalling claims without a ruling that stands: for the operator, oldest first.

    Claims from before and after an organisation gave its credit code rival too, under two keys.
    """
    return _to_rule(Q(pk__in=_rivals_under_two_keys()))


def to_rule_under_one_key() -> QuerySet[Introduction]:
    """Those of `to_rule` that a single statement finds, for the number in the menu.

    The statement of the menu is kept, so it may not depend on rows that were read (`parties.queries.counting`).
    They are all of them unless `undecided_under_an_old_key` has rows.
    """
    return _to_rule()


def _to_rule(*more: Q) -> QuerySet[Introduction]:
    rival = (
        Introduction.objects.filter(pair=OuterRef("pair"), subject=OuterRef("subject"))
        .exclude(pk=OuterRef("pk"))
        .exclude(status__in=[IntroductionStatus.WITHDRAWN, IntroductionStatus.REJECTED])
    )
    decided = Ruling.objects.filter(pair=OuterRef("pair"), subject=OuterRef("subject")).exclude(
        status=RulingStatus.FINAL
    )
    waits = Q(status=IntroductionStatus.DISPUTED) | Q(Q(status__in=_UNDECIDED), Exists(rival))
    for also in more:
        waits |= also
    return _whole().filter(waits).exclude(Exists(decided)).order_by("at", "id")


def undecided_under_an_old_key() -> QuerySet[Introduction]:
    """The undecided claims made before one of their organisations gave its credit code."""
    changed = IntroductionSide.objects.filter(
        introduction=OuterRef("pk"), key__startswith="org:", organization__uscc__gt=""
    )
    return Introduction.objects.filter(Exists(changed), status__in=_UNDECIDED)


def _rivals_under_two_keys() -> list[int]:
    """The undecided claims that rival one under another key of the same parties. Few organisations change key."""
    found: set[int] = set()
    for row in undecided_under_an_old_key():
        ruling = ruling_on(row.pair, row.subject)
        if ruling is not None and ruling.status != RulingStatus.FINAL:
            continue
        over = {IntroductionStatus.WITHDRAWN, IntroductionStatus.REJECTED}
        alive = [one for one in row.claims if one.status not in over]
        if len(alive) > 1:
            found |= {one.pk for one in alive if one.status in _UNDECIDED}
    return sorted(found)


def appeals() -> QuerySet[Ruling]:
    """Appeals that wait for a decision, oldest first."""
    return Ruling.objects.filter(status=RulingStatus.APPEALED).order_by("appealed_at", "id")


# --- who must be named ------------------------------------------------------------------------
#: A party: an organisation of the platform, or a credit code.
Party = Organization | str


def _keys(party: Party) -> tuple[str, ...]:
    if isinstance(party, str):
        return (party_key(party),)
    return party_keys(party.uscc, party.code)


def introductions_between(
    a: Party, b: Party, subject: str | None, at: datetime
) -> list[Introduction]:
    """The introductions that a contract of `a` and `b` at an instant must name, first recorded first.

    `subject` is `rulebook.keys.subject_key(kind, code)`; None asks for every subject of the pair. An
    introduction counts from its recording, while its protection lasts: at is in [at, protected_until).
    It must have been acknowledged by at least one side, which it then binds, or upheld by a ruling.
    The order of the parties does not matter. Raises ValueError when both are the same.
    """
    pairs = {pair_key(one, other) for one in _keys(a) for other in _keys(b)}
    said = IntroductionSide.objects.filter(introduction=OuterRef("pk"), answer=Answer.ACKNOWLEDGED)
    rows = _whole().filter(pair__in=pairs, at__lte=at, protected_until__gt=at)
    rows = rows.filter(Q(status__in=_CONFIRMED) | Q(status__in=_UNDECIDED) & Q(Exists(said)))
    if subject is not None:
        rows = rows.filter(subject=subject)
    return list(rows.order_by("at", "id"))


@dataclass(frozen=True)
class Bypass:
    """A contract names no broker who introduced the parties: to be shown to them and the registrar.

    `bound` are the keys of the parties that the introduction binds: those that acknowledged it, both
    where a ruling upheld it. It is never a ground to refuse a contract (民法典 965 gives a claim).
    """

    introduction: Introduction
    bound: tuple[str, ...]


def bypass_findings(
    a: Party, b: Party, subject: str | None, at: datetime, named_brokers: Collection[int]
) -> list[Bypass]:
    """The introductions whose brokers a contract at this instant should name and does not.

    `named_brokers` are keys of `Broker`.
    """
    return [
        Bypass(row, _bound(row))
        for row in introductions_between(a, b, subject, at)
        if row.broker_id not in named_brokers
    ]


def _bound(introduction: Introduction) -> tuple[str, ...]:
    sides: Sequence[IntroductionSide] = list(introduction.sides.all())
    upheld = introduction.status == IntroductionStatus.UPHELD
    return tuple(side.key for side in sides if upheld or side.has_acknowledged)


# --- files ------------------------------------------------------------------------------------
def proofs_of(introduction: Introduction) -> list[Attachment]:
    """The files that the broker filed as evidence."""
    return attachments_of(INTRODUCTION_FILES, introduction.pk)


def proofs_for(introductions: Iterable[Introduction]) -> dict[int, list[Attachment]]:
    """The evidence of several introductions by their keys. One query."""
    return attachments_for(INTRODUCTION_FILES, [row.pk for row in introductions])


def reads_proof(user: Actor, attachment: Any) -> bool:
    """Who may read evidence: whoever may see the introduction. Never public."""
    row = introductions_visible_to(user).filter(pk=attachment.subject_id).first()
    return row is not None and user.has_perm("brokerage.view_introduction", row)
