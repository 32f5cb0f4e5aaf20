"""Whether a row of the official register is of a contract that is known here."""

from collections.abc import Mapping
from typing import Any

from marketplace.sheets.headings import plain

#: How surely a row is of a filing: by its code or reported number, by its title, by its amount alone.
BY_CODE, BY_TITLE, BY_AMOUNT, UNLIKE = 3, 2, 1, 0


def has_party(contract: Any, side: str, values: Mapping[str, Any]) -> bool:
    """Whether the party of the row is one of the contract: by its credit code, else by its name."""
    code, name = values.get(f"{side}_identity", ""), values.get(side, "")
    for party in contract.parties.all():
        if party.side != side:
            continue
        known = party.identity or (party.organization.uscc if party.organization else "")
        if code and known:
            if plain(code) == plain(known):
                return True
        elif is_same(party.name, name):
            return True
    return False


def is_same(one: str, other: str) -> bool:
    """Whether two names are the same and not empty, however they are spaced."""
    return bool(plain(one)) and plain(one) == plain(other)


def agrees(contract: Any, values: Mapping[str, Any]) -> bool:
    """Whether a row that names a filing is of its contract: the seller, and the day of signature or the title."""
    told = contract.signed_on == values["signed_on"] or is_same(contract.title, values["title"])
    return told and has_party(contract, "seller", values)


def likeness(contract: Any, values: Mapping[str, Any]) -> int:
    """How surely a row that names no filing is of a contract: BY_TITLE, BY_AMOUNT or UNLIKE.

    Seller and day of signature must be the same. Two contracts of one seller and day often exist, so the
    title or the amount must be the same too.
    """
    if contract.signed_on != values["signed_on"] or not has_party(contract, "seller", values):
        return UNLIKE
    if is_same(contract.title, values["title"]):
        return BY_TITLE
    return BY_AMOUNT if contract.amount_total_fen == values["total"] else UNLIKE
