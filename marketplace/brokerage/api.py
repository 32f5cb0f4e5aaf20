"""Brokers over REST: the directory, one of them, and one's own entry."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import browsing, queries, rulebook, services
from marketplace.brokerage.models import Introduction, Mandate
from marketplace.brokerage.rulebook import Level, Scheme
from marketplace.brokerage.serializers import BrokerRead, OwnEntryRead
from marketplace.brokerage.services import introductions, mandates
from marketplace.brokerage.workflow import INTRODUCTION, MANDATE
from marketplace.kernel.errors import Forbidden, NotVisible, Stale
from marketplace.kernel.unreadable import readable
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.rest import (
    MOST_PAGES,
    MOST_TEXT,
    PAGE,
    TEXT,
    read_choice,
    read_codes,
    read_number,
    read_parameters,
    read_text,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.views import Gone, fetch

#: Facets whose values are lists of their own, not of the taxonomy.
_LISTS = {
    "level": list(Level.values),
    "scheme": list(Scheme.values),
    "language": [code for code, _label in rulebook.LANGUAGES],
}
_TERMS = ("field", "industry", "district")


def _answer(face: queries.Face, request: Request) -> dict[str, Any]:
    context = {"request": request, "records": queries.records_of([face.broker])}
    return dict(BrokerRead(face, context=context).data)


class BrokerPage(serializers.Serializer[Any]):
    """One page of the directory."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    degraded = serializers.BooleanField(help_text="搜索服务暂时不可用，结果可能不全")
    results = BrokerRead(many=True)


class BrokerList(APIView):
    """技术经纪人名录。"""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="broker_list",
        parameters=[
            OpenApiParameter("q", TEXT, description="搜索词"),
            OpenApiParameter("page", PAGE, description="页码，每页 20 条"),
            OpenApiParameter("sort", str, enum=["name"]),
            *(
                OpenApiParameter(
                    name, str, many=True, description=f"代码见 /api/v1/taxonomy/{name}/"
                )
                for name in _TERMS
            ),
            *(
                OpenApiParameter(name, str, many=True, enum=values)
                for name, values in _LISTS.items()
            ),
        ],
        responses=BrokerPage,
    )
    def get(self, request: Request) -> Response:
        """Brokers in the register, searched and filtered as on the page."""
        asked = read_parameters(request, "q", "page", "sort", *_TERMS, *_LISTS)
        q = read_text(asked, "q", most=MOST_TEXT)
        sort = read_choice(asked, "sort", ["name"])
        chosen = {
            name: read_codes(asked, name, {term.code for term in taxonomy.terms(name)}, scheme=name)
            for name in _TERMS
        }
        chosen |= {name: read_codes(asked, name, values) for name, values in _LISTS.items()}
        page = read_number(asked, "page", most=MOST_PAGES, default=1)
        found = browsing.directory(q, chosen, sort=sort, page=page)
        if page > found.pages:
            raise NotFound
        records = queries.records_of([face.broker for face in found.faces])
        context = {"request": request, "records": records}
        return Response(
            {
                "count": found.total,
                "page": page,
                "pages": found.pages,
                "degraded": found.degraded,
                "results": BrokerRead(found.faces, many=True, context=context).data,
            }
        )


class BrokerDetail(APIView):
    """一位技术经纪人。"""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    gone = True

    @extend_schema(operation_id="broker_detail", responses=BrokerRead)
    def get(self, request: Request, code: str) -> Response:
        """One broker as on the public page."""
        read_parameters(request)
        try:
            broker = fetch(
                queries.entered_brokers(), code, actor=request.user, view="brokerage.view_broker"
            )
        except Http404:
            if queries.taken_down(code) is None:
                raise
            raise Gone from None
        return Response(_answer(queries.face_of(broker), request))


