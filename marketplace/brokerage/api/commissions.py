"""Fees of mandates over REST: those of a mandate, a new one, and the moves of one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import queries
from marketplace.brokerage.models import CommissionEntry, Mandate
from marketplace.brokerage.services import commissions
from marketplace.brokerage.workflow import COMMISSION
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, Stale
from marketplace.kernel.money import MAX_FEN
from marketplace.kernel.unreadable import readable
from marketplace.web.rest import once_ticket, seen_rev, stale_problem, tagged
from marketplace.web.rest_parts import KEY, MATCH
from marketplace.web.serializers import DayField, WholeField
from marketplace.web.views import fetch


class CommissionRead(serializers.Serializer[Any]):
    """A fee of a mandate, in fen. The amount is null while the intent it follows from names none."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    mandate = serializers.CharField(source="mandate.code")
    enquiry = serializers.CharField(source="enquiry.code", allow_null=True, default=None)
    amount_fen = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    expected_fen = serializers.SerializerMethodField(
        help_text="按委托条款和意向金额计算；没有金额时为空"
    )
    dispute_reason = serializers.CharField(allow_blank=True, help_text="委托方的异议")
    available_actions = serializers.SerializerMethodField()

    def get_expected_fen(self, entry: CommissionEntry) -> int | None:
        """What the agreed terms give."""
        known: dict[int, int | None] = self.context.get("expected", {})
        return known[entry.pk] if entry.pk in known else queries.expected_fees([entry])[entry.pk]

    def get_available_actions(self, entry: CommissionEntry) -> list[str]:
        """What the caller may do now."""
        return [move.name for move in COMMISSION.available(entry, self.context["actor"])]


class CommissionList(serializers.Serializer[Any]):
    """All fees of one mandate."""

    results = CommissionRead(many=True)


class CommissionWrite(serializers.Serializer[Any]):
    """A fee that is due."""

    amount_fen = WholeField(min_value=1, max_value=MAX_FEN)
    due_on = DayField()
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=commissions.MAX_NOTE, default=""
    )


class CommissionMove(serializers.Serializer[Any]):
    """What a move needs: `fix` the amount and the day it is due, `pay` the day it was paid, `dispute` the reason."""

    amount_fen = WholeField(min_value=1, max_value=MAX_FEN, required=False)
    due_on = DayField(required=False)
    paid_on = DayField(required=False)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=commissions.MAX_REASON
    )
    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class MandateCommissions(APIView):
    """一份委托的佣金。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 422: the key was used before with another body.
    once = True

    @extend_schema(operation_id="commission_list", responses=CommissionList)
    def get(self, request: Request, code: str) -> Response:
        """The fees of this mandate."""
        rows = readable(queries.commissions_of(_mandate(request, code)))
        context = {"actor": request.user, "expected": queries.expected_fees(rows)}
        body = CommissionRead(rows, many=True, context=context).data
        return Response({"results": body})

    @extend_schema(
        operation_id="commission_add",
        parameters=[KEY],
        request=CommissionWrite,
        responses={200: CommissionRead, 201: CommissionRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """The broker enters a fee that is due; the client is told."""
        mandate = _mandate(request, code)
        if mandate.broker.user_id != request.user.pk:
            raise Forbidden
        sent = CommissionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        made = once(
            once_ticket(request),
            lambda: commissions.add_commission(mandate, actor=request.user, **sent.validated_data),
            actor=request.user,
        )
        answer = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return _body(request, _entry(request, made.code), answer)


class CommissionAct(APIView):
    """对佣金的操作：fix、pay、dispute、confirm、cancel。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 428 and 412: the version that was seen must be named.
    conditional = True

    @extend_schema(
        operation_id="commission_act",
        parameters=[MATCH],
        request=CommissionMove,
        responses=CommissionRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Make one move, on the version that was seen."""
        entry = _entry(request, code)
        if act not in COMMISSION.transitions:
            raise NotFound
        if not request.user.has_perm(COMMISSION.transitions[act].permission, entry):
            raise Forbidden
        sent = CommissionMove(data=request.data)
        sent.is_valid(raise_exception=True)
        values = {name: value for name, value in sent.validated_data.items() if name != "rev"}
        try:
            commissions.move_commission(
                entry, act, actor=request.user, rev=seen_rev(request), **values
            )
        except Stale as error:
            now = _entry(request, code)
            present = CommissionRead(now, context={"actor": request.user}).data
            return stale_problem(request, error, present, now.rev)
        return _body(request, _entry(request, code))


def _body(request: Request, row: CommissionEntry, answer: int = status.HTTP_200_OK) -> Response:
    return tagged(CommissionRead(row, context={"actor": request.user}).data, row.rev, status=answer)


def _mandate(request: Request, code: str) -> Mandate:
    rows = queries.mandates_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="brokerage.view_mandate")


def _entry(request: Request, code: str) -> CommissionEntry:
    rows = queries.commissions_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="brokerage.view_commission")
