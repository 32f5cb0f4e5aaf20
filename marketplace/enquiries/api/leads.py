"""Leads over REST: for brokers, and the asker's consent to one of them by name."""

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.enquiries import queries, services
from marketplace.enquiries.api.common import enquiry_of, one_page
from marketplace.enquiries.models import Lead
from marketplace.enquiries.serializers import (
    AskersLeadRead,
    BrokerAnswerWrite,
    HandBackWrite,
    LeadRead,
)
from marketplace.enquiries.workflow import LEAD
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.web.rest import (
    read_choice,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import MATCH, PAGE_PARAMETER
from marketplace.web.views import fetch

_LISTS = {"open": queries.open_leads, "held": queries.leads_held_by}


def _lead_of(request: Request, code: str) -> Lead:
    rows = queries.leads_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="enquiries.view_lead")


class LeadCollection(APIView):
    """待跟进线索，供技术经纪人领取。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="lead_list",
        parameters=[
            OpenApiParameter("of", str, enum=list(_LISTS), description="可领取的，或自己领取的"),
            PAGE_PARAMETER,
        ],
        responses=LeadRead(many=True),
    )
    def get(self, request: Request) -> Response:
        """The leads that wait for a broker, or those that the caller holds; newest first, 20 rows."""
        if not request.user.has_perm("enquiries.view_leads"):
            raise Forbidden
        asked = read_parameters(request, "of", "page")
        rows = _LISTS[read_choice(asked, "of", _LISTS, default="open")](request.user)
        return one_page(request, asked, rows, LeadRead)


class LeadItem(APIView):
    """一条线索。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="lead_detail", responses=LeadRead)
    def get(self, request: Request, code: str) -> Response:
        """One lead as its broker may see it."""
        read_parameters(request)
        lead = _lead_of(request, code)
        return tagged(LeadRead(lead, context={"request": request}).data, lead.rev)


class LeadAct(APIView):
    """对线索的操作：take、note、hand_back。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="lead_act",
        parameters=[MATCH],
        request=HandBackWrite,
        responses=LeadRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Take an open lead, note progress on the own one, or hand it back."""
        lead = _lead_of(request, code)
        if act not in {"take", "note", "hand_back"}:
            raise NotFound
        # To note progress changes no state: it asks for what handing back asks for.
        move = "hand_back" if act == "note" else act
        if not request.user.has_perm(LEAD.transitions[move].permission, lead):
            raise Forbidden
        rev = seen_rev(request)
        sent = HandBackWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            if act == "take":
                services.take_lead(lead, actor=request.user, rev=rev)
            elif act == "note":
                services.note_work(lead, actor=request.user, rev=rev)
            else:
                reason = sent.validated_data["reason"]
                services.hand_back_lead(lead, actor=request.user, reason=reason, rev=rev)
        except Stale as error:
            present = _lead_of(request, code)
            body = LeadRead(present, context={"request": request}).data
            return stale_problem(request, error, body, present.rev)
        present = _lead_of(request, code)
        return tagged(LeadRead(present, context={"request": request}).data, present.rev)


class LeadAnswer(APIView):
    """咨询方是否同意由某位技术经纪人跟进。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(operation_id="lead_consent", responses=AskersLeadRead)
    def get(self, request: Request, code: str) -> Response:
        """The lead that the own enquiry became, and which broker asks for consent."""
        read_parameters(request)
        return self._shown(request, self._lead(request, code))

    @extend_schema(
        operation_id="lead_answer",
        parameters=[MATCH],
        request=BrokerAnswerWrite,
        responses=AskersLeadRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Agree that the broker who was seen reads text and contact, or do not agree."""
        lead = self._lead(request, code)
        rev = seen_rev(request)
        if rev is None:
            # 个人信息保护法第二十三条: consent names whom it is given to, and "any state" names nobody.
            raise InvalidInput(
                {"rev": [_("同意只对您看到的那位经纪人有效，请给出 GET 返回的 ETag")]}
            )
        sent = BrokerAnswerWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            if sent.validated_data["answer"] == "refuse":
                services.refuse_broker(lead, actor=request.user, rev=rev)
            else:
                services.confirm_broker(
                    lead, broker_id=lead.broker_id or 0, actor=request.user, rev=rev
                )
        except Stale as error:
            present = self._lead(request, code)
            return stale_problem(request, error, AskersLeadRead(present).data, present.rev)
        return self._shown(request, self._lead(request, code))

    def _lead(self, request: Request, code: str) -> Lead:
        lead = queries.lead_of(enquiry_of(request, code, "enquiries.ask_enquiry"))
        if lead is None:
            raise NotVisible
        return lead

    def _shown(self, request: Request, lead: Lead) -> Response:
        return tagged(AskersLeadRead(lead, context={"request": request}).data, lead.rev)
