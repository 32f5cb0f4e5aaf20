"""Which tenders there are, who sees them, and what was published about each."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from marketplace.custody.models import Custodian
from marketplace.exclusions import queries as exclusions
from marketplace.exclusions.rulebook import Act
from marketplace.kernel.actors import Actor
from marketplace.parties import queries as parties
from marketplace.parties.policies import Role, access_of
from marketplace.tenders.models import Amendment, Standing, Tender
from marketplace.tenders.workflow import OPEN, PUBLIC, SHOWN, UNDER_WAY, Stage, Status


def _rows() -> QuerySet[Tender]:
    return Tender.objects.select_related("owner", "need")


def act_of(tender: Tender, kind: str = "") -> Act:
    """What somebody does who takes part in this tender, for the decisions that exclude from it.

    `kind` is `exclusions.rulebook.EXPERT` for who judges, "" for who bids. A tender without a district is where its
    owner is.
    """
    district = tender.district or tender.owner.district
    return exclusions.act(kind or tender.procedure, district=district, field=tender.industry)


def published() -> QuerySet[Tender]:
    """What everybody may read, the newest first."""
    return _rows().filter(status__in=PUBLIC).order_by("-published_at", "-id")


def published_for(_actor: Actor) -> QuerySet[Tender]:
    """The tenders whose public page a person may open: all that were published."""
    return published()


def closing_next(now: datetime) -> QuerySet[Tender]:
    """Open tenders, what closes first at the top, with the columns of a line alone: the home page shows them.

    A deadline that has passed closes before the clock writes it. What is suspended closes at no known instant.
    """
    rows = Tender.objects.filter(status__in=OPEN, suspended_at__isnull=True, deadline__gt=now)
    rows = rows.order_by("deadline", "id")
    return rows.only("code", "title", "deadline", "procedure", "procedure_version")


def visible_to(actor: Actor) -> QuerySet[Tender]:
    """The twin of `tenders.view_tender`."""
    access = access_of(actor)
    seen = Q(status__in=PUBLIC) | Q(owner_id__in=list(access.orgs))
    if access.has(Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR):
        seen |= ~Q(status=Status.DRAFT)
    if access.has(Role.REGISTRAR_COUNTY):
        seen |= _for_county(actor)
    return _rows().filter(seen).order_by("-id")


def _for_county(actor: Actor) -> Q:
    """Challenges with money of the city that this registrar's counties look at first, once others sent them."""
    access = access_of(actor)
    sent = Q(is_city_funded=True) & ~Q(status=Status.DRAFT)
    # A null is unequal to nobody: what has no author is not the registrar's own.
    sent &= ~Q(
        pk__in=Tender.objects.filter(Q(created_by_id=actor.pk) | Q(submitted_by_id=actor.pk))
    )
    sent &= ~Q(owner_id__in=list(access.orgs))
    counties = access.districts.get(Role.REGISTRAR_COUNTY)
    if counties is None:
        return sent
    named = sorted(counties)
    return sent & (Q(district__in=named) | Q(district="", owner__district__in=named))


def to_screen(actor: Actor) -> QuerySet[Tender]:
    """Challenges with money of the city that wait for the county's first look."""
    access = access_of(actor)
    if not access.has(Role.REGISTRAR_COUNTY):
        return Tender.objects.none()
    waiting = Q(status=Status.IN_REVIEW, screened_at__isnull=True, argued_at__isnull=True)
    return _rows().filter(waiting & _for_county(actor)).order_by("submitted_at", "id")


def own(actor: Actor) -> QuerySet[Tender]:
    """The tenders of the person's organisations, the newest first."""
    return _rows().filter(owner_id__in=list(access_of(actor).orgs)).order_by("-id")


def to_review(actor: Actor) -> QuerySet[Tender]:
    """What waits for this operator, the oldest first: not what he wrote, nor his own organisation's."""
    rows = _rows().filter(status=Status.IN_REVIEW)
    if not access_of(actor).has(Role.OPERATOR):
        return rows.none()
    rows = rows.exclude(owner_id__in=list(access_of(actor).orgs))
    mine = Q(created_by_id=actor.pk) | Q(submitted_by_id=actor.pk)
    return rows.exclude(mine).order_by("submitted_at", "id")


def not_argued(actor: Actor) -> QuerySet[Tender]:
    """Challenges with money of the city that this authority argues at some time: `to_argue` and those before."""
    rows = _rows().filter(status=Status.IN_REVIEW, is_city_funded=True, argued_at__isnull=True)
    if not access_of(actor).has(Role.AUTHORITY):
        return rows.none()
    return rows.exclude(owner_id__in=list(access_of(actor).orgs)).order_by("submitted_at", "id")


def to_argue(actor: Actor) -> QuerySet[Tender]:
    """Challenges with money of the city that wait for the argument of experts: the county has looked at them.

    Where no registrar is appointed for the county, they do not wait for one.
    """
    rows = not_argued(actor)
    seen, staffed = Q(screened_at__isnull=False), parties.staffed_districts(Role.REGISTRAR_COUNTY)
    if staffed is None:
        return rows.filter(seen)
    named = sorted(staffed)
    waits = Q(district__in=named) | Q(district="", owner__district__in=named)
    return rows.filter(seen | ~waits)


