"""One door for the moves of an objection: a page and the API name the move and give the text that goes with it."""

from typing import Any

from marketplace.kernel.actors import Actor
from marketplace.kernel.revisions import Rev
from marketplace.publicity.models import Objection
from marketplace.publicity.services.complaints import (
    complain,
    confirm_remedy,
    decide_complaint,
    report_remedy,
)
from marketplace.publicity.services.objections import (
    answer_objection,
    submit_objection,
    withdraw_objection,
)


def make_move(
    objection: Objection, move: str, text: str, *, actor: Actor, rev: Rev = None
) -> Objection:
    """Make a move that a person makes; `report` tells the remedy. Raises what the service of the move raises."""
    how: dict[str, Any] = {"actor": actor, "rev": rev}
    if move == "submit":
        return submit_objection(objection, **how)
    if move in {"uphold", "dismiss"}:
        return answer_objection(objection, move, answer=text, **how)
    if move == "withdraw":
        return withdraw_objection(objection, **how)
    if move == "complain":
        return complain(objection, text=text, **how)
    if move == "remedy":
        return confirm_remedy(objection, **how)
    if move == "report":
        return report_remedy(objection, text=text, **how)
    return decide_complaint(objection, move, ruling=text, **how)
