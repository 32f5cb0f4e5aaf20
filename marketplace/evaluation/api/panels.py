"""Panels: forming one, its moves, how far it is; the scores that the caller may read; the own entry of an expert."""

from typing import Any

from django.utils.translation import gettext as _

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.evaluation import queries, services
from marketplace.evaluation.api.shapes import (
    ExpertRead,
    PanelMoveWrite,
    PanelPage,
    PanelRead,
    PanelWrite,
    SheetPage,
)
from marketplace.evaluation.models import Panel
from marketplace.evaluation.workflow import PANEL, PanelStatus
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Lot
from marketplace.tenders.services import settle
from marketplace.web.rest import (
    once_ticket,
    read_choice,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, MOVE, PAGE_PARAMETER, paged
from marketplace.web.views import fetch

_STATUS = OpenApiParameter("status", str, enum=PanelStatus.values, description="状态")


class EvaluationApi(APIView):
    """What the views of evaluations share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, rows: list[Panel]) -> list[dict[str, Any]]:
        """Panels without names; one query for the seats of all."""
        context = {"progress": queries.progress_of(rows)}
        return list(PanelRead(rows, many=True, context=context).data)

    def one(self, code: str) -> Panel:
        """The panel of this code. Raises Http404 for who may not know of it."""
        return fetch(
            queries.panels_visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="evaluation.view_panel",
        )


class PanelCollection(EvaluationApi):
    """本人可见的评审组；组建评审组。"""

    once = True

    @extend_schema(
        operation_id="panel_list", parameters=[_STATUS, PAGE_PARAMETER], responses=PanelPage
    )
    def get(self, request: Request) -> Response:
        """Panels of the own tenders; all for operator and overseers. Members are not named."""
        asked = read_parameters(request, "status", "page")
        rows = queries.panels_visible_to(request.user)
        if state := read_choice(asked, "status", PanelStatus.values):
            rows = rows.filter(status=state)
        return paged(rows, asked, self.shown)

    @extend_schema(
        operation_id="panel_form",
        parameters=[KEY],
        request=PanelWrite,
        responses={200: PanelRead, 201: PanelRead},
    )
    def post(self, request: Request) -> Response:
        """Freeze the pool of a drawn panel (the operator), or name a reader (who binds the purchaser)."""
        sent = PanelWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        lot = self._lot(held["tender"], held["lot"])
        try:
            made = once(once_ticket(request), lambda: self._form(lot, held), actor=request.user)
        except InvalidInput as error:
            # Each reason under the name that the caller knows.
            named = {
                "fields_of_work" if at == "fields" else at: why for at, why in error.errors.items()
            }
            raise InvalidInput(named) from error
        row = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.shown([row])[0], row.rev, status=code)

    def _lot(self, code: str, number: int) -> Lot:
        tender = tenders.visible_to(self.request.user).filter(code=code).first()
        lot = settle(tender).lots.filter(number=number).first() if tender is not None else None
        if tender is None or lot is None:
            raise InvalidInput({"tender": [_("没有这个编号的征集或标段")]})
        lot.tender = tender
        return lot

    def _form(self, lot: Lot, held: dict[str, Any]) -> Panel:
        actor = self.request.user
        # The right comes first: whether an address belongs to a member is told to nobody else.
        right = "evaluation.draw_lot" if held["kind"] == Panel.Kind.DRAWN else "evaluation.read_lot"
        if not actor.has_perm(right, lot):
            raise Forbidden
        if held["kind"] == Panel.Kind.READER:
            reader = _member(lot, held.get("reader", ""), "reader")
            return services.read_alone(lot, reader, actor=actor)
        return services.prepare_panel(
            lot,
            size=held["size"],
            fields=held["fields_of_work"],
            own=[_member(lot, contact, "own") for contact in held["own"]],
            actor=actor,
        )


def _member(lot: Lot, contact: str, at: str) -> User:
    """The person of the purchaser who uses this address or number. Raises InvalidInput."""
    person = parties.user_by_contact(contact)
    if person is None or not person.access.in_org(lot.tender.owner_id):
        raise InvalidInput(
            {at: [_("发榜单位没有使用 %(contact)s 的成员") % {"contact": contact[:60]}]}
        )
    return person


class PanelItem(EvaluationApi):
    """一个评审组。"""

    @extend_schema(operation_id="panel_detail", responses=PanelRead)
    def get(self, request: Request, code: str) -> Response:
        """One panel without names."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.shown([row])[0], row.rev)


class PanelMove(EvaluationApi):
    """抽取专家、解散评审组。"""

    conditional = True

    @extend_schema(
        operation_id="panel_move",
        parameters=[MATCH, MOVE],
        request=PanelMoveWrite,
        responses=PanelRead,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is draw, or dissolve with a `reason`."""
        row = self.one(code)
        if move not in {"draw", "dissolve"}:
            raise NotVisible
        if not request.user.has_perm(PANEL.transitions[move].permission, row):
            raise Forbidden
        how: dict[str, Any] = {"actor": request.user, "rev": seen_rev(request)}
        sent = PanelMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            if move == "draw":
                services.draw_panel(row, **how)
            else:
                reason = sent.validated_data.get("reason", "")
                services.dissolve_panel(row, reason=reason, **how)
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.shown([present])[0], present.rev)
        row = self.one(code)
        return tagged(self.shown([row])[0], row.rev)


class ScoreCollection(EvaluationApi):
    """评审组的评分。"""

    @extend_schema(operation_id="panel_scores", responses=SheetPage)
    def get(self, request: Request, code: str) -> Response:
        """The own scores of a member; all of them once all members have locked, for members, authority and auditor."""
        read_parameters(request)
        row = queries.panel_of_scores(request.user, code)
        if row is None:
            raise NotFound
        rows = queries.sheets_visible_to(request.user).filter(seat__panel=row)
        return Response(SheetPage(list(rows)).data)


class OwnExpert(EvaluationApi):
    """本人的专家资料。"""

    @extend_schema(operation_id="own_expert", responses=ExpertRead)
    def get(self, request: Request) -> Response:
        """The own entry; 404 for who never applied."""
        read_parameters(request)
        row = queries.expert_of(request.user)
        if row is None:
            raise NotFound
        return tagged(ExpertRead(row).data, row.rev)
