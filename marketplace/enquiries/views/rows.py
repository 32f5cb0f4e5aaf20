"""An enquiry as a line of a list, in the words of its reader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models import Enquiry, Step
from marketplace.enquiries.policies import sides
from marketplace.enquiries.queries.inbox import is_unread
from marketplace.enquiries.queries.names import PartyName, party
from marketplace.enquiries.rulebook import ASKER, OWNER, next_writer
from marketplace.enquiries.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor


@dataclass(frozen=True)
class Line:
    """One line of the inbox. `turn` says in words what happens next."""

    enquiry: Enquiry
    owner: PartyName
    asker: PartyName
    turn: Any
    is_mine: bool
    #: Somebody has to write; the state alone says it all otherwise.
    waits: bool
    is_unread: bool
    is_late: bool
    due_at: datetime | None
    #: What was agreed to be done next, while the conversation goes on.
    step: Step | None


def row_of(user: Actor, enquiry: Enquiry, step: Step | None = None) -> Line:
    """The line of an enquiry that `queries.inbox` gave. No query."""
    held = sides(user, enquiry)
    is_mine = waits_for(enquiry) in held
    due_at = enquiry.answer_due_at if enquiry.status == Status.OPEN else None
    return Line(
        enquiry,
        party(user, enquiry, OWNER),
        party(user, enquiry, ASKER),
        next_step(enquiry, held),
        is_mine,
        bool(waits_for(enquiry)),
        bool(held) and is_unread(enquiry),
        due_at is not None and due_at < clock.now(),
        due_at,
        None if enquiry.status == Status.CLOSED else step,
    )


def waits_for(enquiry: Enquiry) -> str:
    """The side that should write next; "" when nobody has to."""
    return next_writer(enquiry.status, enquiry.last_side)


def next_step(enquiry: Enquiry, held: frozenset[str]) -> Any:
    """What should happen next, as a reader of these sides sees it."""
    side = waits_for(enquiry)
    if not side:
        return enquiry.get_status_display()
    if side in held:
        return _("等我方答复")
    if held:
        return _("等对方答复")
    return _("等发布方答复") if side == OWNER else _("等咨询方答复")
