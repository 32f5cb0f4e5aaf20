"""Custodians, their keys and rehearsals."""

from marketplace.custody.models.custodians import Custodian
from marketplace.custody.models.keys import CustodianKey, Rehearsal

__all__ = ["Custodian", "CustodianKey", "Rehearsal"]
