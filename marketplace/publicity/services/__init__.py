"""Everything that changes publicities and objections."""

from marketplace.publicity.services.clock import tick
from marketplace.publicity.services.complaints import (
    complain,
    confirm_remedy,
    decide_complaint,
    report_remedy,
)
from marketplace.publicity.services.locking import lock_subject
from marketplace.publicity.services.moves import make_move
from marketplace.publicity.services.objections import (
    answer_objection,
    draft_objection,
    edit_objection,
    submit_objection,
    withdraw_objection,
)
from marketplace.publicity.services.publicities import (
    Content,
    add_file,
    cancel_publicity,
    discard_draft,
    draft_publicity,
    edit_draft,
    prolong_publicity,
    publish_checked,
    publish_publicity,
    remove_file,
)
from marketplace.publicity.services.suspending import resume_publicity, suspend_publicity
from marketplace.publicity.services.windows import open_window

__all__ = [
    "Content",
    "add_file",
    "answer_objection",
    "cancel_publicity",
    "complain",
    "confirm_remedy",
    "decide_complaint",
    "discard_draft",
    "draft_objection",
    "draft_publicity",
    "edit_draft",
    "edit_objection",
    "lock_subject",
    "make_move",
    "open_window",
    "prolong_publicity",
    "publish_checked",
    "publish_publicity",
    "remove_file",
    "report_remedy",
    "resume_publicity",
    "submit_objection",
    "suspend_publicity",
    "tick",
    "withdraw_objection",
]
