"""Filings over REST."""

from marketplace.registration.api.filings import FilingAct, FilingDetail, FilingList

__all__ = ["FilingAct", "FilingDetail", "FilingList"]
