"""Contracts over REST."""

from marketplace.deals.api.contracts import (
    ContractAct,
    ContractCollection,
    ContractInvoices,
    ContractItem,
    ContractPayments,
    ContractSection,
)

__all__ = [
    "ContractAct",
    "ContractCollection",
    "ContractInvoices",
    "ContractItem",
    "ContractPayments",
    "ContractSection",
]
