"""The register of decisions over REST, by the same services as the pages."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.exclusions import queries, services
from marketplace.exclusions.models import Decision
from marketplace.exclusions.serializers import DecisionPage, DecisionRead, DecisionWrite
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.web.rest import (
    MOST_PAGES,
    PAGE,
    once_ticket,
    read_choice,
    read_number,
    read_parameters,
    tagged,
)
from marketplace.web.views import fetch

SIZE = 20
#: Parts of `Content` that have another name here.
_NAMES = {"fields": "industries", "source": "link"}
_PAGE = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
_STATE = OpenApiParameter("state", str, enum=Decision.State.values, description="状态")
_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 64},
    OpenApiParameter.HEADER,
    description="调用方自定的一次性标识，24 小时内重复发送返回同一条（200），不会重复创建",
)


class DecisionApi(APIView):
    """What the views of decisions share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, rows: list[Decision]) -> list[dict[str, Any]]:
        """Decisions as the caller may see them."""
        return list(DecisionRead(rows, many=True, context={"request": self.request}).data)

    def one(self, code: str) -> Decision:
        """The decision of this code. Raises Http404 for whoever may not know of it."""
        return fetch(
            queries.visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="exclusions.view_decision",
        )


class DecisionCollection(DecisionApi):
    """禁止参加的决定：列表与录入。"""

    once = True

    @extend_schema(
        operation_id="exclusion_list", parameters=[_STATE, _PAGE], responses=DecisionPage
    )
    def get(self, request: Request) -> Response:
        """The register for those who keep and oversee it; for others the rows that name them."""
        asked = read_parameters(request, "state", "page")
        rows = queries.visible_to(request.user)
        if state := read_choice(asked, "state", Decision.State.values):
            rows = queries.at_state(rows, state, clock.now())
        pages = Paginator(rows, SIZE)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        if number > pages.num_pages:
            raise NotFound
        found = self.shown(list(pages.page(number).object_list))
        counts = {"count": pages.count, "page": number, "pages": pages.num_pages}
        return Response({**counts, "results": found})

    @extend_schema(
        operation_id="exclusion_record",
        parameters=[_KEY],
        request=DecisionWrite,
        responses={200: DecisionRead, 201: DecisionRead},
    )
    def post(self, request: Request) -> Response:
        """Record one. A file can be added on the page alone, so a link is needed here."""
        if not request.user.has_perm("exclusions.record_decisions"):
            raise Forbidden
        sent = DecisionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            made = once(
                once_ticket(request),
                lambda: services.record_decision(sent.content, actor=request.user),
                actor=request.user,
            )
        except InvalidInput as error:
            errors = {_NAMES.get(at, at): texts for at, texts in error.errors.items()}
            raise InvalidInput(errors) from error
        row = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.shown([row])[0], row.rev, status=code)


class DecisionItem(DecisionApi):
    """一份决定。"""

    @extend_schema(operation_id="exclusion_detail", responses=DecisionRead)
    def get(self, request: Request, code: str) -> Response:
        """One decision."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.shown([row])[0], row.rev)
