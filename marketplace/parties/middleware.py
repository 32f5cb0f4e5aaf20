"""Who may stay signed in; staff are led to set up a second factor before anything else.

And the pages of allauth keep what the site's own context processors say.
"""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import resolve
from django.urls.exceptions import Resolver404
from django.utils.translation import gettext_lazy as _

from marketplace.parties.queries import lacks_second_factor, may_sign_in
from marketplace.web.rest import CONTENT_TYPE, problem_body

#: What staff without a second factor may still open: setting it up, and leaving.
_OPEN = frozenset(
    {
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_index",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "account_logout",
        "account_email",
        "account_email_verification_sent",
        "account_verify_phone",
        "account_change_phone",
        "web:preference",
        "health",
        "health_ready",
    }
)


class SampleAccountsMiddleware:
    """Ends the sessions of sample accounts where SAMPLE_ACCOUNTS is off: they began when it was on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and not may_sign_in(user):
            logout(request)
        return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Stops whoever holds a staff role, or may do everything, and has no authenticator yet.

    Pages lead to the set-up, the API answers 403. Sample accounts are let through where
    SAMPLE_ACCOUNTS is on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not lacks_second_factor(request.user) or _is_open(request):
            return self.get_response(request)
        reason = _("您的平台角色要求两步验证，请先设置身份验证器")
        if request.path.startswith("/api/"):
            problem = problem_body(403, "forbidden", str(reason))
            return JsonResponse(problem, status=403, content_type=CONTENT_TYPE)
        messages.warning(request, reason)
        return redirect("mfa_activate_totp")


def _is_open(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name in _OPEN
    except Resolver404:
        return False


class AccountPagesMiddleware:
    """Takes allauth's `site` out of its pages: it would hide the variable of the same name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(
        self, _request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        context = response.context_data
        if context is not None and isinstance(context.get("site"), RequestSite):
            del context["site"]
        return response
