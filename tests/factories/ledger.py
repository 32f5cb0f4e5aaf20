"""Registered filings for the ledger, written as an import leaves them: contract, parties, official number."""

import itertools
from datetime import date
from typing import Any

from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.workflow import Book, ContractStatus, Origin, Side
from marketplace.registration.models import Filing
from marketplace.registration.services import ledger
from marketplace.registration.workflow import FilingStatus

_serial = itertools.count(1)
WAN = 1_000_000


def make_registered(
    total_fen: int = 100 * WAN,
    technical_fen: int | None = None,
    *,
    on: date = date(2026, 10, 9),
    book: str = Book.CITY,
    post: bool = True,
    contract_type: str = "KF1",
    seller: str = "371302",
    buyer: str = "371311",
    contract: Contract | None = None,
    **fields: Any,
) -> Filing:
    """A contract with a seller and a buyer, its registered filing, and its entry in the ledger.

    A `contract` that is given is taken as it is.
    """
    serial = next(_serial)
    is_given = contract is not None
    contract = contract or Contract.objects.create(
        origin=Origin.IMPORT,
        book=book,
        status=ContractStatus.SIGNED,
        title=f"示例技术开发{serial}",
        contract_type=contract_type,
        amount_total_fen=total_fen,
        amount_technical_fen=total_fen if technical_fen is None else technical_fen,
        signed_on=on,
    )
    sides = () if is_given else ((Side.SELLER, seller), (Side.BUYER, buyer))
    for side, district in sides:
        ContractParty.objects.create(
            contract=contract, side=side, name=f"{side}{serial}", district=district, nature="150"
        )
    filing = Filing.objects.create(
        contract=contract,
        book=book,
        status=FilingStatus.REGISTERED,
        district=seller,
        official_number=f"{on.year}371399{serial:06d}",
        official_on=on,
        recognised_type=contract_type,
        recognised_total_fen=contract.amount_total_fen,
        recognised_technical_fen=contract.amount_technical_fen,
        **fields,
    )
    if post:
        ledger.post_register(filing, actor=None)
    return filing


def change_amounts(filing: Filing, total_fen: int, technical_fen: int) -> Filing:
    """What a change of the registration leaves on the filing before the ledger is told."""
    filing.recognised_total_fen, filing.recognised_technical_fen = total_fen, technical_fen
    filing.status = FilingStatus.CHANGED
    filing.save()
    return filing


def end(filing: Filing) -> Filing:
    """What a revocation leaves on the filing before the ledger is told."""
    filing.status = FilingStatus.REVOKED
    filing.save()
    return filing
