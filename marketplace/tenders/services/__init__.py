"""Everything that changes tenders."""

from marketplace.tenders.services.cancellations import (
    announce_cancellation,
    ask_to_cancel,
    drop_cancellation,
)
from marketplace.tenders.services.changes import (
    approve_amendment,
    drop_amendment,
    propose_amendment,
)
from marketplace.tenders.services.clockwork import tick
from marketplace.tenders.services.drafts import (
    Beginning,
    Content,
    discard_tender,
    draft_tender,
    edit_content,
    edit_criteria,
    edit_keys,
    edit_lots,
    edit_schedule,
)
from marketplace.tenders.services.files import add_file, remove_file
from marketplace.tenders.services.locking import catch_up, register_hold, settle, up_to_date
from marketplace.tenders.services.lots import (
    award_lot,
    begin_evaluation,
    complete_lot,
    fail_lot,
    lot_of,
    open_lot,
    propose_lot,
    record_contract,
    record_registration,
    reopen_lot,
    step_back,
)
from marketplace.tenders.services.publication import (
    argue_tender,
    missing,
    publish_tender,
    recall_tender,
    return_tender,
    screen_tender,
    submit_tender,
)
from marketplace.tenders.services.questions import answer, ask
from marketplace.tenders.services.standing import end_standing, record_standing
from marketplace.tenders.services.suspending import resume_tender, suspend_tender
from marketplace.tenders.services.timing import register_follower

__all__ = [
    "Beginning",
    "Content",
    "add_file",
    "announce_cancellation",
    "answer",
    "approve_amendment",
    "argue_tender",
    "ask",
    "ask_to_cancel",
    "award_lot",
    "begin_evaluation",
    "catch_up",
    "complete_lot",
    "discard_tender",
    "draft_tender",
    "drop_amendment",
    "drop_cancellation",
    "edit_content",
    "edit_criteria",
    "edit_keys",
    "edit_lots",
    "edit_schedule",
    "end_standing",
    "fail_lot",
    "lot_of",
    "missing",
    "open_lot",
    "propose_amendment",
    "propose_lot",
    "publish_tender",
    "recall_tender",
    "record_contract",
    "record_registration",
    "record_standing",
    "register_follower",
    "register_hold",
    "remove_file",
    "reopen_lot",
    "resume_tender",
    "return_tender",
    "screen_tender",
    "settle",
    "step_back",
    "submit_tender",
    "suspend_tender",
    "tick",
    "up_to_date",
]
