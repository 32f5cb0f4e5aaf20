"""What was done under a contract after it was signed: amendments, milestones, payments, invoices."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.deals.models import Contract
from marketplace.deals.workflow import AmendmentStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import format_listing
from marketplace.threads.queries.lower import readable
from marketplace.threads.queries.pieces import Fact, Piece
from marketplace.threads.queries.upper import format_signed


def performance_pieces(user: Actor, contracts: Sequence[Contract]) -> list[Piece]:
    """Everything recorded since the signature, oldest first; for those who may read the contract."""
    found = [
        piece
        for contract in contracts
        if contract.is_signed and user.has_perm("deals.read_contract", contract)
        for pieces in (_amendments, _milestones, _payments, _invoices)
        for piece in pieces(user, contract)
    ]
    return sorted(found, key=lambda piece: (piece.day is None, piece.day))


def _amendments(user: Actor, contract: Contract) -> Iterator[Piece]:
    """A proposal has no day: the contract is changed by what both sides have agreed."""
    for row in contract.amendments.select_related("scan").order_by("number"):
        agreed = row.status == AmendmentStatus.AGREED
        yield Piece(
            contract.code,
            _("第 %(number)d 次变更") % {"number": row.number},
            row.get_status_display(),
            row.decided_at if agreed else None,
            reverse("deals:amendment", args=[contract.code, row.number]),
            [Fact(_("原因"), row.reason)],
            readable(user, [row.scan] if row.scan is not None else []),
        )


def _milestones(_user: Actor, contract: Contract) -> Iterator[Piece]:
    for row in contract.milestones.exclude(done_on=None):
        yield _piece(contract, row.what, _("里程碑已完成"), row.done_on, note=row.note)


def _payments(_user: Actor, contract: Contract) -> Iterator[Piece]:
    for row in contract.payments.all():
        state = _("付款更正") if row.reverses_id is not None else _("已付款")
        yield _piece(contract, format_signed(row.amount_fen), state, row.paid_on, note=row.note)


def _invoices(_user: Actor, contract: Contract) -> Iterator[Piece]:
    for row in contract.invoices.all():
        title = _("发票 %(number)s") % {"number": row.number}
        amount = Fact(_("金额"), format_listing(row.amount_fen))
        yield _piece(contract, title, _("已开票"), row.issued_on, facts=[amount])


def _piece(
    contract: Contract, title: str, state: Any, day: Any, *, note: str = "", facts: Any = ()
) -> Piece:
    noted = [Fact(_("备注"), note)] if note else []
    url = f"{reverse('deals:show', args=[contract.code])}#performance"
    return Piece(contract.code, title, state, day, url, [*facts, *noted])
