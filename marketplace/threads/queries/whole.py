"""A thread from the code of an enquiry or of a contract."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.deals.workflow import Book
from marketplace.enquiries import queries as enquiries
from marketplace.enquiries.models import Enquiry
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import NotVisible
from marketplace.threads.queries import lower, performing, upper
from marketplace.threads.queries.pieces import Piece, Stage, Thread, with_gaps

LABELS = {
    "listing": _("需求与成果"),
    "match": _("匹配"),
    "enquiry": _("咨询"),
    "introduction": _("对接"),
    "intent": _("意向"),
    "tender": _("招标与揭榜"),
    "publicity": _("公示"),
    "contract": _("技术合同"),
    "filing": _("认定登记"),
    "entry": _("计入成交额"),
    "performance": _("履行与变更"),
}
#: Stages that not every undertaking passes. A price is made public where the law asks for it alone.
OPTIONAL = {"match", "introduction", "tender", "publicity"}


def thread_of(user: Actor, code: str) -> Thread:
    """The thread of the enquiry or contract of this code.

    Raises NotVisible where there is none that the person may see.
    """
    enquiry, contract = _anchor(user, code)
    conversations = _conversations(user, enquiry, contract)
    contracts = _contracts(user, conversations, contract)
    pieces = _pieces(user, conversations, contracts)
    anchor = contract if contract is not None else enquiry
    if anchor is None:
        raise NotVisible
    stages = with_gaps(
        [Stage(name, LABELS[name], pieces.get(name, ())) for name in LABELS],
        not_needed=_not_needed(contracts),
    )
    # What is paid and changed runs beside the registration: days from one to the other say nothing.
    stages[-1] = replace(stages[-1], days=None)
    is_sample = any(row.is_sample for row in conversations)
    return Thread(
        anchor.code,
        anchor.title,
        stages,
        is_sample or any(row.book == Book.SAMPLE for row in contracts),
    )


def _not_needed(contracts: Sequence[Contract]) -> set[str]:
    asks = any(deals.needs_price_evidence(row) for row in contracts)
    return OPTIONAL - {"publicity"} if asks else OPTIONAL


def _anchor(user: Actor, code: str) -> tuple[Enquiry | None, Contract | None]:
    if not is_valid_code(code):
        raise NotVisible
    enquiry = enquiries.visible_to(user).filter(code=code).first()
    contract = deals.visible_to(user).filter(code=code).first() if enquiry is None else None
    if enquiry is None and contract is None:
        raise NotVisible
    return enquiry, contract


def _conversations(
    user: Actor, enquiry: Enquiry | None, contract: Contract | None
) -> list[Enquiry]:
    """The enquiry, and those joined with it as one undertaking, that the person may see."""
    rows = enquiries.visible_to(user)
    if enquiry is None:
        key = contract.enquiry_id if contract is not None else None
        enquiry = rows.filter(pk=key).first() if key is not None else None
    if enquiry is None:
        return []
    if enquiry.undertaking_id is None:
        return [enquiry]
    return list(rows.filter(undertaking=enquiry.undertaking_id).order_by("created_at", "id"))


def _contracts(
    user: Actor, conversations: Sequence[Enquiry], contract: Contract | None
) -> list[Contract]:
    """The contract, or all contracts that came out of these conversations, that the person may see."""
    if contract is not None:
        return [contract]
    rows = deals.visible_to(user).filter(enquiry__in=[row.pk for row in conversations])
    return list(rows.order_by("created_at", "id"))


def _pieces(
    user: Actor, conversations: Sequence[Enquiry], contracts: Sequence[Contract]
) -> dict[str, list[Piece]]:
    listings: list[tuple[str, Any]] = []
    for row in contracts:
        listings += [("needs", row.need), ("achievements", row.achievement)]
    matches = [row.match for row in contracts if row.match is not None]
    introductions = [row.introduction for row in contracts if row.introduction is not None]
    return {
        "listing": lower.listing_pieces(user, conversations, listings),
        "match": lower.match_pieces(user, conversations, matches),
        "enquiry": lower.enquiry_pieces(user, conversations),
        "introduction": lower.introduction_pieces(user, conversations, introductions),
        "intent": lower.intent_pieces(user, conversations),
        "tender": upper.tender_pieces(user, contracts),
        "publicity": [
            *upper.award_publicity_pieces(contracts),
            *upper.publicity_pieces(user, contracts),
        ],
        "contract": upper.contract_pieces(user, contracts),
        "filing": upper.filing_pieces(user, contracts),
        "entry": upper.entry_pieces(user, contracts),
        "performance": performing.performance_pieces(user, contracts),
    }
