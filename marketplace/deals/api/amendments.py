"""Amendments and origins of contracts over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals import services
from marketplace.deals.api.shapes import ContractRead, OriginRead, OriginWrite
from marketplace.deals.api.shapes_texts import AmendmentAnswer, AmendmentRead, AmendmentWrite
from marketplace.deals.api.shared import done, read_contract, values_of
from marketplace.deals.models import Amendment, Contract
from marketplace.journal.once import once
from marketplace.kernel.errors import Stale
from marketplace.web.rest import once_ticket, read_parameters, seen_rev, stale_problem, tagged
from marketplace.web.rest_parts import FILE_PARSERS, KEY, MATCH, count_upload, with_file


def _read(request: Request, rows: Any, *, many: bool = False) -> Any:
    return AmendmentRead(rows, many=many, context={"actor": request.user}).data


def _amendment(contract: Contract, number: int) -> Amendment:
    row = contract.amendments.filter(number=number).first()
    if row is None:
        raise NotFound
    row.contract = contract
    return row


class ContractAmendments(APIView):
    """合同变更。"""

    permission_classes = (IsAuthenticated,)
    conditional = True
    once = True

    @extend_schema(operation_id="contract_amendments", responses=AmendmentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The amendments, newest first."""
        read_parameters(request)
        contract = read_contract(request, code)
        rows = list(contract.amendments.all())
        for row in rows:
            row.contract = contract
        return tagged(_read(request, rows, many=True), contract.rev)

    @extend_schema(
        operation_id="contract_amendment_propose",
        parameters=[MATCH, KEY],
        request=AmendmentWrite,
        responses={200: AmendmentRead, 201: AmendmentRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Propose other values for a section; nothing changes until the other side agrees."""
        contract = read_contract(request, code, "deals.amend_contract")
        rev, held = seen_rev(request), values_of(AmendmentWrite, request)
        actor: Any = request.user
        try:
            made = once(
                once_ticket(request),
                lambda: services.propose_amendment(
                    contract,
                    held["section"],
                    held["values"],
                    reason=held["reason"],
                    actor=actor,
                    rev=rev,
                ),
                actor=actor,
                code=lambda row: str(row.number),
            )
        except Stale as error:
            return _stale(request, code, error)
        answer = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        contract = read_contract(request, code)
        return tagged(
            _read(request, _amendment(contract, int(made.code))), contract.rev, status=answer
        )


class ContractAmendment(APIView):
    """一份合同变更：同意、不同意、撤回。"""

    permission_classes = (IsAuthenticated,)
    parser_classes = FILE_PARSERS
    conditional = True

    @extend_schema(operation_id="contract_amendment", responses=AmendmentRead)
    def get(self, request: Request, code: str, number: int) -> Response:
        """One amendment with what the caller may do."""
        read_parameters(request)
        contract = read_contract(request, code)
        return tagged(_read(request, _amendment(contract, number)), contract.rev)

    @extend_schema(
        operation_id="contract_amendment_answer",
        parameters=[MATCH],
        request=with_file(AmendmentAnswer),
        responses=AmendmentRead,
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        """Agree or reject for the other side, or withdraw the own proposal."""
        row = _amendment(read_contract(request, code), number)
        rev, held = seen_rev(request), values_of(AmendmentAnswer, request)
        actor: Any = request.user
        try:
            if held["act"] == "agree":
                count_upload(request)
                services.agree_amendment(row, actor=actor, scan=held["scan"], rev=rev)
            else:
                services.end_amendment(row, held["act"], actor=actor, note=held["note"], rev=rev)
        except Stale as error:
            return _stale(request, code, error)
        contract = read_contract(request, code)
        return tagged(_read(request, _amendment(contract, number)), contract.rev)


def _stale(request: Request, code: str, error: Stale) -> Response:
    contract = read_contract(request, code)
    body = ContractRead(contract, context={"actor": request.user}).data
    return stale_problem(request, error, body, contract.rev)


class ContractOrigins(APIView):
    """导入合同可能的来源：系统提出，由当事人或登记员确认。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(operation_id="contract_origins", responses=OriginRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The records that the contract may have come from, the likeliest first."""
        read_parameters(request)
        contract = read_contract(request, code)
        return tagged(OriginRead(contract.origin_proposals.all(), many=True).data, contract.rev)

    @extend_schema(
        operation_id="contract_origin_confirm",
        parameters=[MATCH],
        request=OriginWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Confirm the record that the contract came from, proposed or not."""
        contract = read_contract(request, code, "deals.confirm_origin")
        rev, held = seen_rev(request), values_of(OriginWrite, request)
        actor: Any = request.user
        return done(
            request,
            code,
            lambda: services.confirm_origin(
                contract, held["kind"], held["record"], actor=actor, rev=rev
            ),
        )
