"""Everything that changes results, awards and the work after them."""

from marketplace.awards.services.clockwork import tick
from marketplace.awards.services.confirming import confirm_award, decline_award
from marketplace.awards.services.contracts import (
    Stone,
    check_signing,
    explain_terms,
    record_contract,
    record_registration,
    subject_of,
)
from marketplace.awards.services.deliveries import (
    Finding,
    accept_delivery,
    claim_failure,
    decide_delivery,
    end_delivery,
    judge_milestone,
    record_inspection,
    report_milestone,
    submit_delivery,
)
from marketplace.awards.services.locking import hold, lock_lot, lock_windows
from marketplace.awards.services.proposing import propose_result
from marketplace.awards.services.publishing import (
    content_of,
    least_days,
    publish_result,
    return_result,
    submit_result,
)
from marketplace.awards.services.remedies import cancel_results, remedy_result

__all__ = [
    "Finding",
    "Stone",
    "accept_delivery",
    "cancel_results",
    "check_signing",
    "claim_failure",
    "confirm_award",
    "content_of",
    "decide_delivery",
    "decline_award",
    "end_delivery",
    "explain_terms",
    "hold",
    "judge_milestone",
    "least_days",
    "lock_lot",
    "lock_windows",
    "propose_result",
    "publish_result",
    "record_contract",
    "record_inspection",
    "record_registration",
    "remedy_result",
    "report_milestone",
    "return_result",
    "subject_of",
    "submit_delivery",
    "submit_result",
    "tick",
]
