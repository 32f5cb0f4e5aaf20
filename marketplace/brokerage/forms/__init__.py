"""The forms of brokerage."""

from marketplace.brokerage.forms.register import (
    CertificateForm,
    DecideForm,
    EntryForm,
    StartForm,
    TrainingRows,
    consents_in,
)

__all__ = ["CertificateForm", "DecideForm", "EntryForm", "StartForm", "TrainingRows", "consents_in"]
