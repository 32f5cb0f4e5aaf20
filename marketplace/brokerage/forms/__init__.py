"""The forms of brokerage."""

from marketplace.brokerage.forms.register import (
    FORM_NAMES,
    CertificateForm,
    DecideForm,
    EntryForm,
    StartForm,
    TrainingRows,
    consents_in,
)

__all__ = [
    "FORM_NAMES",
    "CertificateForm",
    "DecideForm",
    "EntryForm",
    "StartForm",
    "TrainingRows",
    "consents_in",
]
