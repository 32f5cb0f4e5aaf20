"""What the views of results and deliveries share."""

from typing import Any

from django.core.paginator import Paginator

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.web.rest import MOST_PAGES, PAGE, read_number, read_parameters

SIZE = 20
PAGE_PARAMETER = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="读到的 ETag；也可在正文中给 rev"
)
MOVE = OpenApiParameter("move", str, OpenApiParameter.PATH)


def paged(request: Request, rows: Any, read: Any) -> Response:
    """One page of rows. Raises NotFound for a page that is not there."""
    asked = read_parameters(request, "page")
    pages = Paginator(rows, SIZE)
    number = read_number(asked, "page", most=MOST_PAGES, default=1)
    if number > pages.num_pages:
        raise NotFound
    shown = read(pages.page(number).object_list, many=True).data
    return Response(
        {"count": pages.count, "page": number, "pages": pages.num_pages, "results": shown}
    )
