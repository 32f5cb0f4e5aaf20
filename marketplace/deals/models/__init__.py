"""What the slice of contracts keeps."""

from marketplace.deals.models.contracts import (
    CONTRACT_FILES,
    Contract,
    ContractParty,
    Deduction,
)
from marketplace.deals.models.evidence import BrokerFlag, OriginProposal, PriceEvidence
from marketplace.deals.models.performance import Instalment, Invoice, Milestone, Payment
from marketplace.deals.models.texts import (
    Amendment,
    FinalConfirmation,
    FinalText,
    SignedCopy,
    SignedForm,
    TextSource,
)

__all__ = [
    "CONTRACT_FILES",
    "Amendment",
    "BrokerFlag",
    "Contract",
    "ContractParty",
    "Deduction",
    "FinalConfirmation",
    "FinalText",
    "Instalment",
    "Invoice",
    "Milestone",
    "OriginProposal",
    "Payment",
    "PriceEvidence",
    "SignedCopy",
    "SignedForm",
    "TextSource",
]
