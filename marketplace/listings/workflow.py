"""The states of a listing, named sets of them, and the moves between them.

Kinds share all but the last state: a need ends `solved`, an achievement `transferred`. A service is offered
again and again, so its kind has no such state.
What happens to a listing elsewhere (a tender opens, a contract is signed) is derived from the slices
that know it and is never stored here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.workflow import Transition, Workflow


class State(StrEnum):
    """Every state that a listing of any kind can be in, as it is stored."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SOLVED = "solved"
    TRANSFERRED = "transferred"


#: How a listing ends well.
ENDED = frozenset({State.SOLVED, State.TRANSFERRED})
#: Open for answers: it is matched, and it can be renewed until it ends.
OPEN = frozenset({State.PUBLISHED})
#: Was published and has not ended: its contact is given out.
CONTACTABLE = OPEN | {State.EXPIRED}
#: Anybody may read its page.
PUBLIC = CONTACTABLE | ENDED
#: In the lists and found by search: an expired listing keeps its page and leaves the lists.
LISTED = OPEN | ENDED
#: Its author may change what it says.
EDITABLE = frozenset({State.DRAFT, State.RETURNED})

#: In the hands of its author or its reviewers, or withdrawn from there: readers may have seen an earlier version.
LEFT_THE_PUBLIC = EDITABLE | {State.IN_REVIEW, State.WITHDRAWN}


@dataclass(frozen=True)
class Ending:
    """How listings of one kind end well: the move, the state it leads to, and in which ways.

    `column` keeps the way, one of `ways`.
    """

    move: str
    label: Any
    state: State
    state_label: Any
    column: str
    ways: type[TextChoices]


def _states(published: Any, ending: Ending | None) -> type[TextChoices]:
    """The states of one kind with their labels."""
    labels = {
        State.DRAFT: _("草稿"),
        State.IN_REVIEW: _("待审核"),
        State.RETURNED: _("已退回"),
        State.PUBLISHED: published,
        State.EXPIRED: _("已到期"),
        State.WITHDRAWN: _("已撤回"),
    }
    if ending is not None:
        labels[ending.state] = ending.state_label
    members = [(state.name, (state.value, label)) for state, label in labels.items()]
    made: type[TextChoices] = TextChoices("Status", members)  # type: ignore[call-overload]
    return made


def listing_flow(
    subject: str, *, published: Any, ending: Ending | None, entries: Iterable[State] = ()
) -> Workflow:
    """The flow of one kind of listing; permissions read `needs.edit_need` for the subject `needs.need`.

    `published` is the label of that state. A kind without an `ending` ends by being withdrawn. `entries` are
    states other than draft in which a row may be created.
    """
    slice_name, noun = subject.split(".")

    def may(verb: str) -> str:
        return f"{slice_name}.{verb}_{noun}"

    last = (
        Transition(ending.move, ending.label, CONTACTABLE, ending.state, may("edit"))
        if ending is not None
        else None
    )
    return Workflow.of(
        _states(published, ending),
        State.DRAFT,
        Transition(
            "submit",
            _("提交审核"),
            EDITABLE,
            State.IN_REVIEW,
            may("edit"),
            guards=(owner_is_verified, is_still_valid),
        ),
        Transition("recall", _("撤回修改"), {State.IN_REVIEW}, State.DRAFT, may("edit")),
        Transition("return", _("退回"), {State.IN_REVIEW}, State.RETURNED, may("review")),
        Transition(
            "publish",
            _("通过并发布"),
            {State.IN_REVIEW},
            State.PUBLISHED,
            may("review"),
            guards=(owner_is_verified, is_still_valid, can_be_contacted),
        ),
        Transition(
            "renew",
            _("续期"),
            CONTACTABLE,
            State.PUBLISHED,
            may("edit"),
            guards=(owner_is_verified, can_be_contacted),
        ),
        Transition(
            "expire",
            _("到期"),
            OPEN,
            State.EXPIRED,
            guards=(is_past,),
            by_clock=f"{slice_name}.expire",
        ),
        Transition("revise", _("修改后重新提交"), CONTACTABLE, State.DRAFT, may("edit")),
        Transition(
            "withdraw",
            _("下架"),
            {State.IN_REVIEW, State.RETURNED, *CONTACTABLE},
            State.WITHDRAWN,
            may("withdraw"),
        ),
        *([last] if last else []),
        subject=subject,
        entries=entries,
    )


def changes_the_public_view(move: Transition) -> bool:
    """Whether the public can see something else after this move than before it."""
    return bool(PUBLIC & {*move.sources, move.target})


# --- guards -----------------------------------------------------------------------------------
def owner_is_verified(listing: Any, _now: Any) -> object:
    """Only listings of verified organisations are published."""
    return "" if listing.owner.is_verified else _("单位尚未通过认证，认证后才能提交或发布")


def can_be_contacted(listing: Any, _now: Any) -> object:
    """A listing without a telephone number or an address is not published."""
    if listing.contact.is_reachable:
        return ""
    return _(
        "没有联系电话或邮箱，发布后没有人能联系到：请在信息里填写，或在单位资料里填写公开联系方式"
    )


def is_still_valid(listing: Any, now: Any) -> object:
    """A listing whose last day has passed is not published: it would expire at once.

    `valid_until` decides, which its author can change, and not the end of an earlier publication.
    """
    day = listing.valid_until
    late = day is not None and clock.end_of_day(day) <= now
    return _("有效期已过，请先修改有效期") if late else ""


def is_past(listing: Any, now: Any) -> object:
    """A listing expires when its validity ends, and not before."""
    return "" if listing.expires_at is not None and listing.expires_at <= now else _("尚未到期")
