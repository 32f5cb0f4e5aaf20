"""Evaluations over REST, to read. What members do is done on the pages."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.evaluation import queries
from marketplace.evaluation.models import Panel
from marketplace.evaluation.serializers import ExpertRead, PanelPage, PanelRead, SheetPage
from marketplace.evaluation.workflow import PanelStatus
from marketplace.web.rest import (
    MOST_PAGES,
    PAGE,
    read_choice,
    read_number,
    read_parameters,
    tagged,
)
from marketplace.web.views import fetch

SIZE = 20
_PAGE = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
_STATUS = OpenApiParameter("status", str, enum=PanelStatus.values, description="状态")


class EvaluationApi(APIView):
    """What the views of evaluations share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, rows: list[Panel]) -> list[dict[str, Any]]:
        """Panels without names; one query for the seats of all."""
        context = {"progress": queries.progress_of(rows)}
        return list(PanelRead(rows, many=True, context=context).data)


class PanelCollection(EvaluationApi):
    """本人可见的评审组。"""

    @extend_schema(operation_id="panel_list", parameters=[_STATUS, _PAGE], responses=PanelPage)
    def get(self, request: Request) -> Response:
        """Panels of the own tenders; all for operator and overseers. Members are not named."""
        asked = read_parameters(request, "status", "page")
        rows = queries.panels_visible_to(request.user)
        if state := read_choice(asked, "status", PanelStatus.values):
            rows = rows.filter(status=state)
        pages = Paginator(rows, SIZE)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        if number > pages.num_pages:
            raise NotFound
        found = self.shown(list(pages.page(number).object_list))
        counts = {"count": pages.count, "page": number, "pages": pages.num_pages}
        return Response({**counts, "results": found})


class PanelItem(EvaluationApi):
    """一个评审组。"""

    @extend_schema(operation_id="panel_detail", responses=PanelRead)
    def get(self, request: Request, code: str) -> Response:
        """One panel without names."""
        read_parameters(request)
        row = fetch(
            queries.panels_visible_to(request.user),
            code,
            actor=request.user,
            view="evaluation.view_panel",
        )
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
