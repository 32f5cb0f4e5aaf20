"""Who applies as an expert, who forms a panel, who judges, and who learns what of it.

Names of the members are known to the operator who forms the panel and to authority and auditor; purchaser and
bidders learn them with the award. Scores are known to their author until all members have locked theirs.
"""

from typing import Any

import rules

from marketplace.evaluation.workflow import (
    CLEAR,
    OPEN_PANELS,
    READING,
    SHARED,
    SITTING,
    PanelStatus,
    SeatStatus,
)
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, is_confirmed

#: Who oversees evaluations.
OVERSEERS = (Role.AUTHORITY, Role.AUDITOR)


# --- experts ----------------------------------------------------------------------------------
@rules.predicate
def is_self(user: Actor, expert: Any) -> bool:
    """The entry is the person's own."""
    return expert is not None and expert.person_id == user.pk


@rules.predicate
def keeps_register(user: Actor, expert: Any) -> bool:
    """The operator, authority and auditor read the register. It is not public."""
    return expert is not None and access_of(user).has(Role.OPERATOR, *OVERSEERS)


@rules.predicate
def decides_on_expert(user: Actor, expert: Any) -> bool:
    """The operator decides, and never on himself."""
    return expert is not None and access_of(user).has(Role.OPERATOR) and expert.person_id != user.pk


rules.add_perm("evaluation.view_expert", is_self | keeps_register)
rules.add_perm("evaluation.edit_expert", is_confirmed & is_self)
rules.add_perm("evaluation.review_expert", is_confirmed & decides_on_expert)


# --- lots and panels --------------------------------------------------------------------------
def is_side(user: Actor, panel: Any) -> bool:
    """The person works for the purchaser or for a bidder."""
    orgs = list(access_of(user).orgs)
    return panel.owner_id in orgs or panel.has_bidder(orgs)


def _runs(user: Actor, panel: Any) -> bool:
    """The operator, who works neither for the purchaser nor for a bidder."""
    return access_of(user).has(Role.OPERATOR) and not is_side(user, panel)


@rules.predicate
def may_draw(user: Actor, lot: Any) -> bool:
    """The operator has the members of a panel drawn."""
    access = access_of(user)
    return lot is not None and access.has(Role.OPERATOR) and not access.in_org(lot.tender.owner_id)


@rules.predicate
def may_read_alone(user: Actor, lot: Any) -> bool:
    """Where the procedure lets one reader judge, whoever binds the purchaser names him."""
    return (
        lot is not None
        and lot.tender.ruled_by.readers == 1
        and access_of(user).binds(lot.tender.owner_id)
    )


@rules.predicate
def runs(user: Actor, panel: Any) -> bool:
    """Who formed it may go on: the operator, or for a reader of the purchaser whoever binds the purchaser."""
    if panel is None:
        return False
    if panel.by_reader:
        return access_of(user).binds(panel.owner_id)
    return _runs(user, panel)


@rules.predicate
def is_of_purchaser(user: Actor, panel: Any) -> bool:
    """The person works for the purchaser, who learns how far it is and not who sits in it."""
    return panel is not None and access_of(user).in_org(panel.owner_id)


@rules.predicate
def keeps_panels(user: Actor, panel: Any) -> bool:
    """The operator reads the panels that he runs."""
    return panel is not None and _runs(user, panel)


@rules.predicate
def oversees(user: Actor, panel: Any) -> bool:
    """Authority and auditor read every panel, unless they work for one of the sides."""
    return panel is not None and access_of(user).has(*OVERSEERS) and not is_side(user, panel)


def chair_of(panel: Any) -> Any:
    """The chair: of the members who sit, the first of the draw. None for an empty panel."""
    return panel.seats.filter(status__in=sorted(SITTING)).order_by("number").first()


@rules.predicate
def chairs(user: Actor, panel: Any) -> bool:
    """The person is the chair."""
    if panel is None or not panel.is_shared:
        return False
    found = chair_of(panel)
    return found is not None and found.person_id == user.pk


def _is_own(user: Actor, seat: Any) -> bool:
    """The seat is the person's own. A person of the purchaser has it only while he works there."""
    return seat.person_id == user.pk and (
        seat.expert_id is not None or access_of(user).in_org(seat.panel.owner_id)
    )


