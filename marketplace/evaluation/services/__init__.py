"""Everything that changes experts, panels and scores."""

from marketplace.evaluation.services.approaches import record_approach
from marketplace.evaluation.services.asking import answer_explanation, ask_explanation
from marketplace.evaluation.services.clock import tick
from marketplace.evaluation.services.experts import (
    Application,
    Work,
    apply_as_expert,
    approve_expert,
    edit_expert,
    leave,
    note_relation,
    return_expert,
    suspend_expert,
)
from marketplace.evaluation.services.forming import (
    ask_for_panel,
    dissolve_panel,
    draw_panel,
    end_panels,
    follow_resumption,
    prepare_panel,
    read_alone,
    reconvene,
)
from marketplace.evaluation.services.rejecting import decide_rejection, propose_rejection
from marketplace.evaluation.services.reporting import issue_report, sign_report
from marketplace.evaluation.services.scoring import lock_scores, save_scores
from marketplace.evaluation.services.seats import accept_seat, declare, decline_seat, recuse

__all__ = [
    "Application",
    "Work",
    "accept_seat",
    "answer_explanation",
    "apply_as_expert",
    "approve_expert",
    "ask_explanation",
    "ask_for_panel",
    "decide_rejection",
    "declare",
    "decline_seat",
    "dissolve_panel",
    "draw_panel",
    "edit_expert",
    "end_panels",
    "follow_resumption",
    "issue_report",
    "leave",
    "lock_scores",
    "note_relation",
    "prepare_panel",
    "propose_rejection",
    "read_alone",
    "reconvene",
    "record_approach",
    "recuse",
    "return_expert",
    "save_scores",
    "sign_report",
    "suspend_expert",
    "tick",
]
