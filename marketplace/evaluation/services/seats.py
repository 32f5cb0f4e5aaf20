"""What a member answers: the invitation, and whether he has a conflict with a bidder."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events, queries
from marketplace.evaluation.models import Seat
from marketplace.evaluation.rulebook import MOST_REASON, PLEDGE
from marketplace.evaluation.services.forming import against, bar, settle, vacate
from marketplace.evaluation.services.locking import given, locked_seat, save
from marketplace.evaluation.workflow import SEAT, SeatStatus
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check


@transaction.atomic
def accept_seat(seat: Seat, *, pledge: int, actor: Actor, rev: Rev = None) -> Seat:
    """Accept the invitation under the pledge. Raises Forbidden, Refused when it is too late, Stale, InvalidInput."""
    seat, now = locked_seat(seat)
    SEAT.fire("accept", seat, actor, at=now)
    check(seat.rev, rev, seat)
    if seat.is_late(now):
        raise Refused(_("答复期限已过"))
    if pledge != PLEDGE:
        raise InvalidInput({"pledge": [_("请阅读并同意承诺书")]})
    seat.pledge, seat.answered_at = pledge, now
    save(seat)
    return seat


@transaction.atomic
def decline_seat(seat: Seat, *, actor: Actor, rev: Rev = None) -> Seat:
    """Decline the invitation; the next one of the draw is invited. Raises Forbidden, Refused, Stale."""
    seat, now = locked_seat(seat)
    SEAT.fire("decline", seat, actor, at=now)
    check(seat.rev, rev, seat)
    seat.answered_at = now
    save(seat)
    after(seat, now)
    return seat


@transaction.atomic
def declare(seat: Seat, said: Mapping[str, str | None], *, actor: Actor, rev: Rev = None) -> Seat:
    """Declare for each bid of the lot: None is "no conflict", a text is the conflict.

    A conflict recuses the member, whether he declares it or it is computed; nothing of a bid was read by then.
    Raises Forbidden, Refused, Stale, InvalidInput at `bid_<code>` for a bid without a declaration, at `conflicts` for
    one that is not of the lot.
    """
    seat, now = locked_seat(seat)
    bids = queries.bids_of(seat.panel.lot)
    conflict = any(text is not None for text in said.values())
    found = [] if conflict else against(seat, now)
    if seat.status == SeatStatus.ACCEPTED and seat.is_late(now):
        raise Refused(_("声明期限已过"))
    SEAT.fire("recuse" if conflict or found else "clear", seat, actor, at=now)
    check(seat.rev, rev, seat)
    errors: dict[str, list[object]] = {}
    rows = []
    # Such a conflict would recuse the member and stand nowhere.
    if not said.keys() <= {one.bid.code for one in bids}:
        errors["conflicts"] = [_("有方案不属于这个标段")]
    for one in bids:
        code = one.bid.code
        text = said.get(code)
        if code not in said:
            errors[f"bid_{code}"] = [_("请逐家声明")]
        elif text is not None and not text.strip():
            errors[f"reason_{code}"] = [_("请写明利害关系")]
        elif text is not None and len(text) > MOST_REASON:
            errors[f"reason_{code}"] = [_("最多 %(most)d 个字") % {"most": MOST_REASON}]
        rows.append(
            {
                "bid": code,
                "names": queries.names_of(one),
                "conflict": text is not None,
                "reason": (text or "").strip(),
            }
        )
    if errors:
        raise InvalidInput(errors)
    seat.declared, seat.declared_at, seat.found = rows, now, found
    save(seat)
    after(seat, now)
    return seat


@transaction.atomic
def recuse(seat: Seat, *, reason: str, actor: Actor, rev: Rev = None) -> Seat:
    """Leave the panel after the declaration, when a conflict comes to mind later.

    The own scores count for nothing; somebody else is drawn. Raises Forbidden, Refused, Stale, InvalidInput.
    """
    seat, now = locked_seat(seat)
    SEAT.fire("recuse", seat, actor, at=now)
    check(seat.rev, rev, seat)
    seat.reason = given(reason, at="reason", most=MOST_REASON, needed=_("请写明利害关系"))
    save(seat)
    after(seat, now)
    return seat


def drop_conflicted(seat: Seat, now: datetime) -> bool:
    """Recuse a locked seat whose member has a computed conflict by now; whether there was one."""
    reasons = against(seat, now)
    if not reasons:
        return False
    bar(seat, reasons, now)
    after(seat, now)
    return True


def after(seat: Seat, now: datetime) -> None:
    """Begin, or draw somebody else. A reader of the purchaser has no pool: whoever named him names another."""
    panel = seat.panel
    if seat.is_sitting:
        settle(panel, now)
    elif panel.pool:
        vacate(seat, now)
    else:
        publish(events.SeatVacated(subject_id=panel.pk), actor=None)
