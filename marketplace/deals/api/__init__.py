"""Contracts over REST."""

from marketplace.deals.api.amendments import ContractAmendment, ContractAmendments, ContractOrigins
from marketplace.deals.api.contracts import (
    ContractAct,
    ContractCollection,
    ContractItem,
    ContractSection,
)
from marketplace.deals.api.performing import (
    ContractInvoices,
    ContractMilestones,
    ContractPayments,
    ContractReversals,
)
from marketplace.deals.api.texts import (
    ContractAttest,
    ContractCopies,
    ContractSign,
    ContractTexts,
)

__all__ = [
    "ContractAct",
    "ContractAmendment",
    "ContractAmendments",
    "ContractAttest",
    "ContractCollection",
    "ContractCopies",
    "ContractInvoices",
    "ContractItem",
    "ContractMilestones",
    "ContractOrigins",
    "ContractPayments",
    "ContractReversals",
    "ContractSection",
    "ContractSign",
    "ContractTexts",
]
