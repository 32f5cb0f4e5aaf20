"""A small tus 1.0 endpoint: create, ask how much has come, send on. The bearer header alone says who sends.

Cookies are not read, so that a page elsewhere can make no browser send anything (which is why no CSRF token is asked
for), and a session that ends stops no upload. A 401 erases nothing.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from marketplace.bids import queries, services
from marketplace.bids.adapters import store
from marketplace.bids.models import Right
from marketplace.bids.rulebook import MOST_STORED
from marketplace.bids.views.shared import problem
from marketplace.kernel.errors import DomainError
from marketplace.web.rest import problem_body

VERSION = "1.0.0"
View = Callable[..., HttpResponse]
_CHUNK = 256 * 1024
_SEGMENT = "application/offset+octet-stream"


def _tus(*methods: str) -> Callable[[View], View]:
    """Answer in the protocol: its version in each response, a refusal as a problem, 401 without a right that holds."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method not in {*methods, "OPTIONS"}:
                response: HttpResponse = _refuse(405, "method-not-allowed", _("不支持这个方法"))
                response["Allow"] = ", ".join((*methods, "OPTIONS"))
            else:
                try:
                    response = _answer(view, request, **kwargs)
                except DomainError as error:
                    response = problem(error)
            response["Tus-Resumable"] = VERSION
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return wrap


def _answer(view: View, request: HttpRequest, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Tus-Version"], response["Tus-Extension"] = VERSION, "creation"
        response["Tus-Max-Size"] = str(MOST_STORED)
        return response
    if request.headers.get("Tus-Resumable") != VERSION:
        response = _refuse(412, "tus-version", _("只支持 tus 1.0.0"))
        response["Tus-Version"] = VERSION
        return response
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    right = queries.right_of(token) if scheme == "Bearer" else None
    if right is None:
        text = _("上传许可无效或已到期；已传的部分没有丢失，请在方案页面重新取得许可")
        response = _refuse(401, "not-authenticated", text)
        response["WWW-Authenticate"] = "Bearer"
        return response
    return view(request, right, **kwargs)


def _refuse(status: int, slug: str, text: str) -> JsonResponse:
    return JsonResponse(problem_body(status, slug, text), status=status)


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 12:
        return None
    return int(text)


@_tus("POST")
def uploads(request: HttpRequest, right: Right) -> HttpResponse:
    """POST announces a file of `Upload-Length` bytes; `Location` is where to send it."""
    size = _number(request.headers.get("Upload-Length"))
    made = services.begin_upload(right, size if size is not None else -1)
    response = HttpResponse(status=201)
    response["Location"] = reverse("bids:upload", args=[made.path.rpartition("/")[2]])
    return response


@_tus("HEAD", "GET", "PATCH")
def upload(request: HttpRequest, right: Right, name: str) -> HttpResponse:
    """HEAD (GET too) says how much has come, PATCH sends on from there."""
    found = queries.upload_of(right, name)
    if found is None:
        return _refuse(404, "not-found", _("没有找到"))
    if request.method != "PATCH":
        response = HttpResponse(status=200)
        response["Upload-Offset"] = str(store.size_of(found.path))
        response["Upload-Length"] = str(found.size)
        return response
    if not request.META.get("CONTENT_LENGTH"):
        # Without it Django reads nothing: a segment in chunks would be answered as if it had come.
        return _refuse(411, "length-required", _("请求须带 Content-Length，不接收分块传输编码"))
    if request.headers.get("Content-Type") != _SEGMENT:
        return _refuse(415, "unsupported-media-type", _SEGMENT)
    offset = _number(request.headers.get("Upload-Offset"))
    try:
        size = services.append(found, -1 if offset is None else offset, _body(request))
    except store.Busy:
        return _refuse(423, "locked", _("同一文件正在上传"))
    except ValueError:
        return _refuse(409, "offset", _("偏移量与已收到的字节数不符"))
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(size)
    return response


def _body(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(_CHUNK):
        yield chunk