class Move(serializers.Serializer[Any]):
    """A move of one's own entry."""

    action = serializers.ChoiceField(choices=["submit", "recall", "leave", "renew"])
    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class OwnEntry(APIView):
    """自己的登记。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(operation_id="broker_own", responses=OwnEntryRead)
    def get(self, request: Request) -> Response:
        """One's own entry with what is missing and the possible moves."""
        return self._shown(request)

    @extend_schema(operation_id="broker_own_move", request=Move, responses=OwnEntryRead)
    def post(self, request: Request) -> Response:
        """Make one of the own moves: submit, recall, leave, renew."""
        broker = self._own(request)
        move = Move(data=request.data)
        move.is_valid(raise_exception=True)
        action, rev = move.validated_data["action"], seen_rev(request)
        actor: Any = request.user
        try:
            if action == "submit":
                services.submit(broker, actor=actor, rev=rev)
            else:
                services.decide(broker, action, actor=actor, rev=rev)
        except Stale as error:
            present = self._own(request)
            return stale_problem(request, error, self._data(request, present), present.rev)
        return self._shown(request)

    def _own(self, request: Request) -> Any:
        broker = queries.broker_of(request.user)
        if broker is None:
            raise NotVisible
        return broker

    def _shown(self, request: Request) -> Response:
        broker = self._own(request)
        return tagged(self._data(request, broker), broker.rev)

    def _data(self, request: Request, broker: Any) -> dict[str, Any]:
        return dict(OwnEntryRead(broker, context={"request": request}).data)


# --- mandates and introductions ---------------------------------------------------------------
class TermsRead(serializers.Serializer[Any]):
    """The terms of a mandate: amounts in fen, shares in basis points (1 % = 100)."""

    exclusive = serializers.BooleanField()
    payer = serializers.CharField()
    client_share_bp = serializers.IntegerField()
    due_on = serializers.CharField()
    due_days = serializers.IntegerField()
    fee_kind = serializers.CharField()
    rate_bp = serializers.IntegerField(allow_null=True)
    floor_fen = serializers.IntegerField(allow_null=True)
    cap_fen = serializers.IntegerField(allow_null=True)
    sum_fen = serializers.IntegerField(allow_null=True)
    expenses_fen = serializers.IntegerField(allow_null=True)
    protection_days = serializers.IntegerField()
    form = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class MandateRead(serializers.Serializer[Any]):
    """A mandate. `client` is null where its name is not to be known yet."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    broker = serializers.CharField(source="broker.code")
    client = serializers.SerializerMethodField()
    kind = serializers.CharField(help_text="空为委托方发布的全部信息")
    listing = serializers.CharField(source="listing_code")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="不含这一时刻")
    version = serializers.IntegerField()
    terms = TermsRead(source="agreed")
    available_actions = serializers.SerializerMethodField()

    def get_client(self, mandate: Mandate) -> str | None:
        """The code of the client."""
        named = queries.names_client(self.context["actor"], mandate)
        return mandate.client.code if named else None

    def get_available_actions(self, mandate: Mandate) -> list[str]:
        """What the caller may do now."""
        return [move.name for move in MANDATE.available(mandate, self.context["actor"])]


class ReasonWrite(serializers.Serializer[Any]):
    """A move with its reason, and the version that it is based on."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class SideRead(serializers.Serializer[Any]):
    """A party of an introduction and its answer. `organization` is null where it is not to be known."""

    organization = serializers.CharField(allow_null=True)
    answer = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class IntroductionRead(serializers.Serializer[Any]):
    """An introduction. The protection is from `at`, before `protected_until`."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    broker = serializers.CharField(source="broker.code")
    kind = serializers.CharField()
    listing = serializers.CharField(source="listing_code")
    evidence = serializers.CharField()
    at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField()
    protected_until = serializers.DateTimeField()
    sides = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    @extend_schema_field(SideRead(many=True))
    def get_sides(self, row: Introduction) -> list[dict[str, Any]]:
        """Both parties."""
        actor = self.context["actor"]
        return [
            {
                "organization": side.organization.code
                if side.organization is not None and queries.side_name(actor, row, side)
                else None,
                "answer": side.answer,
                "reason": side.reason,
                "answered_at": side.answered_at,
            }
            for side in row.sides.all()
        ]

    def get_available_actions(self, row: Introduction) -> list[str]:
        """What the caller may do now: `answer` for a side that has not acknowledged, `withdraw`."""
        actor = self.context["actor"]
        found = ["answer"] if queries.sides_waiting_for(actor, row) else []
        moves = {move.name for move in INTRODUCTION.available(row, actor)}
        return [*found, *(["withdraw"] if "withdraw" in moves else [])]


class AnswerWrite(serializers.Serializer[Any]):
    """What a side says: `side` is the code of its organisation."""

    side = serializers.CharField(
        max_length=16, required=False, allow_blank=True, help_text="只代表一方时可以省略"
    )
    answer = serializers.ChoiceField(choices=["acknowledged", "disputed"])
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class MandatePage(serializers.Serializer[Any]):
    """One page of mandates."""

    count = serializers.IntegerField()
    results = MandateRead(many=True)


class IntroductionPage(serializers.Serializer[Any]):
    """One page of introductions."""

    count = serializers.IntegerField()
    results = IntroductionRead(many=True)


_PAGE = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="所依据的版本；也可以在正文中给出 rev"
)


def _page(request: Request, rows: QuerySet[Any], shape: Any) -> Response:
    asked = read_parameters(request, "page")
    number = read_number(asked, "page", most=MOST_PAGES, default=1)
    count = rows.count()
    start = (number - 1) * 20
    if start and start >= count:
        raise NotFound
    found = readable(rows[start : start + 20])
    body = shape(found, many=True, context={"actor": request.user}).data
    return Response({"count": count, "results": body})


class MandateList(APIView):
    """委托列表。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="mandate_list", parameters=[_PAGE], responses=MandatePage)
    def get(self, request: Request) -> Response:
        """The mandates of the caller, as broker or as client; newest first."""
        return _page(request, queries.own_mandates(request.user), MandateRead)


