"""Intents over REST: proposed, countered, accepted, declined and withdrawn by those who bind a side."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from marketplace.enquiries import queries, services
from marketplace.enquiries.api.common import enquiry_of, made_status
from marketplace.enquiries.models import Intent
from marketplace.enquiries.serializers import CounterWrite, IntentActWrite, IntentRead, IntentWrite
from marketplace.enquiries.workflow import INTENT
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, Stale
from marketplace.kernel.unreadable import readable
from marketplace.web.rest import once_ticket, read_parameters, seen_rev, stale_problem, tagged
from marketplace.web.rest_parts import KEY, MATCH
from marketplace.web.throttle import check as spend
from marketplace.web.views import fetch

BIND = "enquiries.bind_enquiry"
#: Proposals of one enquiry that a list shows, the newest.
MOST = 50
#: Requests with files that one person may send, counted together with those of the pages.
UPLOADS = "60/h"


def _intent_of(request: Request, code: str) -> Intent:
    rows = queries.intents_visible_to(request.user).select_related("supersedes")
    return fetch(rows, code, actor=request.user, view="enquiries.view_intent")


def _shown(request: Request, code: str, answer: int = status.HTTP_200_OK) -> Response:
    intent = _intent_of(request, code)
    body = IntentRead(intent, context={"request": request}).data
    return tagged(body, intent.rev, status=answer)


def _stale(request: Request, error: Stale, code: str) -> Response:
    present = _intent_of(request, code)
    body = IntentRead(present, context={"request": request}).data
    return stale_problem(request, error, body, present.rev)


def _values(shape: Any, request: Request) -> dict[str, Any]:
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    return {name: value for name, value in sent.validated_data.items() if name != "rev"}


class IntentCollection(APIView):
    """一条咨询里的意向。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(operation_id="intent_list", responses=IntentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """All proposals, newest first, at most 50."""
        read_parameters(request)
        enquiry = enquiry_of(request, code)
        rows = queries.intents_of(enquiry).select_related("supersedes", "enquiry")
        found = readable(rows[:MOST])
        context = {"request": request, "confirmations": queries.confirmations_of(found)}
        return Response(IntentRead(found, many=True, context=context).data)

    @extend_schema(
        operation_id="intent_propose",
        parameters=[KEY],
        request=IntentWrite,
        responses={200: IntentRead, 201: IntentRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Propose an intent for the own side."""
        enquiry = enquiry_of(request, code, BIND)
        values = _values(IntentWrite, request)
        spend(request, "enquiries-intent", per_user="30/h")
        made = once(
            once_ticket(request),
            lambda: services.propose_intent(
                enquiry, values, actor=request.user, names_checked=values["names_checked"]
            ),
            actor=request.user,
        )
        return _shown(request, made.code, made_status(made.is_new))


class IntentItem(APIView):
    """一份意向。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="intent_detail", responses=IntentRead)
    def get(self, request: Request, code: str) -> Response:
        """One proposal with what the caller may do."""
        read_parameters(request)
        return _shown(request, code)


class IntentCounter(APIView):
    """提出修改方案，取代正在等待确认的意向。"""

    permission_classes = (IsAuthenticated,)
    conditional = True
    once = True

    @extend_schema(
        operation_id="intent_counter",
        parameters=[MATCH, KEY],
        request=CounterWrite,
        responses={200: IntentRead, 201: IntentRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Another proposal in place of the one that was seen; the answer is the new one."""
        earlier = _intent_of(request, code)
        if not request.user.has_perm("enquiries.counter_intent", earlier):
            raise Forbidden
        rev, values = seen_rev(request), _values(CounterWrite, request)
        spend(request, "enquiries-intent", per_user="30/h")
        try:
            made = once(
                once_ticket(request),
                lambda: services.propose_intent(
                    earlier.enquiry,
                    values,
                    actor=request.user,
                    counter_to=earlier,
                    rev=rev,
                    names_checked=values["names_checked"],
                ),
                actor=request.user,
            )
        except Stale as error:
            return _stale(request, error, code)
        return _shown(request, made.code, made_status(made.is_new))


class IntentAct(APIView):
    """对意向的操作：accept、seal、decline、withdraw。"""

    permission_classes = (IsAuthenticated,)
    parser_classes: Any = (*api_settings.DEFAULT_PARSER_CLASSES, MultiPartParser)
    conditional = True

    @extend_schema(
        operation_id="intent_act",
        parameters=[MATCH],
        request={"application/json": IntentActWrite, "multipart/form-data": IntentActWrite},
        responses=IntentRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Accept or decline for the other side; seal or withdraw the own proposal.

        A sealed PDF (`scan`) takes the place of the on-line confirmation, with accept and with seal.
        """
        intent = _intent_of(request, code)
        if act not in {"accept", "decline", "seal", "withdraw"}:
            raise NotFound
        if not request.user.has_perm(INTENT.transitions[act].permission, intent):
            raise Forbidden
        rev, values = seen_rev(request), _values(IntentActWrite, request)
        if values["scan"] is not None:
            spend(request, "uploads", per_user=UPLOADS)
        actor: Any = request.user
        try:
            if act == "accept":
                services.accept_intent(intent, actor=actor, rev=rev, scan=values["scan"])
            elif act == "seal":
                services.seal_intent(intent, actor=actor, rev=rev, scan=values["scan"])
            elif act == "withdraw":
                services.withdraw_intent(intent, actor=actor, rev=rev)
            else:
                services.decline_intent(
                    intent,
                    reason=values.get("reason", ""),
                    note=values.get("note", ""),
                    names_checked=values["names_checked"],
                    actor=actor,
                    rev=rev,
                )
        except Stale as error:
            return _stale(request, error, code)
        return _shown(request, code)
