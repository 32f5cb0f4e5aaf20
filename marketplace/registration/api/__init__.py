"""Filings and the ledger over REST."""

from marketplace.registration.api.filings import FilingAct, FilingDetail, FilingList
from marketplace.registration.api.ledger import LedgerEntries, LedgerPeriods

__all__ = ["FilingAct", "FilingDetail", "FilingList", "LedgerEntries", "LedgerPeriods"]
