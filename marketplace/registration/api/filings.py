"""The list of filings, one of them, opening one, and its acts."""

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

from marketplace.deals import queries as deals
from marketplace.kernel.errors import Forbidden, InvalidInput, Stale
from marketplace.kernel.unreadable import readable
from marketplace.registration import queries
from marketplace.registration.models import Filing
from marketplace.registration.serializers import (
    FilingActWrite,
    FilingOpen,
    FilingPage,
    FilingRead,
)
from marketplace.registration.services import filing as services
from marketplace.registration.workflow import FILING, FilingStatus
from marketplace.web.rest import (
    MOST_PAGES,
    read_choice,
    read_number,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import MATCH, PAGE_PARAMETER
from marketplace.web.views import fetch

_SIZE = 20
_STATUS = OpenApiParameter("status", str, enum=list(FilingStatus.values), description="状态")


class FilingList(APIView):
    """认定登记列表。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="filing_list", parameters=[PAGE_PARAMETER, _STATUS], responses=FilingPage
    )
    def get(self, request: Request) -> Response:
        """The filings that the caller may see, newest first."""
        asked = read_parameters(request, "page", "status")
        chosen = read_choice(asked, "status", FilingStatus.values)
        rows = queries.visible_to(request.user)
        rows = rows.filter(status=chosen) if chosen else rows
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        count, start = rows.count(), (number - 1) * _SIZE
        if start and start >= count:
            raise NotFound
        found = readable(rows[start : start + _SIZE])
        body = FilingRead(found, many=True, context={"actor": request.user}).data
        return Response({"count": count, "results": body})

    @extend_schema(
        operation_id="filing_open",
        request=FilingOpen,
        responses={200: FilingRead, 201: FilingRead},
    )
    def post(self, request: Request) -> Response:
        """Begin the registration of a signed contract; sent again, it gives the same filing."""
        sent = FilingOpen(data=request.data)
        sent.is_valid(raise_exception=True)
        contract = fetch(
            deals.visible_to(request.user),
            sent.validated_data["contract"],
            actor=request.user,
            view="deals.view_contract",
            action="registration.file_contract",
        )
        is_new = queries.filing_of(contract) is None
        row = services.open_filing(contract, actor=request.user)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return _shown(request, row.code, code)


class FilingDetail(APIView):
    """一份认定登记。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="filing_detail", responses=FilingRead)
    def get(self, request: Request, code: str) -> Response:
        """One filing with what the caller may do."""
        return _shown(request, code)


def _filing_of(request: Request, code: str) -> Filing:
    rows = queries.visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="registration.view_registration")


def _shown(request: Request, code: str, answer: int = status.HTTP_200_OK) -> Response:
    row = _filing_of(request, code)
    body = FilingRead(row, context={"actor": request.user}).data
    return tagged(body, row.rev, status=answer)


Act = Callable[[Filing, dict[str, Any], dict[str, Any]], object]


def _recognised(data: dict[str, Any]) -> services.Recognised:
    return services.Recognised(
        data["contract_type"], data.get("total_fen"), data.get("technical_fen")
    )


def _register(row: Filing, data: dict[str, Any], how: dict[str, Any]) -> object:
    if data.get("official_on") is None:
        raise InvalidInput({"official_on": [_("请填写登记日期")]})
    return services.register(
        row, data["official_number"], data["official_on"], recognised=_recognised(data), **how
    )


def _income(row: Filing, data: dict[str, Any], how: dict[str, Any]) -> object:
    if data.get("amount_fen") is None:
        raise InvalidInput({"amount_fen": [_("请填写核定的技术性收入")]})
    return services.confirm_income(row, data["amount_fen"], note=data["note"], **how)


def _noted(service: Callable[..., object]) -> Act:
    return lambda row, data, how: service(row, note=data["note"], **how)


def _reasoned(service: Callable[..., object]) -> Act:
    return lambda row, data, how: service(row, reason=data["reason"], **how)


#: What each act calls, by the name of its move.
ACTS: dict[str, Act] = {
    "submit": lambda row, _data, how: services.submit(row, **how),
    "resubmit": lambda row, _data, how: services.submit(row, **how),
    "recall": lambda row, _data, how: services.recall(row, **how),
    "reopen": lambda row, _data, how: services.reopen(row, **how),
    "return": lambda row, data, how: services.return_for_correction(
        row, data.get("reasons", []), note=data["note"], **how
    ),
    "accept": lambda row, _data, how: services.accept(row, **how),
    "pass_first": _noted(services.pass_first),
    "pass_second": _noted(services.pass_second),
    "approve": _noted(services.approve),
    "forward": _noted(services.forward),
    "refuse": lambda row, data, how: services.refuse(
        row, data.get("codes", []), note=data["note"], **how
    ),
    "record_filed": lambda row, data, how: services.record_filed(
        row,
        reported_number=data["reported_number"],
        reported_on=data.get("reported_on"),
        **how,
    ),
    "register": _register,
    "change": lambda row, data, how: services.change(
        row,
        reason=data["reason"],
        recognised=_recognised(data),
        official_number=data["official_number"],
        official_on=data.get("official_on"),
        **how,
    ),
    "cancel": _reasoned(services.cancel),
    "revoke": _reasoned(services.revoke),
    "dispute": _reasoned(services.dispute),
    "settle": _reasoned(services.settle),
    "settle_changed": _reasoned(services.settle),
    "settle_performed": _reasoned(services.settle),
    "confirm_income": _income,
}


class FilingAct(APIView):
    """对认定登记的操作，名称见 available_actions。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 428 and 412: the version that was seen must be named.
    conditional = True

    @extend_schema(
        operation_id="filing_act",
        parameters=[MATCH],
        request=FilingActWrite,
        responses=FilingRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Make one move, on the version that was seen."""
        row = _filing_of(request, code)
        if act not in ACTS:
            raise NotFound
        if not request.user.has_perm(FILING.transitions[act].permission, row):
            raise Forbidden
        sent = FilingActWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        how: dict[str, Any] = {"actor": request.user, "rev": seen_rev(request)}
        try:
            ACTS[act](row, sent.validated_data, how)
        except Stale as error:
            now = _filing_of(request, code)
            present = FilingRead(now, context={"actor": request.user}).data
            return stale_problem(request, error, present, now.rev)
        return _shown(request, code)
