"""Contracts over REST: list, begin, one of them, its sections, its moves."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
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
    SectionWrite,
)
from marketplace.deals.api.shared import contract_of, done, shown, values_of
from marketplace.deals.models import Contract
from marketplace.enquiries.queries import intents_visible_to
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.unreadable import readable
from marketplace.parties.queries import organizations_of
from marketplace.web.rest import (
    MOST_PAGES,
    once_ticket,
    read_number,
    read_parameters,
    seen_rev,
)
from marketplace.web.rest_parts import KEY, MATCH, PAGE_PARAMETER

SIZE = 20


class ContractCollection(APIView):
    """技术合同。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(
        operation_id="contract_list", parameters=[PAGE_PARAMETER], responses=ContractPage
    )
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
        values = values_of(ContractWrite, request)
        make = _from_intent(request, values) if "intent" in values else _empty(request, values)
        made = once(once_ticket(request), make, actor=request.user)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return shown(request, made.code, code)


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
        return shown(request, code)


class ContractSection(APIView):
    """合同的一个部分：basics、parties、money、worksheet、acceptance、milestones、official、particulars。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contract_save",
        parameters=[MATCH],
        request=SectionWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str, section: str) -> Response:
        """Save one section; columns that are left out keep their value."""
        contract = contract_of(request, code, "deals.edit_contract")
        if section not in services.SECTIONS:
            raise NotFound
        rev, values = seen_rev(request), values_of(SectionWrite, request)["values"]
        actor: Any = request.user
        return done(
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
        parameters=[MATCH],
        request=ActWrite,
        responses=ContractRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Make one move."""
        contract = contract_of(request, code, _PERMISSIONS.get(act))
        if act not in _PERMISSIONS:
            raise NotFound
        rev, values = seen_rev(request), values_of(ActWrite, request)
        return done(request, code, lambda: _ACTS[act](contract, values, request.user, rev))


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
