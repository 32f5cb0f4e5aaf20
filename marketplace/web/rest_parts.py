"""What the APIs of the slices share: the parameters that the schema describes, and a page of rows."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from marketplace.web.rest import MOST_PAGES, PAGE, read_number

SIZE = 20
PAGE_PARAMETER = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 64},
    OpenApiParameter.HEADER,
    description="调用方自定的一次性标识，24 小时内重复发送返回同一条（200），不会重复创建",
)
MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="读到的 ETag；也可在正文中给 rev"
)
MOVE = OpenApiParameter("move", str, OpenApiParameter.PATH)


def paged(
    rows: QuerySet[Any], asked: Any, shown: Callable[[list[Any]], list[dict[str, Any]]]
) -> Response:
    """One page of rows. Raises NotFound for a page that is not there."""
    pages = Paginator(rows, SIZE)
    number = read_number(asked, "page", most=MOST_PAGES, default=1)
    if number > pages.num_pages:
        raise NotFound
    found = shown(list(pages.page(number).object_list))
    counts = {"count": pages.count, "page": number, "pages": pages.num_pages}
    return Response({**counts, "results": found})
