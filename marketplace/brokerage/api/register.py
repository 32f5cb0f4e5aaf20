"""Brokers over REST: the directory, one of them, and one's own entry."""

from typing import Any

from django.http import Http404

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import browsing, queries, rulebook, services
from marketplace.brokerage.rulebook import Level, Scheme
from marketplace.brokerage.serializers import BrokerRead, OwnEntryRead
from marketplace.kernel.errors import NotVisible, Stale
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.rest import (
    MOST_PAGES,
    MOST_TEXT,
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
from marketplace.web.rest_parts import PAGE_PARAMETER
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
            PAGE_PARAMETER,
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
