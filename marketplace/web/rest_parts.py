"""What the APIs of the slices share: the parameters that the schema describes, and a page of rows."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from marketplace.web import throttle
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
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='所依据的版本，如 "7"（GET 返回的 ETag）；也可以在正文中给出 rev，两者必有其一',
)
MOVE = OpenApiParameter("move", str, OpenApiParameter.PATH)

#: Parsers of a view that takes a file: the fields of a form, or JSON where no file is sent.
FILE_PARSERS: tuple[Any, ...] = (*api_settings.DEFAULT_PARSER_CLASSES, MultiPartParser)
#: Requests with files that one person may send, counted together with those of the pages.
UPLOADS = "60/h"


def with_file(shape: Any) -> dict[str, Any]:
    """The body of a view with FILE_PARSERS, for the description."""
    return {"multipart/form-data": shape, "application/json": shape}


def count_upload(request: Request) -> None:
    """Count a request with a file. Raises TooMany."""
    throttle.check(request._request, "uploads", per_user=UPLOADS)  # noqa: SLF001 -- the plain request


def file_field(**more: Any) -> serializers.FileField:
    """A file. The service says what is wrong with it, after rights, state and version."""
    return serializers.FileField(
        required=False, allow_null=True, default=None, allow_empty_file=True, **more
    )


class FileRead(serializers.Serializer[Any]):
    """A file; `url` is empty while it is being examined."""

    name = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, file: Any) -> str:
        """Where its readers download it."""
        return str(file.url) if file.is_ready else ""


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
