"""Forms of contracts: the sections of a record, its moves, the search of the list."""

from marketplace.deals.forms.listing import ListForm
from marketplace.deals.forms.moves import (
    AmendForm,
    AnswerAmendmentForm,
    AttestForm,
    CopyForm,
    FinalTextForm,
    InvoiceForm,
    MilestoneDoneForm,
    NewForm,
    OriginForm,
    PaymentForm,
    PerformForm,
    ReasonForm,
    SignForm,
    TerminateForm,
)
from marketplace.deals.forms.sections import (
    PARTICULARS,
    SECTIONS,
    EvidenceForm,
    Section,
    section_named,
)

__all__ = [
    "PARTICULARS",
    "SECTIONS",
    "AmendForm",
    "AnswerAmendmentForm",
    "AttestForm",
    "CopyForm",
    "EvidenceForm",
    "FinalTextForm",
    "InvoiceForm",
    "ListForm",
    "MilestoneDoneForm",
    "NewForm",
    "OriginForm",
    "PaymentForm",
    "PerformForm",
    "ReasonForm",
    "Section",
    "SignForm",
    "TerminateForm",
    "section_named",
]
