"""Filings, the ledger of counted turnover, and imports of the official register."""

from marketplace.registration.models.filing import (
    CERTIFICATE_FILES,
    FILING_FILES,
    BenefitUse,
    Decision,
    Filing,
    IncomeConfirmation,
    UseKind,
    UseSide,
)
from marketplace.registration.models.imports import RegisterImport, RegisterMapping
from marketplace.registration.models.ledger import (
    EntryKind,
    LedgerBook,
    LedgerEntry,
    LedgerPeriod,
    LedgerSum,
)

__all__ = [
    "CERTIFICATE_FILES",
    "FILING_FILES",
    "BenefitUse",
    "Decision",
    "EntryKind",
    "Filing",
    "IncomeConfirmation",
    "LedgerBook",
    "LedgerEntry",
    "LedgerPeriod",
    "LedgerSum",
    "RegisterImport",
    "RegisterMapping",
    "UseKind",
    "UseSide",
]
