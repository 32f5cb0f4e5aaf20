"""Excluding a bid: one member proposes with a reason, another one agrees. One reader decides alone."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events, queries
from marketplace.evaluation.models import Rejection, Seat
from marketplace.evaluation.rulebook import GROUNDS, MOST_REASON
from marketplace.evaluation.services.locking import given, locked_seat
from marketplace.evaluation.workflow import SeatStatus
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused


@transaction.atomic
def propose_rejection(seat: Seat, bid: str, *, ground: str, text: str, actor: Actor) -> Rejection:
    """Propose to exclude a bid; a reader alone excludes it at once.

    Raises Forbidden, Refused once a member has locked, InvalidInput, NotVisible.
    """
    seat, now = locked_seat(seat)
    _at_work(seat, actor)
    sheet = queries.sheet_of(seat, bid)
    if sheet is None:
        raise NotVisible
    if ground not in GROUNDS:
        raise InvalidInput({"ground": [_("请从列表中选择")]})
    row = Rejection(
        panel=seat.panel,
        bid=sheet.bid,
        ground=ground,
        text=given(
            text,
            at="text",
            most=MOST_REASON,
            needed=_("请写明哪一条没有满足，依据方案的哪一处"),
        ),
        proposed_by=seat,
        proposed_at=now,
    )
    if seat.panel.by_reader:
        row.agreed_by, row.closed_at = seat, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(_("这份方案已有否决提议")) from None
    publish(events.ExclusionProposed(subject_id=seat.panel_id), actor=None)
    if row.is_agreed:
        publish(events.ExclusionDecided(subject_id=seat.panel_id, agreed=True), actor=None)
    return row


@transaction.atomic
def decide_rejection(seat: Seat, bid: str, *, agree: bool, actor: Actor) -> Rejection:
    """Agree to a proposal of another member, or drop it; who made it may drop it alone.

    Raises Forbidden, Refused, NotVisible.
    """
    seat, now = locked_seat(seat)
    _at_work(seat, actor)
    rows = Rejection.objects.select_for_update(of=("self",)).select_related("bid")
    row = rows.filter(panel=seat.panel, bid__code=bid, closed_at__isnull=True).first()
    if row is None:
        raise NotVisible
    if agree and row.proposed_by_id == seat.pk:
        raise Refused(_("否决须由另一位成员同意"))
    row.closed_at = now
    if agree:
        row.agreed_by = seat
    row.save()
    publish(events.ExclusionDecided(subject_id=seat.panel_id, agreed=agree), actor=None)
    return row


def _at_work(seat: Seat, actor: Actor) -> None:
    """Exclusions come before the first lock: afterwards the scores of some would be for nothing."""
    if not actor.has_perm("evaluation.score_seat", seat):
        raise Forbidden
    if seat.panel.seats.filter(status=SeatStatus.LOCKED).exists():
        raise Refused(_("已有成员锁定评分，不能再提议否决"))
