"""What the lists of mandates and introductions have in common."""

from typing import Any

from django.db.models import QuerySet

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker
from marketplace.kernel.errors import Forbidden
from marketplace.kernel.unreadable import readable
from marketplace.web.rest import (
    MOST_PAGES,
    read_number,
    read_parameters,
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
