"""Tenders over REST, by the same services as the pages."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.needs import queries as needs
from marketplace.parties import queries as parties
from marketplace.taxonomy import queries as taxonomy
from marketplace.tenders import browsing, queries, services
from marketplace.tenders.index import PHASES
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import CALL, CHALLENGE, TENDER
from marketplace.tenders.serializers import (
    QuestionRead,
    QuestionWrite,
    TenderMoveWrite,
    TenderPage,
    TenderRead,
    TenderWhole,
    TenderWrite,
)
from marketplace.web.rest import (
    MOST_PAGES,
    MOST_TEXT,
    TEXT,
    once_ticket,
    read_choice,
    read_codes,
    read_number,
    read_parameters,
    read_text,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, MOVE, PAGE_PARAMETER
from marketplace.web.views import fetch

SIZE = 20
_STATES = list(PHASES)
#: Facets whose values are lists of the taxonomy.
_TERMS = ("industry", "district")
_PROCEDURES = [CALL, CHALLENGE, TENDER]
_TEXT = OpenApiParameter("q", TEXT, description="搜索词")
_INDUSTRY, _DISTRICT = (
    OpenApiParameter(name, str, many=True, description=f"代码见 /api/v1/taxonomy/{name}/")
    for name in _TERMS
)
_STATE = OpenApiParameter("state", str, enum=_STATES, description="状态")
_PROCEDURE = OpenApiParameter("procedure", str, enum=_PROCEDURES, description="方式")


class TenderApi(APIView):
    """What the views of tenders share."""

    def one(self, code: str) -> Tender:
        """The tender of this code as it is now. Raises Http404 for a draft of others."""
        row = fetch(
            queries.visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="tenders.view_tender",
        )
        return services.settle(row)

    def whole(self, row: Tender) -> dict[str, Any]:
        """One with its parts, questions and changes as the caller may see them."""
        context = {
            "request": self.request,
            "questions": queries.published_questions(row),
            "amendments": queries.amendments_of(row, self.request.user),
            "cancellation": queries.announced_cancellation(row),
            "rounds": queries.rounds_of(row),
        }
        return dict(TenderWhole(row, context=context).data)


class TenderCollection(TenderApi):
    """征集列表；起草征集。"""

    once = True

    def get_permissions(self) -> list[Any]:
        """Everybody reads; people draft."""
        return [
            AllowAny() if self.request.method in {"GET", "HEAD", "OPTIONS"} else IsAuthenticated()
        ]

    @extend_schema(
        operation_id="tender_list",
        parameters=[_TEXT, _STATE, _PROCEDURE, _INDUSTRY, _DISTRICT, PAGE_PARAMETER],
        responses=TenderPage,
    )
    def get(self, request: Request) -> Response:
        """What is public, searched and filtered as on the page; of open ones what closes next comes first."""
        asked = read_parameters(request, "q", "state", "procedure", "page", *_TERMS)
        chosen = {
            name: read_codes(asked, name, {term.code for term in taxonomy.terms(name)}, scheme=name)
            for name in _TERMS
        }
        procedure = read_choice(asked, "procedure", _PROCEDURES)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        found = browsing.find(
            read_text(asked, "q", most=MOST_TEXT),
            chosen | {"procedure": [procedure] if procedure else []},
            phase=read_choice(asked, "state", _STATES) or "",
            now=clock.now(),
            page=number,
            size=SIZE,
        )
        if number > found.pages:
            raise NotFound
        shown = TenderRead(found.rows, many=True, context={"request": request}).data
        return Response(
            {
                "count": found.total,
                "page": number,
                "pages": found.pages,
                "degraded": found.degraded,
                "results": shown,
            }
        )

    @extend_schema(
        operation_id="tender_draft",
        parameters=[KEY],
        request=TenderWrite,
        responses={200: TenderWhole, 201: TenderWhole},
    )
    def post(self, request: Request) -> Response:
        """Draft one from a need of the caller's organisation."""
        sent = TenderWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        need = needs.visible_to(request.user).filter(code=held["need"]).first()
        if need is None:
            raise InvalidInput({"need": ["没有这个需求"]})
        beginning = services.Beginning(held["procedure"], held["is_free"])
        made = once(
            once_ticket(request),
            lambda: services.draft_tender(need, beginning, actor=request.user),
            actor=request.user,
        )
        row = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.whole(row), row.rev, status=code)


