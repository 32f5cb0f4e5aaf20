"""What holds for everything under `/api/`: the language asked for, and no error that is a page."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from marketplace.web.rest import CONTENT_TYPE, problem_body

API_PREFIX = "/api/"
#: What is said of an error that no view of the API has worded; by status.
_WORDS = {
    400: ("bad-request", _("请求无法读取：地址、请求头或正文的写法有误")),
    401: ("not-authenticated", _("请提供令牌")),
    403: ("forbidden", _("没有权限进行此操作")),
    404: ("not-found", _("没有找到")),
    405: ("method-not-allowed", _("这个地址不支持此方法")),
    413: ("too-large", _("请求正文过大")),
    429: ("too-many", _("操作过于频繁，请稍后再试")),
    500: ("error", _("服务器出错，已记录；请稍后再试")),
    503: ("unavailable", _("服务暂时不可用，请稍后再试")),
}


class ApiProblemsMiddleware:
    """Every error under `/api/` is a problem (RFC 9457), whoever raised it.

    Django answers some requests before or after any view of the API: an unknown address, a host or
    a charset that is none, an error nobody expected. Those answers are pages; here they keep their
    status and headers and get a body that a program can read. Stands outside all that may do so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(API_PREFIX) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "") == CONTENT_TYPE or response.streaming:
            return response
        with translation.override(translation.get_language_from_request(request)):
            default = _WORDS[500] if response.status_code >= 500 else _WORDS[400]
            slug, text = _WORDS.get(response.status_code, default)
            body = problem_body(response.status_code, slug, str(text))
            response.content = json.dumps(body, ensure_ascii=False).encode()
            response.headers["Content-Language"] = translation.get_language() or ""
        # The page that this replaces may have been compressed.
        for name in ("Content-Encoding", "ETag"):
            response.headers.pop(name, None)
        response.headers["Content-Type"] = CONTENT_TYPE
        response.headers["Content-Length"] = str(len(response.content))
        return response


class ApiLanguageMiddleware:
    """The API speaks the first language that the client accepts; it has no /en/ prefix, no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        language = translation.get_language_from_request(request, check_path=False)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        response["Content-Language"] = language
        return response
