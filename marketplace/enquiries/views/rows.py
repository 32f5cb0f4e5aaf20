"""An enquiry as a line of a list, in the words of its reader."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models import Enquiry, Step
from marketplace.enquiries.policies import sides
from marketplace.enquiries.queries.inbox import is_unread
from marketplace.enquiries.queries.names import party
from marketplace.enquiries.rulebook import ASKER, OWNER, next_writer
from marketplace.enquiries.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.web.lines import drawn


class Line(NamedTuple):
    """What one line of the inbox shows, as plain values. `turn` says in words what happens next, "" when nobody has to write."""

    url: str
    title: str
    status: str
    status_label: str
    asker: str
    owner: str
    turn: str
    is_mine: bool
    is_unread: bool
    is_late: bool
    last_message_at: datetime
    due_at: datetime | None
    #: What was agreed to be done next, while the conversation goes on, and by which day.
    step: str
    step_due: date | None


def line_of(user: Actor, enquiry: Enquiry, step: Step | None = None) -> Line:
    """The line of an enquiry that `queries.inbox` gave. No query."""
    held = sides(user, enquiry)
    due_at = enquiry.answer_due_at if enquiry.status == Status.OPEN else None
    if enquiry.status == Status.CLOSED:
        step = None
    return Line(
        url=reverse("enquiries:show", args=[enquiry.code]),
        title=enquiry.listing_title,
        status=enquiry.status,
        status_label=str(enquiry.get_status_display()),
        asker=str(party(user, enquiry, ASKER).name),
        owner=str(party(user, enquiry, OWNER).name),
        turn=str(next_step(enquiry, held)) if waits_for(enquiry) else "",
        is_mine=waits_for(enquiry) in held,
        is_unread=bool(held) and is_unread(enquiry),
        is_late=due_at is not None and due_at < clock.now(),
        last_message_at=enquiry.last_message_at,
        due_at=due_at,
        step=step.what if step is not None else "",
        step_due=step.due if step is not None else None,
    )


def row_of(user: Actor, enquiry: Enquiry, step: Step | None = None) -> SafeString:
    """The same as a text for the page."""
    return drawn("enquiries/enquiry_line.html", line_of(user, enquiry, step))


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