def to_publish(actor: Actor) -> QuerySet[Tender]:
    """Drafts that the person can send to the operator."""
    rows = _rows().filter(status__in=[Status.DRAFT, Status.RETURNED])
    return rows.filter(owner_id__in=access_of(actor).binding).order_by("-id")


def due(now: datetime) -> QuerySet[Tender]:
    """Tenders at which the clock has something to do."""
    return Tender.objects.filter(next_check__lte=now).order_by("next_check", "id")


def running_of(owners: Iterable[int]) -> dict[int, int]:
    """How many tenders of each of these organisations are open; one query."""
    rows = Tender.objects.filter(owner_id__in=list(owners), status__in=OPEN)
    return dict(rows.values_list("owner").annotate(n=Count("pk")).order_by())


def for_need(needs: Iterable[int]) -> dict[int, Tender]:
    """The newest tender of each of these needs that is public and led or may lead to something; one query."""
    rows = Tender.objects.filter(need_id__in=list(needs), status__in=SHOWN).order_by("id")
    return {row.need_id: row for row in rows}


@dataclass(frozen=True)
class Rounds:
    """The public tenders of the same need before and after one: a summary and its second stage, or a new attempt."""

    before: Tender | None = None
    after: Tender | None = None


def rounds_of(tender: Tender) -> Rounds:
    """The round that this one follows, and the one that follows it, of those that everybody reads; one query."""
    rows = Tender.objects.filter(need_id=tender.need_id, status__in=PUBLIC).exclude(pk=tender.pk)
    found = list(rows.order_by("id"))
    before = [row for row in found if row.pk < tender.pk]
    after = [row for row in found if row.pk > tender.pk]
    return Rounds(before[-1] if before else None, after[0] if after else None)


def under_way_of(needs: Iterable[int]) -> dict[int, Tender]:
    """The tender of each of these needs beside which no other can be begun; one query."""
    rows = Tender.objects.filter(need_id__in=list(needs), status__in=UNDER_WAY).order_by("id")
    return {row.need_id: row for row in rows}


def unopened_of(needs: Iterable[int]) -> set[int]:
    """Which of these needs have a tender that has closed and whose bids nobody can read yet; one query.

    Whoever invites to a next round has read the last one.
    """
    rows = Tender.objects.filter(
        need_id__in=list(needs), status=Status.CLOSED, lots__stage=Stage.WAITING
    )
    return set(rows.values_list("need_id", flat=True))


def standing_now(now: datetime) -> Standing | None:
    """The record by which this platform may run tenders under the law; None where there is none."""
    rows = Standing.objects.filter(since__lte=now)
    return rows.filter(Q(until__isnull=True) | Q(until__gt=now)).order_by("-since").first()


def past_standings() -> list[Standing]:
    """Records that hold no more, the newest first."""
    return list(Standing.objects.exclude(until=None).order_by("-until")[:20])


def custodians(codes: Sequence[str]) -> list[Custodian]:
    """The custodians of these codes, in this order; one that does not exist is left out."""
    rows = Custodian.objects.filter(code__in=codes).select_related("organization", "person")
    found = {row.code: row for row in rows}
    return [found[code] for code in codes if code in found]


def terms(tender: Tender) -> dict[str, Any]:
    """Everything that bids answer to, as plain JSON values: what `terms_hash` is of."""

    def instant(at: datetime | None) -> str | None:
        return at.isoformat() if at is not None else None

    return {
        "version": 1,
        "tender": tender.code,
        "owner": tender.owner.code,
        "procedure": [tender.procedure, tender.procedure_version],
        "sealing": tender.sealing,
        "threshold": tender.threshold,
        "title": tender.title,
        "summary": tender.summary,
        "content": tender.content,
        "conditions": tender.conditions,
        "deliverables": tender.deliverables,
        "ip_terms": tender.ip_terms,
        "payment": tender.payment,
        "contact": tender.contact,
        "summary_first": tender.summary_first,
        "plan_fee": tender.plan_fee,
        "has_lead": tender.has_lead,
        "is_lump_sum": tender.is_lump_sum,
        "is_city_funded": tender.is_city_funded,
        "starts_at": instant(tender.starts_at),
        "deadline": instant(tender.deadline),
        "questions_until": instant(tender.questions_until),
        "answers_until": instant(tender.answers_until),
        "results_until": instant(tender.results_until),
        "lots": [[lot.number, lot.title, lot.budget] for lot in tender.lots.all()],
        "requirements": [
            [row.number, row.name, row.target, row.method, row.must]
            for row in tender.requirements.all()
        ],
        "criteria": [
            [row.number, row.side, row.name, f"{row.weight.normalize():f}", row.detail]
            for row in tender.criteria.all()
        ],
        "keepers": [
            [row.number, row.custodian.code, row.key]
            for row in tender.keepers.select_related("custodian")
        ],
    }


def terms_hash(tender: Tender) -> str:
    """The SHA-256 of the terms as JSON with sorted keys and no spaces."""
    text = json.dumps(terms(tender), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def reads_file(user: Actor, file: Any) -> bool:
    """Who reads the files of a tender: those who may see it."""
    row = Tender.objects.filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("tenders.view_tender", row)


def reads_amendment_file(user: Actor, file: Any) -> bool:
    """Who reads the files of an amendment: those who may see it."""
    row = Amendment.objects.select_related("tender").filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("tenders.view_change", row)
