"""Custodians over REST, to read. Keys are made and used on the pages, since words never leave them."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.custody import queries
from marketplace.custody.models import Custodian
from marketplace.custody.serializers import CustodianPage, CustodianRead
from marketplace.custody.workflow import Status
from marketplace.web.rest import (
    MOST_PAGES,
    read_choice,
    read_number,
    read_parameters,
    tagged,
)
from marketplace.web.rest_parts import PAGE_PARAMETER
from marketplace.web.views import fetch

SIZE = 20
_STATUS = OpenApiParameter("status", str, enum=Status.values, description="状态")


class CustodianApi(APIView):
    """What the views of custodians share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, rows: list[Custodian]) -> list[dict[str, Any]]:
        """Custodians for those who may see them; the same number of queries for one and for many."""
        keys = queries.live_keys([row.pk for row in rows])
        context = {"keys": keys, "unfit": queries.unfit(rows)}
        return list(CustodianRead(rows, many=True, context=context).data)


class CustodianCollection(CustodianApi):
    """本人可见的密钥保管人。"""

    @extend_schema(
        operation_id="custodian_list", parameters=[_STATUS, PAGE_PARAMETER], responses=CustodianPage
    )
    def get(self, request: Request) -> Response:
        """One's own, those of organisations that the caller binds, all for operator and overseers."""
        asked = read_parameters(request, "status", "page")
        rows = queries.visible_to(request.user)
        if state := read_choice(asked, "status", Status.values):
            rows = rows.filter(status=state)
        pages = Paginator(rows, SIZE)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        if number > pages.num_pages:
            raise NotFound
        found = self.shown(list(pages.page(number).object_list))
        counts = {"count": pages.count, "page": number, "pages": pages.num_pages}
        return Response({**counts, "results": found})


class CustodianItem(CustodianApi):
    """一位密钥保管人。"""

    @extend_schema(operation_id="custodian_detail", responses=CustodianRead)
    def get(self, request: Request, code: str) -> Response:
        """One custodian."""
        read_parameters(request)
        row = fetch(
            queries.visible_to(request.user),
            code,
            actor=request.user,
            view="custody.view_custodian",
        )
        return tagged(self.shown([row])[0], row.rev)
