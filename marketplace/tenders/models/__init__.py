"""Tenders, their parts, questions and changes."""

from marketplace.tenders.models.changes import AMENDMENT_FILES, Amendment, Cancellation
from marketplace.tenders.models.questions import Answer, Question
from marketplace.tenders.models.standing import Standing
from marketplace.tenders.models.tenders import (
    TENDER_FILES,
    Criterion,
    Keeper,
    Lot,
    Requirement,
    Tender,
)

__all__ = [
    "AMENDMENT_FILES",
    "TENDER_FILES",
    "Amendment",
    "Answer",
    "Cancellation",
    "Criterion",
    "Keeper",
    "Lot",
    "Question",
    "Requirement",
    "Standing",
    "Tender",
]
