"""Pages of contracts."""

from marketplace.deals.views.acting import (
    add_copy,
    cancel,
    invoice,
    pay,
    perform,
    reach,
    reverse_payment,
    sign,
    start,
    terminate,
)
from marketplace.deals.views.amending import amend, amendment
from marketplace.deals.views.documents import draft_docx, draft_pdf, print_draft
from marketplace.deals.views.editing import edit
from marketplace.deals.views.evidence import evidence
from marketplace.deals.views.finals import attest, text
from marketplace.deals.views.listing import contract_list
from marketplace.deals.views.opening import (
    new_contract,
    new_from_enquiry,
    new_from_intent,
    new_from_listing,
)
from marketplace.deals.views.origin import origin
from marketplace.deals.views.show import show

__all__ = [
    "add_copy",
    "amend",
    "amendment",
    "attest",
    "cancel",
    "contract_list",
    "draft_docx",
    "draft_pdf",
    "edit",
    "evidence",
    "invoice",
    "new_contract",
    "new_from_enquiry",
    "new_from_intent",
    "new_from_listing",
    "origin",
    "pay",
    "perform",
    "print_draft",
    "reach",
    "reverse_payment",
    "show",
    "sign",
    "start",
    "terminate",
    "text",
]
