"""Contracts over REST: list, begin, one of them, its sections, its moves, payments and invoices."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals import queries, services
from marketplace.deals.api.shapes import (
    ActWrite,
    ContractPage,
    ContractRead,
    ContractRow,
    ContractWrite,
    InvoiceWrite,
    PaymentWrite,
    SectionWrite,
)
from marketplace.deals.models import Contract
from marketplace.enquiries.queries import intents_visible_to
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput, Stale
from marketplace.kernel.unreadable import readable
from marketplace.parties.queries import organizations_of
from marketplace.web.rest import (
    MOST_PAGES,
    PAGE,
    once_ticket,
    read_number,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.views import fetch

SIZE = 20
PAGED = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 64},
    OpenApiParameter.HEADER,
    description="调用方自定的一次性标识，24 小时内重复发送返回同一条（200），不会重复创建",
)
REVISION = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="所依据的版本；也可以在正文中给出 rev"
)


def _contract_of(request: Request, code: str, action: str | None = None) -> Contract:
    rows = queries.visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="deals.view_contract", action=action)


def _shown(request: Request, code: str, answer: int = status.HTTP_200_OK) -> Response:
    contract = _contract_of(request, code)
    body = ContractRead(contract, context={"actor": request.user}).data
    return tagged(body, contract.rev, status=answer)


def _values(shape: Any, request: Request) -> dict[str, Any]:
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    return {name: value for name, value in sent.validated_data.items() if name != "rev"}


def _done(request: Request, code: str, run: Callable[[], object]) -> Response:
    """Run a service; what has changed meanwhile is answered with the present state."""
    try:
        run()
    except Stale as error:
        present = _contract_of(request, code)
        body = ContractRead(present, context={"actor": request.user}).data
        return stale_problem(request, error, body, present.rev)
    return _shown(request, code)


class ContractCollection(APIView):
    """技术合同。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(operation_id="contract_list", parameters=[PAGED], responses=ContractPage)
    def get(self, request: Request) -> Response:
        """The contracts that the caller may see, newest first."""
        asked = read_parameters(request, "page")
        page = read_number(asked, "page", most=MOST_PAGES, default=1)
        rows = queries.visible_to(request.user)
        count = rows.count()
        if page > 1 and (page - 1) * SIZE >= count:
            raise NotFound
        found = readable(rows[(page - 1) * SIZE : page * SIZE])
        return Response({"count": count, "results": ContractRow(found, many=True).data})

    @extend_schema(
        operation_id="contract_begin",
        parameters=[KEY],
        request=ContractWrite,
        responses={200: ContractRead, 201: ContractRead},
    )
    def post(self, request: Request) -> Response:
        """Begin a contract, from an agreed intent or empty."""
        values = _values(ContractWrite, request)
        make = _from_intent(request, values) if "intent" in values else _empty(request, values)
        made = once(once_ticket(request), make, actor=request.user)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return _shown(request, made.code, code)


def _from_intent(request: Request, values: dict[str, Any]) -> Callable[[], Contract]:
    intent = intents_visible_to(request.user).filter(code=values["intent"]).first()
    if intent is None:
        raise InvalidInput({"intent": [_("没有找到这份意向")]})
    actor: Any = request.user
    return lambda: services.create_from_intent(intent, actor=actor)


def _empty(request: Request, values: dict[str, Any]) -> Callable[[], Contract]:
    orgs = {row.organization.code: row.organization for row in organizations_of(request.user)}
    owner = orgs.get(values.get("organization", ""))
    if owner is None:
        raise InvalidInput({"organization": [_("请填写本人所在单位的编号")]})
    actor: Any = request.user
    return lambda: services.create_empty(
        owner=owner, title=values.get("title", ""), side=values.get("side", ""), actor=actor
    )


class ContractItem(APIView):
    """一份合同。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="contract_detail", responses=ContractRead)
    def get(self, request: Request, code: str) -> Response:
        """One contract with what the caller may do."""
        read_parameters(request)
        return _shown(request, code)


class ContractSection(APIView):
    """合同的一个部分：basics、parties、money、worksheet、acceptance、milestones、official、particulars。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contract_save",
        parameters=[REVISION],
        request=SectionWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str, section: str) -> Response:
        """Save one section; columns that are left out keep their value."""
        contract = _contract_of(request, code, "deals.edit_contract")
        if section not in services.SECTIONS:
            raise NotFound
        rev, values = seen_rev(request), _values(SectionWrite, request)["values"]
        actor: Any = request.user
        return _done(
            request,
            code,
            lambda: services.save_section(contract, section, values, actor=actor, rev=rev),
        )


class ContractAct(APIView):
    """对合同的操作：confirm、reopen、start、perform、terminate、cancel。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contract_act",
        parameters=[REVISION],
        request=ActWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Make one move."""
        contract = _contract_of(request, code, _PERMISSIONS.get(act))
        if act not in _PERMISSIONS:
            raise NotFound
        rev, values = seen_rev(request), _values(ActWrite, request)
        return _done(request, code, lambda: _ACTS[act](contract, values, request.user, rev))


_PERMISSIONS = {
    "confirm": "deals.bind_contract",
    "reopen": "deals.reopen_contract",
    "start": "deals.record_contract",
    "perform": "deals.bind_contract",
    "terminate": "deals.bind_contract",
    "cancel": "deals.cancel_contract",
}
_Act = Callable[[Contract, dict[str, Any], Any, Any], object]
_ACTS: dict[str, _Act] = {
    # The hash of the text is the state that was seen: a new text has another.
    "confirm": lambda row, sent, actor, _rev: services.confirm_final(
        row, sha256=sent["sha256"], actor=actor
    ),
    "reopen": lambda row, sent, actor, rev: services.reopen(
        row, reason=sent["reason"], actor=actor, rev=rev
    ),
    "start": lambda row, _sent, actor, rev: services.start(row, actor=actor, rev=rev),
    "perform": lambda row, sent, actor, rev: services.perform(
        row, amount_performed_fen=sent["amount_performed_fen"], actor=actor, rev=rev
    ),
    "terminate": lambda row, sent, actor, rev: services.terminate(
        row,
        reason=sent["reason"],
        ended_on=sent["ended_on"],
        amount_performed_fen=sent["amount_performed_fen"],
        actor=actor,
        rev=rev,
    ),
    "cancel": lambda row, sent, actor, rev: services.cancel(
        row, reason=sent["reason"], actor=actor, rev=rev
    ),
}


class ContractPayments(APIView):
    """登记付款。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contract_pay",
        parameters=[REVISION],
        request=PaymentWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Record a payment; the version that was seen keeps a second click from paying twice."""
        contract = _contract_of(request, code, "deals.record_contract")
        rev, values = seen_rev(request), _values(PaymentWrite, request)
        actor: Any = request.user
        return _done(
            request,
            code,
            lambda: services.record_payment(
                contract,
                paid_on=values["paid_on"],
                amount_fen=values["amount_fen"],
                instalment_id=values["instalment"],
                note=values["note"],
                actor=actor,
                rev=rev,
            ),
        )


class ContractInvoices(APIView):
    """登记发票。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contract_invoice",
        parameters=[REVISION],
        request=InvoiceWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Record an invoice."""
        contract = _contract_of(request, code, "deals.record_contract")
        rev, values = seen_rev(request), _values(InvoiceWrite, request)
        actor: Any = request.user
        return _done(
            request,
            code,
            lambda: services.record_invoice(
                contract,
                number=values["number"],
                issued_on=values["issued_on"],
                amount_fen=values["amount_fen"],
                payment_id=values["payment"],
                actor=actor,
                rev=rev,
            ),
        )
