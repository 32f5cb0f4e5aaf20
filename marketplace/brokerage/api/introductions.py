"""Introductions over REST: list, record, one of them, and the answer of a side."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import queries
from marketplace.brokerage.api.paging import entered_broker, page_of
from marketplace.brokerage.api.shapes import (
    AnswerWrite,
    IntroductionPage,
    IntroductionRead,
    IntroductionWrite,
    MeetingWrite,
)
from marketplace.brokerage.forms.mandates import IntroduceForm, MeetingForm
from marketplace.brokerage.models import Introduction
from marketplace.brokerage.services import introductions, met
from marketplace.brokerage.services.claiming import claim_of_meeting
from marketplace.brokerage.services.introductions import Claim
from marketplace.enquiries import queries as enquiries
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, Stale
from marketplace.web.rest import (
    once_ticket,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, PAGE_PARAMETER
from marketplace.web.views import fetch


class IntroductionList(APIView):
    """对接记录列表。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 422: the key was used before with another body.
    once = True

    @extend_schema(
        operation_id="introduction_list", parameters=[PAGE_PARAMETER], responses=IntroductionPage
    )
    def get(self, request: Request) -> Response:
        """The introductions of the caller, as broker or as a party; newest first."""
        return page_of(request, queries.own_introductions(request.user), IntroductionRead)

    @extend_schema(
        operation_id="introduction_record",
        parameters=[KEY],
        request=IntroductionWrite,
        responses={200: IntroductionRead, 201: IntroductionRead},
    )
    def post(self, request: Request) -> Response:
        """Record that the caller, a broker, brought two parties together."""
        broker = entered_broker(request.user)
        sent = IntroductionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        claim = _claim(request, sent.validated_data)
        made = once(
            once_ticket(request),
            lambda: introductions.record_introduction(broker, claim, actor=request.user),
            actor=request.user,
        )
        row = _introduction_of(request, made.code)
        body = IntroductionRead(row, context={"actor": request.user}).data
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(body, row.rev, status=code)


def _claim(request: Request, values: dict[str, Any]) -> Claim:
    """What was sent, read like the forms of the pages. Raises InvalidInput, NotVisible, Refused."""
    form = IntroduceForm(values) if "enquiry" in values else MeetingForm(values)
    if not form.is_valid():
        raise InvalidInput(form.errors)
    cleaned = form.cleaned_data
    if "enquiry" not in values:
        return claim_of_meeting(cleaned, actor=request.user)
    enquiry = fetch(
        enquiries.visible_to(request.user),
        values["enquiry"],
        actor=request.user,
        view="enquiries.view_enquiry",
    )
    return introductions.claim_of_enquiry(
        enquiry, note=cleaned["note"], evidence=cleaned["evidence"], at=cleaned["happened_at"]
    )


def _introduction_of(request: Request, code: str) -> Introduction:
    rows = queries.introductions_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="brokerage.view_introduction")


class IntroductionDetail(APIView):
    """一项对接记录。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="introduction_detail", responses=IntroductionRead)
    def get(self, request: Request, code: str) -> Response:
        """One introduction with what the caller may do."""
        row = _introduction_of(request, code)
        return tagged(IntroductionRead(row, context={"actor": request.user}).data, row.rev)


class IntroductionAnswer(APIView):
    """对对接记录的答复。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 428 and 412: the version that was seen must be named.
    conditional = True

    @extend_schema(
        operation_id="introduction_answer",
        parameters=[MATCH],
        request=AnswerWrite,
        responses=IntroductionRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Acknowledge or dispute for a side that the caller makes promises for."""
        row = _introduction_of(request, code)
        if not request.user.has_perm("brokerage.answer_introduction", row):
            raise Forbidden
        sent = AnswerWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        values = {name: value for name, value in sent.validated_data.items() if name != "rev"}
        values.setdefault("side", "")
        try:
            introductions.answer_introduction(
                row, actor=request.user, rev=seen_rev(request), **values
            )
        except Stale as error:
            now = _introduction_of(request, code)
            present = IntroductionRead(now, context={"actor": request.user}).data
            return stale_problem(request, error, present, now.rev)
        row = _introduction_of(request, code)
        return tagged(IntroductionRead(row, context={"actor": request.user}).data, row.rev)


class IntroductionMet(APIView):
    """对方是否联系上了：没有咨询的对接，登记十天后询问双方。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="introduction_met", request=MeetingWrite, responses=IntroductionRead
    )
    def post(self, request: Request, code: str) -> Response:
        """Say whether the other side got in touch. Said again, the last answer counts."""
        row = _introduction_of(request, code)
        if not request.user.has_perm("brokerage.answer_introduction", row):
            raise Forbidden
        sent = MeetingWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        met.answer_met(row, actor=request.user, **sent.validated_data)
        row = _introduction_of(request, code)
        return tagged(IntroductionRead(row, context={"actor": request.user}).data, row.rev)
