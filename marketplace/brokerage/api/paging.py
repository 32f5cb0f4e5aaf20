"""What the lists of mandates and introductions have in common."""

from typing import Any

from django.db.models import QuerySet

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker
from marketplace.kernel.errors import Forbidden
from marketplace.kernel.unreadable import readable
from marketplace.web.rest import (
    MOST_PAGES,
    PAGE,
    read_number,
    read_parameters,
)

PAGE_PARAMETER = OpenApiParameter("page", PAGE, description="页码，每页 20 条")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="所依据的版本；也可以在正文中给出 rev"
)


KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 64},
    OpenApiParameter.HEADER,
    description="调用方自定的一次性标识，24 小时内重复发送返回同一条（200），不会重复创建",
)


def entered_broker(user: Any) -> Broker:
    """The caller's own entry in the register. Raises Forbidden for anybody else."""
    broker = queries.broker_of(user)
    if broker is None or not broker.is_entered:
        raise Forbidden
    return broker


def page_of(request: Request, rows: QuerySet[Any], shape: Any) -> Response:
    """The page that `page` of the address asks for, twenty rows. Raises NotFound behind the last one."""
    asked = read_parameters(request, "page")
    number = read_number(asked, "page", most=MOST_PAGES, default=1)
    count = rows.count()
    start = (number - 1) * 20
    if start and start >= count:
        raise NotFound
    found = readable(rows[start : start + 20])
    body = shape(found, many=True, context={"actor": request.user}).data
    return Response({"count": count, "results": body})
