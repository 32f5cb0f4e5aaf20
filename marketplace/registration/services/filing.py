"""The writes of a filing in one place: what other slices and the doors call."""

from marketplace.registration.services.batch import (
    Outcome,
    accept_many,
    next_step,
    pass_many,
    submit_many,
)
from marketplace.registration.services.preparing import (
    Blocked,
    add_paper,
    open_filing,
    recall,
    record_filed,
    reopen,
    submit,
)
from marketplace.registration.services.preparing import submit as resubmit
from marketplace.registration.services.registering import (
    Recognised,
    cancel,
    change,
    confirm_income,
    dispute,
    file_certificate,
    register,
    register_elsewhere,
    revoke,
    settle,
)
from marketplace.registration.services.reviewing import (
    accept,
    approve,
    forward,
    pass_first,
    pass_second,
    refuse,
    return_for_correction,
)
from marketplace.registration.services.using import Use, record_use, report_use

__all__ = [
    "Blocked",
    "Outcome",
    "Recognised",
    "Use",
    "accept",
    "accept_many",
    "add_paper",
    "approve",
    "cancel",
    "change",
    "confirm_income",
    "dispute",
    "file_certificate",
    "forward",
    "next_step",
    "open_filing",
    "pass_first",
    "pass_many",
    "pass_second",
    "recall",
    "record_filed",
    "record_use",
    "refuse",
    "register",
    "register_elsewhere",
    "reopen",
    "report_use",
    "resubmit",
    "return_for_correction",
    "revoke",
    "settle",
    "submit",
    "submit_many",
]