def _seats_in(user: Actor, panel: Any, *states: str) -> bool:
    """The person has a seat in this panel, in one of these states where some are given."""
    rows = panel.seats.filter(person_id=user.pk)
    if states:
        rows = rows.filter(status__in=states)
    if not access_of(user).in_org(panel.owner_id):
        rows = rows.filter(expert__isnull=False)
    return bool(rows.exists())


@rules.predicate
def was_approached(user: Actor, panel: Any) -> bool:
    """A member, one who was, or who runs the panel may record that somebody approached him."""
    return panel is not None and (_runs(user, panel) or _seats_in(user, panel))


rules.add_perm("evaluation.draw_lot", is_confirmed & may_draw)
rules.add_perm("evaluation.read_lot", is_confirmed & may_read_alone)
rules.add_perm("evaluation.view_panel", is_of_purchaser | keeps_panels | oversees)
rules.add_perm("evaluation.run_panel", is_confirmed & runs)
rules.add_perm("evaluation.name_panel", keeps_panels | oversees)
rules.add_perm("evaluation.watch_panel", oversees)
rules.add_perm("evaluation.chair_panel", is_confirmed & chairs)
rules.add_perm("evaluation.approach_panel", is_confirmed & was_approached)


# --- seats ------------------------------------------------------------------------------------
@rules.predicate
def sits(user: Actor, seat: Any) -> bool:
    """The seat is the person's own."""
    return seat is not None and _is_own(user, seat)


@rules.predicate
def may_still_sit(_user: Actor, seat: Any) -> bool:
    """The panel is at work, and its lot was not cancelled."""
    return seat is not None and seat.panel.status in OPEN_PANELS and not seat.panel.is_over


@rules.predicate
def is_at_work(_user: Actor, seat: Any) -> bool:
    """All members of the panel are clear, and this one has not locked his scores."""
    return (
        seat is not None
        and seat.status == SeatStatus.CLEARED
        and seat.panel.status == PanelStatus.SCORING
    )


@rules.predicate
def may_read(_user: Actor, seat: Any) -> bool:
    """The member and all others of the panel are clear: the bids may be read, until the lot is cancelled."""
    if seat is None or seat.panel.is_over:
        return False
    return seat.status in CLEAR and seat.panel.status in READING


_holds = is_confirmed & sits & may_still_sit
rules.add_perm("evaluation.view_seat", sits)
rules.add_perm("evaluation.hold_seat", _holds)
rules.add_perm("evaluation.score_seat", _holds & is_at_work)
rules.add_perm("evaluation.read_seat", _holds & may_read)


# --- scores -----------------------------------------------------------------------------------
@rules.predicate
def is_author(user: Actor, sheet: Any) -> bool:
    """The person's own scores."""
    return sheet is not None and _is_own(user, sheet.seat)


@rules.predicate
def is_shared_with(user: Actor, sheet: Any) -> bool:
    """All have locked: members who sit read the scores of all who sit."""
    if sheet is None or sheet.seat.panel.status not in SHARED or not sheet.seat.is_sitting:
        return False
    return _seats_in(user, sheet.seat.panel, *sorted(CLEAR))


@rules.predicate
def is_overseen(user: Actor, sheet: Any) -> bool:
    """All have locked: authority and auditor read individual scores."""
    return (
        sheet is not None and sheet.seat.panel.status in SHARED and oversees(user, sheet.seat.panel)
    )


rules.add_perm("evaluation.view_sheet", is_author | is_shared_with | is_overseen)


# --- explanations and approaches --------------------------------------------------------------
@rules.predicate
def is_asked(user: Actor, explanation: Any) -> bool:
    """The person works for the bidder who is asked."""
    return explanation is not None and access_of(user).in_org(explanation.bid.organization_id)


@rules.predicate
def binds_asked(user: Actor, explanation: Any) -> bool:
    """The person makes promises for the bidder who is asked."""
    return explanation is not None and access_of(user).binds(explanation.bid.organization_id)


rules.add_perm("evaluation.view_explanation", is_asked)
rules.add_perm("evaluation.answer_explanation", is_confirmed & binds_asked)


@rules.predicate
def rules_on_approach(user: Actor, approach: Any) -> bool:
    """The authority alone, and nobody of it who works for one of the sides."""
    return (
        approach is not None
        and access_of(user).has(Role.AUTHORITY)
        and not is_side(user, approach.panel)
    )


rules.add_perm("evaluation.view_approach", rules_on_approach)
