"""Refusals and errors as pages: the reason, what was kept, and a way on; fragments for htmx."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from marketplace.kernel.errors import DomainError, Forbidden, InvalidInput, NotVisible, TooMany
from marketplace.kernel.outages import is_full, is_outage
from marketplace.kernel.unreadable import RowUnreadable
from marketplace.web.signed_out import can_come_back, filled_form, is_same_origin, sign_in

#: When to try again after a 503, in seconds: what an outage of the database asks of clients.
RETRY_SECONDS = 10


class Gone(Http404):
    """A page that was here and is no more: answered 410 with similar ones.

    `similar` holds objects with `title` and `url`; `text` says what happened.
    """

    def __init__(self, text: object = "", *, title: str = "", similar: Any = ()) -> None:
        self.text, self.title, self.similar = text, title, list(similar)
        super().__init__(str(text))


def refusal_response(request: HttpRequest, error: DomainError) -> HttpResponseBase:
    """The response that tells a person why something was refused."""
    user = getattr(request, "user", None)
    if isinstance(error, NotVisible):
        return not_found(request)
    if isinstance(error, Forbidden) and not (user is not None and user.is_authenticated):
        if getattr(request, "htmx", None):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = login_address(request)
            return response
        return sign_in(request)
    context = {"reason": error.reason, "back": back_address(request)}
    if isinstance(error, InvalidInput):
        context["problems"] = [
            (name, message) for name, messages in error.errors.items() for message in messages
        ]
    response = _page(request, "refused", error.status, context)
    if isinstance(error, TooMany | RowUnreadable):
        response["Retry-After"] = str(error.retry_after)
    return response


def login_address(request: HttpRequest) -> str:
    """Where to sign in, and come back to the page that is on the screen."""
    here = back_address(request) or "/"
    return str(redirect_to_login(here, resolve_url(settings.LOGIN_URL)).url)


def back_address(request: HttpRequest) -> str:
    """The page the reader came from, when it is one of ours."""
    referer = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    return referer if url_has_allowed_host_and_scheme(referer, hosts) else ""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django calls it so
    """400: the request itself can't be read."""
    return _page(request, "400", 400, {})


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: Django's PermissionDenied, with its text when it has one."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _page(request, "refused", 403, {"reason": reason or _("没有权限进行此操作")})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django calls it so
    """403 for a form without its token: most often a page left open for long.

    What the browser says came from a page of ours comes back filled in, to be sent once more.
    """
    if is_same_origin(request) and can_come_back(request):
        signed_in = request.user.is_authenticated
        return filled_form(request, status=403 if signed_in else 401)
    text = _("页面停留过久，或浏览器没有保存 Cookie。请返回上一页，刷新后重新提交。")
    return _page(request, "refused", 403, {"reason": text, "back": back_address(request)})


def not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """405 in words: what takes posted forms alone is reached by reloading, or after signing in.

    `refused` is the bare answer; its Allow goes on. The page leads to where the act is offered, which
    is the nearest address above that shows something.
    """
    context = {"reason": _("这个地址只接收提交的表单，没有可以直接打开的页面。")}
    context["back"] = _above(request) or back_address(request)
    response = _page(request, "refused", 405, context)
    response["Allow"] = refused.headers.get("Allow", "")
    return response


def _above(request: HttpRequest) -> str:
    """The nearest address above this one that is a page."""
    match = request.resolver_match
    parts = request.path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        path = "/" + "/".join(parts[:length]) + "/"
        try:
            found = resolve(path)
        except Resolver404:
            continue
        # Of the same slice: the editors' pages take every path there is.
        if match is not None and found.namespaces == match.namespaces:
            return path
    return ""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same body whether the thing is missing or not to be known of; 410 for Gone."""
    if isinstance(exception, Gone):
        context = {"text": exception.text, "name": exception.title, "similar": exception.similar}
        return _page(request, "410", 410, context)
    return _page(request, "404", 404, {})


def too_many_requests(request: HttpRequest) -> HttpResponseBase:
    """429 as allauth asks for it, which does not say how long its windows last."""
    return refusal_response(request, TooMany(60))


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 while the database is away or full, 507 when a file finds no room on the disk.

    No context processors and no database for any of them. Django calls it while it handles the error.
    """
    if is_full(sys.exception()):
        return HttpResponse(render_to_string("web/errors/507.html", {}), status=507)
    if not is_outage(sys.exception()):
        return HttpResponse(render_to_string("web/errors/500.html", {}), status=500)
    # On the way out nobody asks the database again who this is: each time would be another wait.
    request.user = AnonymousUser()
    if request.path.startswith("/api/"):
        body = {
            "type": "/api/problems/unavailable",
            "title": _("数据库暂时无法访问"),
            "status": 503,
        }
        response: HttpResponse = JsonResponse(body, content_type="application/problem+json")
        response.status_code = 503
    else:
        response = HttpResponse(render_to_string("web/errors/503.html", {}), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(request: HttpRequest, name: str, status: int, context: dict[str, Any]) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    suffix = "#fragment" if htmx and not htmx.boosted else ""
    title = {
        400: _("填写有误"),
        403: _("没有权限"),
        405: _("不能这样打开"),
        409: _("现在不能这样做"),
        422: _("已经提交过"),
        503: _("暂时无法读取"),
        429: _("操作过于频繁"),
        507: _("存储空间已满"),
    }
    context = {"status": status, "status_title": title.get(status, ""), **context}
    return render(request, f"web/errors/{name}.html{suffix}", context, status=status)
