"""Forming a panel: the frozen pool, the draw, replacements, the reader of a purchaser, the end of a panel."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events, queries, rulebook
from marketplace.evaluation.models import Expert, Panel, PanelRequest, Seat, Sheet
from marketplace.evaluation.policies import is_side
from marketplace.evaluation.rulebook import DAYS_TO_ANSWER, MOST_REASON
from marketplace.evaluation.services.locking import given, locked, save
from marketplace.evaluation.workflow import (
    CLEAR,
    OPEN_PANELS,
    PANEL,
    SEAT,
    SITTING,
    ExpertStatus,
    PanelStatus,
    SeatStatus,
)
from marketplace.exclusions import queries as exclusions
from marketplace.exclusions.rulebook import EXPERT
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import User
from marketplace.parties.policies import access_of
from marketplace.taxonomy.queries import end_of_days, later_by
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.queries import act_of
from marketplace.tenders.workflow import Stage

#: People of the purchaser come after the experts, so that the chair is an expert.
_OWN = 10_000
SEED_BYTES = 32


@transaction.atomic
def prepare_panel(
    lot: Lot, *, size: int, fields: Sequence[str], own: Sequence[User] = (), actor: Actor
) -> Panel:
    """Freeze the pool and publish the hashes of seed and pool; the draw comes after that.

    `own` are people of the purchaser who sit beside the experts. Raises Forbidden, Refused where the lot is not
    open or has a panel, InvalidInput at `size`, `fields` or `own`.
    """
    lot, now = _lot(lot)
    if not actor.has_perm("evaluation.draw_lot", lot):
        raise Forbidden(_("由平台运营组织抽取评审专家"))
    least = lot.tender.ruled_by.readers
    if reason := rulebook.against_size(size, len(own), least):
        raise InvalidInput({"size": [reason]})
    if any(not access_of(person).in_org(lot.tender.owner_id) for person in own):
        raise InvalidInput({"own": [_("发榜单位的代表须是该单位的成员")]})
    panel, bidders = _new(lot, Panel.Kind.DRAWN, size, now, actor)
    if is_side(actor, panel):
        raise Forbidden(_("您所在的单位是投标人，不能组织评审"))
    found = queries.pool_of(lot, fields, bidders, now, {person.pk for person in own})
    pool = [row.code for row in found.experts]
    if len(pool) < size - len(own):
        reason = _("符合领域且没有利害关系的专家只有 %(count)d 位，不足 %(need)d 位") % {
            "count": len(pool),
            "need": size - len(own),
        }
        raise InvalidInput({"fields": [reason]})
    seed = secrets.token_bytes(SEED_BYTES)
    panel.fields = list(fields)
    panel.seed, panel.seed_hash = seed.hex(), rulebook.seed_hash(seed)
    panel.pool, panel.pool_hash = sorted(pool), rulebook.pool_hash(pool)
    panel.left_out = _left_out(found)
    panel.save()
    _seat_own(panel, own, now)
    publish(events.PanelPrepared(subject_id=panel.pk), actor=actor)
    return panel


@transaction.atomic
def ask_for_panel(lot: Lot, *, note: str, actor: Actor) -> PanelRequest:
    """Ask the operator to draw a panel, where the purchaser could name a reader of its own.

    Raises Forbidden, Refused where the lot is not open, has a panel, or it was asked for, InvalidInput at `note`.
    """
    lot, now = _lot(lot)
    if not actor.has_perm("evaluation.read_lot", lot):
        raise Forbidden(_("公开征集的发榜单位可以提请平台抽取评审专家"))
    said = note.strip()
    if len(said) > MOST_REASON:
        raise InvalidInput({"note": [_("最多 %(most)d 个字") % {"most": MOST_REASON}]})
    if PanelRequest.objects.filter(lot=lot, ended_at__isnull=True).exists():
        raise Refused(_("已经提请，等待平台抽取评审专家"))
    row = PanelRequest.objects.create(lot=lot, asked_by_id=actor.pk, asked_at=now, note=said)
    publish(events.PanelAsked(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def draw_panel(panel: Panel, *, actor: Actor, rev: Rev = None) -> Panel:
    """Draw the members and invite them. Raises Forbidden, Refused, Stale."""
    panel, now = locked(panel)
    PANEL.fire("draw", panel, actor, at=now)
    check(panel.rev, rev, panel)
    panel.drawn_at = now
    save(panel)
    publish(events.PanelDrawn(subject_id=panel.pk, count=panel.size), actor=actor)
    for seat in panel.seats.filter(status=SeatStatus.INVITED):
        publish(events.SeatInvited(subject_id=panel.pk, seat_id=seat.pk), actor=None)
    fill(panel, now)
    return panel


@transaction.atomic
def read_alone(lot: Lot, reader: User, *, actor: Actor) -> Panel:
    """Let one person of the purchaser judge, where the procedure allows it.

    Raises Forbidden, Refused, InvalidInput at `reader` for who does not work for the purchaser.
    """
    lot, now = _lot(lot)
    if not actor.has_perm("evaluation.read_lot", lot):
        raise Forbidden(_("这种方式须由平台抽取评审专家"))
    if not access_of(reader).in_org(lot.tender.owner_id):
        raise InvalidInput({"reader": [_("评审人须是本单位的成员")]})
    panel, _bidders = _new(lot, Panel.Kind.READER, 1, now, actor)
    if is_side_of_bidder(reader, panel):
        raise InvalidInput({"reader": [_("此人所在的单位是投标人")]})
    PANEL.fire("draw", panel, actor, at=now)
    panel.drawn_at = now
    panel.save()
    seat = _invite(panel, 1, reader, None, now)
    publish(events.PanelDrawn(subject_id=panel.pk, count=1), actor=actor)
    publish(events.SeatInvited(subject_id=panel.pk, seat_id=seat.pk), actor=None)
    return panel


def is_side_of_bidder(person: User, panel: Panel) -> bool:
    """Whether a person of the purchaser works for a bidder too."""
    return panel.has_bidder(list(access_of(person).orgs))


@transaction.atomic
def reconvene(lot: Lot, *, actor: Actor) -> Panel:
    """Let the members of the last report judge again, in a new round. Old scores stay as they are.

    Who does not come is replaced in the order of the earlier draw. Raises Forbidden, Refused.
    """
    lot, now = _lot(lot)
    last = Panel.objects.filter(lot=lot, status=PanelStatus.REPORTED).order_by("-round").first()
    if last is None:
        raise Refused(_("这个标段还没有评审报告"))
    last.lot = lot
    may = "evaluation.read_lot" if last.by_reader else "evaluation.draw_lot"
    if not actor.has_perm(may, lot):
        raise Forbidden
    panel, _bidders = _new(lot, last.kind, last.size, now, actor)
    if not last.by_reader and is_side(actor, panel):
        raise Forbidden(_("您所在的单位是投标人，不能组织评审"))
    panel.fields, panel.seed, panel.seed_hash = last.fields, last.seed, last.seed_hash
    panel.pool, panel.pool_hash = last.pool, last.pool_hash
    panel.left_out = last.left_out
    panel.save()
    publish(events.PanelPrepared(subject_id=panel.pk), actor=actor)
    PANEL.fire("draw", panel, actor, at=now)
    panel.drawn_at = now
    save(panel)
    publish(events.PanelDrawn(subject_id=panel.pk, count=panel.size), actor=actor)
    for seat in last.seats.filter(status=SeatStatus.SIGNED).select_related("person", "expert"):
        made = _invite(panel, seat.number, seat.person, seat.expert, now)
        publish(events.SeatInvited(subject_id=panel.pk, seat_id=made.pk), actor=None)
    settle(panel, now)
    return panel


@transaction.atomic
def dissolve_panel(panel: Panel, *, reason: str, actor: Actor, rev: Rev = None) -> Panel:
    """End a panel that cannot go on; another one may be formed. Raises Forbidden, Refused, Stale, InvalidInput."""
    panel, now = locked(panel)
    PANEL.fire("dissolve", panel, actor, at=now)
    check(panel.rev, rev, panel)
    panel.dissolve_reason = given(reason, at="reason", most=MOST_REASON, needed=_("请填写原因"))
    _release(panel, now)
    # The purchaser waits for another panel again, without asking once more.
    PanelRequest.objects.filter(panel=panel, panel__kind=Panel.Kind.DRAWN).update(
        panel=None, ended_at=None
    )
    publish(events.PanelDissolved(subject_id=panel.pk), actor=actor)
    return panel


def end_panels(tender: Tender) -> int:
    """Dissolve the panels of lots that were cancelled, and release their members; how many."""
    rows = Panel.objects.filter(lot__tender=tender, status__in=sorted(OPEN_PANELS))
    return sum(_end(row) for row in rows.select_related("lot__tender").order_by("pk"))


@transaction.atomic
def _end(panel: Panel) -> bool:
    panel, now = locked(panel)
    if not panel.is_open or not panel.is_over:
        return False
    PANEL.fire("end", panel, None, at=now, because=panel.lot)
    with translation.override(settings.LANGUAGE_CODE):
        panel.dissolve_reason = gettext("标段已终止")
    _release(panel, now)
    publish(events.PanelDissolved(subject_id=panel.pk), actor=None)
    return True


def _release(panel: Panel, now: datetime) -> None:
    panel.finished_at = now
    save(panel)
    for seat in panel.seats.filter(status__in=sorted(SITTING)):
        seat.panel = panel
        SEAT.fire("release", seat, None, at=now, because=panel)
        save(seat)


def follow_resumption(tender: Tender, since: datetime, now: datetime) -> None:
    """A suspension is over: who has to answer has at least as much time left as before it, and what waited begins.

    The tender is locked; it stood still since `since`.
    """
    rows = Panel.objects.select_for_update(of=("self",)).select_related("lot")
    for panel in rows.filter(lot__tender=tender, status__in=sorted(OPEN_PANELS)).order_by("pk"):
        panel.lot.tender = tender
        waiting = panel.seats.select_for_update().filter(
            status__in=[SeatStatus.INVITED, SeatStatus.ACCEPTED], due_at__gt=since
        )
        for seat in waiting:
            seat.due_at = later_by(seat.due_at, now - max(since, seat.created_at))
            save(seat)
        settle(panel, now)


# --- what other services call under the lock ---------------------------------------------------
def vacate(seat: Seat, now: datetime) -> None:
    """A member is out: the next of the same order is invited, and scoring waits for him."""
    panel = seat.panel
    publish(events.SeatVacated(subject_id=panel.pk), actor=None)
    if panel.status == PanelStatus.SCORING:
        PANEL.fire("refill", panel, None, at=now, because=seat)
        save(panel)
    fill(panel, now)


def fill(panel: Panel, now: datetime) -> None:
    """Invite the next ones of the order of the draw until all seats are taken. Who has a conflict by now is passed by."""
    order = rulebook.draw_order(bytes.fromhex(panel.seed), panel.pool)
    asked = set(panel.seats.exclude(expert=None).values_list("expert__code", flat=True))
    waiting = [(place, code) for place, code in enumerate(order, start=1) if code not in asked]
    missing = panel.size - panel.seats.filter(status__in=sorted(SITTING)).count()
    experts = queries.experts_by_code(code for _place, code in waiting)
    for place, code in waiting:
        if missing <= 0:
            break
        expert = experts.get(code)
        if expert is None:
            continue
        seat = _invite(panel, place, expert.person, expert, now)
        if reasons := _not_registered(expert) or against(seat, now):
            bar(seat, reasons, now)
            continue
        publish(events.SeatInvited(subject_id=panel.pk, seat_id=seat.pk), actor=None)
        missing -= 1
    if missing > 0:
        publish(events.PoolExhausted(subject_id=panel.pk), actor=None)
    settle(panel, now)


def against(seat: Seat, now: datetime) -> list[str]:
    """Conflicts of a member, computed now, in the language of the site; empty where none is known.

    Whoever sits stays though he leaves the register: that is asked at the invitation alone.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _against(seat, now)