class TenderItem(TenderApi):
    """一项征集。"""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="tender_detail", responses=TenderWhole)
    def get(self, request: Request, code: str) -> Response:
        """One tender with its calendar, criteria, questions and amendments."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


class TenderQuestions(TenderApi):
    """提问。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(
        operation_id="tender_ask",
        parameters=[KEY],
        request=QuestionWrite,
        responses={200: QuestionRead, 201: QuestionRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask something in the name of an organisation of the caller's; who asks is not told."""
        row = self.one(code)
        if not request.user.has_perm("tenders.ask_tender", row):
            raise Forbidden
        sent = QuestionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        org = _own_organization(request, sent.validated_data.get("organization"), row.owner_id)
        made = once(
            once_ticket(request),
            lambda: services.ask(row, org, sent.validated_data["text"], actor=request.user),
            actor=request.user,
        )
        found = queries.questions_visible_to(request.user).get(code=made.code)
        shown = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return Response(QuestionRead(found).data, status=shown)


def _own_organization(request: Request, code: str | None, but: int) -> Any:
    """The organisation for which the caller acts; may be left out where there is only one."""
    mine = [
        row.organization
        for row in parties.organizations_of(request.user)
        if row.organization_id != but
    ]
    chosen = mine if code is None else [org for org in mine if org.code == code]
    if len(chosen) != 1:
        raise InvalidInput({"organization": ["请给出本人所在单位的编号"]})
    return chosen[0]


class TenderMove(TenderApi):
    """提交、撤回、退回、公告、县区初审、专家论证、暂停、恢复、申请终止。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="tender_move",
        parameters=[MATCH, MOVE],
        request=TenderMoveWrite,
        responses=TenderWhole,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is submit, recall, return, return_by_county, return_by_authority, publish, screen, argue, suspend, resume or cancel."""
        row = self.one(code)
        act = _ACTS.get(move)
        if act is None:
            raise NotVisible
        permission, make = act
        if not request.user.has_perm(permission, row):
            raise Forbidden
        rev = seen_rev(request)
        sent = TenderMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            make(row, sent.validated_data, {"actor": request.user, "rev": rev})
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.whole(present), present.rev)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


def _reason(held: dict[str, Any]) -> str:
    return str(held.get("reason", ""))


def _text(held: dict[str, Any]) -> str:
    return str(held.get("text", ""))


_ACTS: dict[str, tuple[str, Callable[[Tender, dict[str, Any], dict[str, Any]], Any]]] = {
    "submit": ("tenders.bind_tender", lambda row, _held, how: services.submit_tender(row, **how)),
    "recall": ("tenders.bind_tender", lambda row, _held, how: services.recall_tender(row, **how)),
    "return": (
        "tenders.review_tender",
        lambda row, held, how: services.return_tender(row, reason=_reason(held), **how),
    ),
    "return_by_county": (
        "tenders.screen_tender",
        lambda row, held, how: services.return_tender(
            row, reason=_reason(held), move="return_by_county", **how
        ),
    ),
    "return_by_authority": (
        "tenders.argue_tender",
        lambda row, held, how: services.return_tender(
            row, reason=_reason(held), move="return_by_authority", **how
        ),
    ),
    "publish": (
        "tenders.review_tender",
        lambda row, _held, how: services.publish_tender(row, **how),
    ),
    "screen": (
        "tenders.screen_tender",
        lambda row, held, how: services.screen_tender(row, text=_text(held), **how),
    ),
    "argue": (
        "tenders.argue_tender",
        lambda row, held, how: services.argue_tender(row, text=_text(held), **how),
    ),
    "suspend": (
        "tenders.suspend_tender",
        lambda row, held, how: services.suspend_tender(row, reason=_reason(held), **how),
    ),
    "resume": (
        "tenders.suspend_tender",
        lambda row, held, how: services.resume_tender(row, reason=_reason(held), **how),
    ),
    "cancel": (
        "tenders.bind_tender",
        lambda row, held, how: services.ask_to_cancel(
            row, kind=held.get("kind", ""), reason=_reason(held), **how
        ),
    ),
}
