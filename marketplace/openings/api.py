"""Openings over REST: reading alone. Shares and keys are given in a browser, where the words are."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.kernel.codes import is_valid_code
from marketplace.openings import queries, services
from marketplace.openings.serializers import (
    OpenedBidPage,
    OpenedBidRead,
    OpenedBidWhole,
    OpeningRead,
    whole_bid,
)
from marketplace.web.rest import MOST_PAGES, read_number, read_parameters
from marketplace.web.rest_parts import PAGE_PARAMETER
from marketplace.web.views import fetch

SIZE = 20


class OpeningItem(APIView):
    """一次开启和开启记录。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="opening_detail", responses=OpeningRead)
    def get(self, request: Request, code: str) -> Response:
        """The minutes, for keepers, purchaser and those who oversee."""
        read_parameters(request)
        rows = queries.visible_to(request.user)
        row = fetch(rows, code, actor=request.user, view="openings.view_opening")
        row = services.up_to_date(row.tender) or row
        return Response(OpeningRead(queries.minutes_of(row)).data)


class OpenedCollection(APIView):
    """可查阅的已开启方案。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="openedbid_list", parameters=[PAGE_PARAMETER], responses=OpenedBidPage
    )
    def get(self, request: Request) -> Response:
        """Opened bids that the caller reads as bidder or as purchaser, the newest first."""
        asked = read_parameters(request, "page")
        pages = Paginator(queries.readable_by(request.user), SIZE)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        if number > pages.num_pages:
            raise NotFound
        shown = OpenedBidRead(pages.page(number).object_list, many=True).data
        return Response(
            {"count": pages.count, "page": number, "pages": pages.num_pages, "results": shown}
        )


class OpenedItem(APIView):
    """一份已开启方案。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="openedbid_detail", responses=OpenedBidWhole)
    def get(self, request: Request, code: str) -> Response:
        """One opened bid; each reading is written down, and the bidder sees it."""
        read_parameters(request)
        rows = queries.bid_rows()
        row = rows.filter(bid__code=code).first() if is_valid_code(code) else None
        if row is None or not request.user.has_perm("openings.read_bid", row):
            raise NotFound
        services.note_reading(row, actor=request.user)
        whole = queries.may_see_files(row, request.user)
        body: dict[str, Any] = whole_bid(row, queries.file_lines(row), whole=whole)
        response = Response(body)
        response["Cache-Control"] = "no-store"
        return response
