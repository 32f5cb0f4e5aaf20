"""What the clock does: invitations that were not answered, suspensions that are over."""

from django.db import transaction

from marketplace.evaluation import queries
from marketplace.evaluation.models import Seat
from marketplace.evaluation.services.experts import resume_experts
from marketplace.evaluation.services.locking import locked_seat, save
from marketplace.evaluation.services.seats import after
from marketplace.evaluation.workflow import SEAT
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable

AT_ONCE = 200


def tick() -> int:
    """Make every move that is due, each in a transaction of its own; how many."""
    now = clock.database_now()
    moved = resume_experts(now)
    return moved + sum(_expire(seat) for seat in readable(queries.seats_past(now)[:AT_ONCE]))


@transaction.atomic
def _expire(seat: Seat) -> bool:
    seat, now = locked_seat(seat)
    # Somebody answered, or another worker came first, while this one waited for the lock.
    panel = seat.panel
    if not seat.is_late(now) or not panel.is_open or panel.is_over or panel.tender.is_suspended:
        return False
    SEAT.fire("expire", seat, None, at=now)
    save(seat)
    after(seat, now)
    return True
