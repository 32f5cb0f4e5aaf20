"""Results and the work after an award over REST, to read."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.awards import queries
from marketplace.awards.serializers import (
    DeliveryPage,
    DeliveryRead,
    DeliveryWhole,
    ResultPage,
    ResultRead,
    ResultWhole,
)
from marketplace.web.rest import MOST_PAGES, PAGE, read_number, read_parameters, tagged
from marketplace.web.views import fetch

SIZE = 20
_PAGE = OpenApiParameter("page", PAGE, description="页码，每页 20 条")


def _page(request: Request, rows: Any, read: Any) -> Response:
    asked = read_parameters(request, "page")
    pages = Paginator(rows, SIZE)
    number = read_number(asked, "page", most=MOST_PAGES, default=1)
    if number > pages.num_pages:
        raise NotFound
    shown = read(pages.page(number).object_list, many=True).data
    return Response(
        {"count": pages.count, "page": number, "pages": pages.num_pages, "results": shown}
    )


class ResultCollection(APIView):
    """公布的结果。"""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="result_list", parameters=[_PAGE], responses=ResultPage)
    def get(self, request: Request) -> Response:
        """What was made public, the newest first."""
        return _page(request, queries.published(), ResultRead)


class ResultItem(APIView):
    """一份结果。"""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="result_detail", responses=ResultWhole)
    def get(self, request: Request, code: str) -> Response:
        """One result with its ranking as the caller may read it."""
        read_parameters(request)
        row = fetch(
            queries.visible_to(request.user), code, actor=request.user, view="awards.view_lotresult"
        )
        context = {
            "entries": queries.entries_shown(row, request.user),
            "awards": queries.awards_of(row),
        }
        return tagged(dict(ResultWhole(row, context=context).data), row.rev)


class DeliveryCollection(APIView):
    """揭榜任务。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="delivery_list", parameters=[_PAGE], responses=DeliveryPage)
    def get(self, request: Request) -> Response:
        """The work of the caller's organisations, the newest first."""
        return _page(request, queries.deliveries_visible_to(request.user), DeliveryRead)


class DeliveryItem(APIView):
    """一项揭榜任务。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="delivery_detail", responses=DeliveryWhole)
    def get(self, request: Request, code: str) -> Response:
        """One with milestones, decisions and inspections."""
        read_parameters(request)
        row = fetch(
            queries.deliveries_visible_to(request.user),
            code,
            actor=request.user,
            view="awards.view_delivery",
        )
        return tagged(dict(DeliveryWhole(row).data), row.rev)
