"""Payments, invoices and milestones of contracts over REST. Payments are numbered in the order of entry."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals import services
from marketplace.deals.api.shapes import ContractRead
from marketplace.deals.api.shapes_performing import (
    InvoiceRead,
    InvoiceWrite,
    MilestoneRead,
    MilestoneWrite,
    PaymentRead,
    PaymentWrite,
    ReversalWrite,
)
from marketplace.deals.api.shared import done, read_contract, values_of
from marketplace.deals.models import Contract, Payment
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.revisions import check
from marketplace.web.rest import once_ticket, read_parameters, seen_rev, tagged
from marketplace.web.rest_parts import KEY, MATCH


def numbered(contract: Contract) -> list[Payment]:
    """All payments in the order of entry, with their numbers: none is ever removed."""
    rows = list(contract.payments.select_related("instalment").order_by("pk"))
    numbers = {row.pk: number for number, row in enumerate(rows, 1)}
    for row in rows:
        row.number = numbers[row.pk]  # type: ignore[attr-defined]
        row.reverses_number = numbers.get(row.reverses_id or 0)  # type: ignore[attr-defined]
    return rows


def _payment(contract: Contract, number: int | None, at: str) -> Payment | None:
    """The payment of a number. Raises InvalidInput at the field."""
    if number is None:
        return None
    rows = numbered(contract)
    if not 0 < number <= len(rows):
        raise InvalidInput({at: [_("没有这笔付款")]})
    return rows[number - 1]


def _once(request: Request, code: str, make: Callable[[], Any]) -> Response:
    """Make one row; the same key again makes none."""
    return done(
        request,
        code,
        lambda: once(once_ticket(request), make, actor=request.user, code=lambda row: str(row.pk)),
    )


class ContractPayments(APIView):
    """付款。"""

    permission_classes = (IsAuthenticated,)
    conditional = True
    once = True

    @extend_schema(operation_id="contract_payments", responses=PaymentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The payments in the order of entry, with those that take one back."""
        read_parameters(request)
        contract = read_contract(request, code)
        return tagged(PaymentRead(numbered(contract), many=True).data, contract.rev)

    @extend_schema(
        operation_id="contract_pay",
        parameters=[MATCH, KEY],
        request=PaymentWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Record a payment; the version that was seen keeps a second click from paying twice."""
        contract = read_contract(request, code, "deals.record_contract")
        rev, held = seen_rev(request), values_of(PaymentWrite, request)
        actor: Any = request.user

        def make() -> Payment:
            place = held["instalment"]
            planned = contract.instalments.filter(position=place).first() if place else None
            if place is not None and planned is None:
                raise InvalidInput({"instalment": [_("没有这一期付款")]})
            return services.record_payment(
                contract,
                paid_on=held["paid_on"],
                amount_fen=held["amount_fen"],
                instalment_id=planned.pk if planned is not None else None,
                note=held["note"],
                actor=actor,
                rev=rev,
            )

        return _once(request, code, make)


class ContractReversals(APIView):
    """冲销记错的付款。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contract_reverse",
        parameters=[MATCH],
        request=ReversalWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Take a payment back by its negative; both stay on record."""
        contract = read_contract(request, code, "deals.record_contract")
        rev, held = seen_rev(request), values_of(ReversalWrite, request)
        actor: Any = request.user

        def reverse() -> object:
            # What was seen is asked first: on a newer version the number may be that of another row.
            check(contract.rev, rev, contract)
            row = _payment(contract, held["payment"], "payment")
            assert row is not None  # noqa: S101 -- a number is required
            return services.reverse_payment(row, reason=held["reason"], actor=actor, rev=rev)

        return done(request, code, reverse)


class ContractInvoices(APIView):
    """发票。"""

    permission_classes = (IsAuthenticated,)
    conditional = True
    once = True

    @extend_schema(operation_id="contract_invoices", responses=InvoiceRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The invoices by the day of issue."""
        read_parameters(request)
        contract = read_contract(request, code)
        numbers = {row.pk: number for number, row in enumerate(numbered(contract), 1)}
        rows = list(contract.invoices.all())
        for row in rows:
            row.payment_number = numbers.get(row.payment_id or 0)  # type: ignore[attr-defined]
        return tagged(InvoiceRead(rows, many=True).data, contract.rev)

    @extend_schema(
        operation_id="contract_invoice",
        parameters=[MATCH, KEY],
        request=InvoiceWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Record an invoice."""
        contract = read_contract(request, code, "deals.record_contract")
        rev, held = seen_rev(request), values_of(InvoiceWrite, request)
        actor: Any = request.user

        def make() -> Any:
            paid = _payment(contract, held["payment"], "payment")
            return services.record_invoice(
                contract,
                number=held["number"],
                issued_on=held["issued_on"],
                amount_fen=held["amount_fen"],
                payment_id=paid.pk if paid is not None else None,
                actor=actor,
                rev=rev,
            )

        return _once(request, code, make)


class ContractMilestones(APIView):
    """履行节点。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(operation_id="contract_milestones", responses=MilestoneRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The milestones in their order."""
        read_parameters(request)
        contract = read_contract(request, code)
        return tagged(MilestoneRead(contract.milestones.all(), many=True).data, contract.rev)

    @extend_schema(
        operation_id="contract_milestone_done",
        parameters=[MATCH],
        request=MilestoneWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Record that a milestone was reached."""
        contract = read_contract(request, code, "deals.record_contract")
        rev, held = seen_rev(request), values_of(MilestoneWrite, request)
        actor: Any = request.user

        def reach() -> object:
            check(contract.rev, rev, contract)
            row = contract.milestones.filter(position=held["position"]).first()
            if row is None:
                raise InvalidInput({"position": [_("没有这个节点")]})
            return services.record_milestone(
                row, done_on=held["done_on"], note=held["note"], actor=actor, rev=rev
            )

        return done(request, code, reach)
