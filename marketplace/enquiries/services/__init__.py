"""Writing enquiries, and the way from a question to an intent."""

from marketplace.enquiries.services.asking import ask, asking_organizations, begin_or_go_on
from marketplace.enquiries.services.closing import close
from marketplace.enquiries.services.followup import (
    add_note,
    add_step,
    answer_met,
    ask_due_questions,
    ask_whether_they_met,
    edit_step,
    finish_step,
    remind_of_steps,
    remove_step,
)
from marketplace.enquiries.services.intents import (
    accept_intent,
    agree_enquiry,
    decline_intent,
    propose_intent,
    withdraw_intent,
)
from marketplace.enquiries.services.joining import join, separate
from marketplace.enquiries.services.keeping import (
    change_period,
    hold_enquiry,
    hold_for_dispute,
    lift_hold,
    load_kinds,
    purge_records,
    register_keeper,
    register_purger,
    seed_after_migrate,
)
from marketplace.enquiries.services.leads import (
    close_lead_of,
    confirm_broker,
    hand_back_lead,
    lapse_leads,
    note_work,
    refuse_broker,
    take_lead,
)
from marketplace.enquiries.services.moving import move_visitor_enquiry
from marketplace.enquiries.services.naming import name_owner, note_publication, note_release
from marketplace.enquiries.services.onbehalf import (
    answer_contact,
    answer_contact_by_link,
    enter_contact,
    log_contact,
)
from marketplace.enquiries.services.reading import mark_read
from marketplace.enquiries.services.samples import fill_way, remove_way
from marketplace.enquiries.services.sealing import seal, unseal
from marketplace.enquiries.services.turns import remind_silent, tell_waiting
from marketplace.enquiries.services.visitors import (
    CONSENT_VERSION,
    Guest,
    confirm,
    purge_codes,
    renew_link,
    revoke_links,
    send_code,
    send_link,
    tell_visitor,
)
from marketplace.enquiries.services.writing import (
    add_message,
    check_names,
    check_seen,
    reopen_with,
    write,
)

__all__ = [
    "CONSENT_VERSION",
    "Guest",
    "accept_intent",
    "add_message",
    "add_note",
    "add_step",
    "agree_enquiry",
    "answer_contact",
    "answer_contact_by_link",
    "answer_met",
    "ask",
    "ask_due_questions",
    "ask_whether_they_met",
    "asking_organizations",
    "begin_or_go_on",
    "change_period",
    "check_names",
    "check_seen",
    "close",
    "close_lead_of",
    "confirm",
    "confirm_broker",
    "decline_intent",
    "edit_step",
    "enter_contact",
    "fill_way",
    "finish_step",
    "hand_back_lead",
    "hold_enquiry",
    "hold_for_dispute",
    "join",
    "lapse_leads",
    "lift_hold",
    "load_kinds",
    "log_contact",
    "mark_read",
    "move_visitor_enquiry",
    "name_owner",
    "note_publication",
    "note_release",
    "note_work",
    "propose_intent",
    "purge_codes",
    "purge_records",
    "refuse_broker",
    "register_keeper",
    "register_purger",
    "remind_of_steps",
    "remind_silent",
    "remove_step",
    "remove_way",
    "renew_link",
    "reopen_with",
    "revoke_links",
    "seal",
    "seed_after_migrate",
    "send_code",
    "send_link",
    "separate",
    "take_lead",
    "tell_visitor",
    "tell_waiting",
    "unseal",
    "withdraw_intent",
    "write",
]