class MandateDetail(APIView):
    """一份委托。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="mandate_detail", responses=MandateRead)
    def get(self, request: Request, code: str) -> Response:
        """One mandate with what the caller may do."""
        row = _mandate_of(request, code)
        return tagged(MandateRead(row, context={"actor": request.user}).data, row.rev)


def _mandate_of(request: Request, code: str) -> Mandate:
    rows = queries.mandates_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="brokerage.view_mandate")


class MandateAct(APIView):
    """对委托的操作：accept、decline、withdraw、terminate。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="mandate_act",
        parameters=[_IF_MATCH],
        request=ReasonWrite,
        responses=MandateRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Accept, decline, withdraw or terminate, on the version that was seen."""
        row = _mandate_of(request, code)
        if act not in {"accept", "decline", "withdraw", "terminate"}:
            raise NotFound
        if not request.user.has_perm(MANDATE.transitions[act].permission, row):
            raise Forbidden
        sent = ReasonWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        reason = sent.validated_data.get("reason", "")
        rev = seen_rev(request)
        try:
            if act == "accept":
                row = mandates.accept_mandate(row, actor=request.user, rev=rev)
            else:
                row = mandates.close_mandate(row, act, reason=reason, actor=request.user, rev=rev)
        except Stale as error:
            present = MandateRead(_mandate_of(request, code), context={"actor": request.user})
            return stale_problem(request, error, present.data, present.data["rev"])
        return tagged(MandateRead(row, context={"actor": request.user}).data, row.rev)


class IntroductionList(APIView):
    """对接记录列表。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="introduction_list", parameters=[_PAGE], responses=IntroductionPage)
    def get(self, request: Request) -> Response:
        """The introductions of the caller, as broker or as a party; newest first."""
        return _page(request, queries.own_introductions(request.user), IntroductionRead)


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
    conditional = True

    @extend_schema(
        operation_id="introduction_answer",
        parameters=[_IF_MATCH],
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