def _against(seat: Seat, now: datetime) -> list[str]:
    panel = seat.panel
    bidders = queries.bidders_of(queries.bids_of(panel.lot))
    purchaser = queries.purchaser_of(panel) if seat.expert_id is not None else []
    found = queries.conflicts_of([seat.person_id], bidders, purchaser, now)
    reasons = [str(one) for one in found.get(seat.person_id, [])]
    if seat.expert_id is not None:
        what = act_of(panel.lot.tender, EXPERT)
        decided = exclusions.against_people([seat.person_id], what, now)
        reasons += [exclusions.nameless(one) for one in decided.get(seat.person_id, [])]
    return reasons


def _not_registered(expert: Expert) -> list[str]:
    """Why an expert cannot be invited any more, in the language of the site: the register has changed since the draw."""
    with translation.override(settings.LANGUAGE_CODE):
        return [] if expert.status == ExpertStatus.APPROVED else [gettext("不在专家库中")]


def bar(seat: Seat, reasons: Sequence[str], now: datetime) -> None:
    """A computed conflict recuses a member."""
    SEAT.fire("bar", seat, None, at=now, because=seat.panel)
    seat.found = list(reasons)
    save(seat)


def settle(panel: Panel, now: datetime) -> None:
    """Begin the scoring when all members are clear; close it when all have locked.

    While the tender is suspended nothing begins: `follow_resumption` asks again.
    """
    if panel.is_over:
        return
    seats = list(panel.seats.filter(status__in=sorted(SITTING)))
    if len(seats) < panel.size or any(seat.status not in CLEAR for seat in seats):
        return
    if panel.status == PanelStatus.FORMING and not panel.tender.is_suspended:
        PANEL.fire("begin", panel, None, at=now, because=panel)
        save(panel)
        lot = tenders.lot_of(panel.lot.tender, panel.lot_id)
        if lot.stage == Stage.OPENED:
            tenders.begin_evaluation(panel.lot.tender, lot, at=now, because=panel)
        _sheets(panel, seats)
        publish(events.ScoringBegan(subject_id=panel.pk), actor=None)
    if panel.status == PanelStatus.SCORING and all(
        seat.status == SeatStatus.LOCKED for seat in seats
    ):
        PANEL.fire("close", panel, None, at=now, because=panel)
        panel.closed_at = now
        save(panel)
        publish(events.ScoringClosed(subject_id=panel.pk), actor=None)


