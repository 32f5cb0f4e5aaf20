"""What the views of this slice share: the enquiry of an address, keys, what was seen, pages of rows."""

from typing import Any

from django.db.models import QuerySet

from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.enquiries import queries
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import principals_once
from marketplace.enquiries.serializers import EnquiryDetail
from marketplace.kernel.unreadable import readable
from marketplace.web.rest import MOST_PAGES, read_number, tagged
from marketplace.web.views import fetch

VIEW, WRITE = "enquiries.view_enquiry", "enquiries.write_enquiry"
SIZE = 20
#: The state of an enquiry is its newest message; that of everything else is its `rev` (MATCH).
SEEN = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="已读到的最新消息（GET 返回的 ETag）；也可以在正文中给出 rev，两者必有其一",
)


def enquiry_of(request: Request, code: str, action: str | None = None) -> Enquiry:
    """The enquiry of an address. Raises Http404, Forbidden."""
    rows = queries.visible_to(request.user)
    return fetch(rows, code, actor=request.user, view=VIEW, action=action)


def whole(request: Request, enquiry: Enquiry, code: int = status.HTTP_200_OK) -> Response:
    """The enquiry with its messages; the newest of them is its ETag."""
    body = EnquiryDetail(enquiry, context={"request": request}).data
    return tagged(body, queries.newest_message_id(enquiry), status=code)


def one_page(request: Request, asked: Any, rows: QuerySet[Any], shape: Any) -> Response:
    """A page of 20. Raises NotFound behind the last one."""
    page = read_number(asked, "page", most=MOST_PAGES, default=1)
    found = readable(rows[(page - 1) * SIZE : page * SIZE])
    if page > 1 and not found:
        raise NotFound
    with principals_once():
        return Response(shape(found, many=True, context={"request": request}).data)


def made_status(is_new: bool) -> int:
    """201 for what this call made, 200 for what an earlier one with the same key made."""
    return status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
