"""The own organisation's bids over REST: states and receipts, no content."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.bids import queries
from marketplace.bids.serializers import BidPage, BidRead, BidWhole, ReceiptRead
from marketplace.tenders.services import settle
from marketplace.web.rest import MOST_PAGES, read_number, read_parameters, tagged
from marketplace.web.rest_parts import PAGE_PARAMETER
from marketplace.web.views import fetch

SIZE = 20


class BidCollection(APIView):
    """本单位的方案。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="bid_list", parameters=[PAGE_PARAMETER], responses=BidPage)
    def get(self, request: Request) -> Response:
        """The bids of the caller's organisations, the newest first."""
        asked = read_parameters(request, "page")
        pages = Paginator(queries.visible_to(request.user), SIZE)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        if number > pages.num_pages:
            raise NotFound
        shown = BidRead(pages.page(number).object_list, many=True).data
        return Response(
            {"count": pages.count, "page": number, "pages": pages.num_pages, "results": shown}
        )


class BidItem(APIView):
    """本单位的一份方案。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="bid_detail", responses=BidWhole)
    def get(self, request: Request, code: str) -> Response:
        """One bid with its receipts."""
        read_parameters(request)
        row = fetch(
            queries.visible_to(request.user), code, actor=request.user, view="bids.view_bid"
        )
        row.tender = settle(row.tender)
        found = queries.standing(row, row.tender)
        body: dict[str, Any] = dict(BidRead(row).data)
        body |= {
            "must_confirm": found.must_confirm,
            "must_seal": found.must_seal,
            "receipts": ReceiptRead(queries.receipts_of(row), many=True).data,
        }
        return tagged(body, row.rev)