# --- parts ------------------------------------------------------------------------------------
def _lot(lot: Lot) -> tuple[Lot, datetime]:
    """The lot under the lock of its tender, open and without a panel at work. Raises Refused."""
    tender, now = tenders.up_to_date(lot.tender)
    found = tenders.lot_of(tender, lot.pk)
    if tender.is_suspended:
        raise Refused(_("项目已暂停"))
    if found.stage not in {Stage.OPENED, Stage.EVALUATING}:
        raise Refused(_("方案开启后才能评审，定标后不能再评审"))
    if Panel.objects.filter(lot=found, status__in=sorted(OPEN_PANELS)).exists():
        raise Refused(_("这个标段已经有评审组"))
    return found, now


def _new(lot: Lot, kind: str, size: int, now: datetime, actor: Actor) -> tuple[Panel, Any]:
    last = Panel.objects.filter(lot=lot).aggregate(last=Max("round"))["last"] or 0
    panel = Panel(
        lot=lot,
        kind=kind,
        size=size,
        round=last + 1,
        prepared_by_id=actor.pk,
        prepared_at=now,
        is_sample=lot.tender.is_sample,
    )
    insert(panel)
    # Whichever panel it is, nobody waits for another one. Without a panel in the end the whole is rolled back.
    PanelRequest.objects.filter(lot=lot, ended_at__isnull=True).update(panel=panel, ended_at=now)
    bidders = queries.bidders_of(queries.bids_of(lot))
    panel.bidders.set({side.pk for side in bidders if side.pk is not None})
    return panel, bidders


def _left_out(found: queries.Pool) -> list[dict[str, Any]]:
    """Whom a decision excludes, with it, in the language of the site: it is kept."""
    with translation.override(settings.LANGUAGE_CODE):
        return [
            {"expert": row.code, "reasons": [exclusions.nameless(one) for one in decided]}
            for row, decided in found.excluded
        ]


def _seat_own(panel: Panel, own: Sequence[User], now: datetime) -> None:
    for index, person in enumerate({one.pk: one for one in own}.values(), start=1):
        _invite(panel, _OWN + index, person, None, now)


def _invite(panel: Panel, number: int, person: User, expert: Expert | None, now: datetime) -> Seat:
    due_at = end_of_days(clock.day_of(now), DAYS_TO_ANSWER)
    seat = Seat(panel=panel, number=number, person=person, expert=expert, due_at=due_at)
    seat.save()
    return seat


def _sheets(panel: Panel, seats: Sequence[Seat]) -> None:
    """An empty sheet of each member for each bid. A member who scored before a replacement keeps his."""
    bids = [row.bid_id for row in queries.bids_of(panel.lot)]
    Sheet.objects.bulk_create(
        [Sheet(seat=seat, bid_id=bid) for seat in seats for bid in bids], ignore_conflicts=True
    )
