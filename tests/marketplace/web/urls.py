"""Views that refuse, for the tests of the web floor."""

from types import SimpleNamespace
from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import errors
from marketplace.web.throttle import limited
from marketplace.web.views import Gone, csrf_failure, render_page

REFUSALS: dict[str, Any] = {
    "refused": lambda: errors.Refused(_("已截止，不能再提交")),
    "forbidden": lambda: errors.Forbidden(_("只有本单位审核人可以提交")),
    "hidden": errors.NotVisible,
    "invalid": lambda: errors.InvalidInput({"title": ["标题 <b>太长</b>"], "": ["整体有误"]}),
    "toomany": lambda: errors.TooMany(90),
    "missing": Http404,
    "denied": lambda: PermissionDenied("不可以"),
    "odd": lambda: SuspiciousOperation("odd"),
    "crash": lambda: RuntimeError("boom <script>"),
    "gone": lambda: Gone(
        "单位已撤回这条需求。",
        title="钕铁硼 <i>重稀土</i>",
        similar=[SimpleNamespace(title="相近 <b>一</b>", url="/needs/x/")],
    ),
}


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    make = REFUSALS[kind]
    raise make()


@limited("test", per_ip="2/h", per_user="1/h")
def few(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "web/errors/400.html", {}, partial="fragment")


def csrf(request: HttpRequest) -> HttpResponse:
    return csrf_failure(request, "no token")


def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in")


urlpatterns = [
    path("", include("marketplace.web.urls")),
    *i18n_patterns(
        path("accounts/login/", sign_in, name="account_login"),
        path("refuse/<slug:kind>/", refuse, name="refuse"),
        path("few/", few, name="few"),
        path("page/", page, name="page"),
        path("csrf/", csrf, name="csrf"),
        prefix_default_language=False,
    ),
]

handler400 = "marketplace.web.views.bad_request"
handler403 = "marketplace.web.views.permission_denied"
handler404 = "marketplace.web.views.not_found"
handler500 = "marketplace.web.views.server_error"
