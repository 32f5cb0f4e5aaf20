"""A form that was sent after the session had ended: it comes back filled in, and nothing is stored.

Works in two steps without script: sign in in a new tab, then send the same form again. Signing in
changes the CSRF secret, so the first attempt from the old tab comes back once more with a token that
holds; that is safe because the browser itself names the origin of the request as ours.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url

#: What is never shown again, by part of its name.
_SECRET = ("password", "secret", "otp", "token")
_OURS = frozenset({"csrfmiddlewaretoken"})
#: These are no text of the person's: they are sent again, and not shown.
_MACHINERY = frozenset({"rev", "form_key"})

#: Choices are sent as codes of at most so many characters.
_LONGEST_CODE = 40

View = Callable[..., HttpResponseBase]


def login_required(view: View) -> View:
    """For pages of people who are signed in; others sign in and come back, with what they sent."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return sign_in(request)

    return guarded


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Where somebody is sent who must sign in first: 401 with the filled form, or the sign-in page."""
    if can_come_back(request):
        return filled_form(request, status=401)
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def can_come_back(request: HttpRequest) -> bool:
    """Whether what was sent can be shown again: a form of ours, with no password in it."""
    match = request.resolver_match
    ours = match is not None and bool(match.namespaces)
    if request.method != "POST" or not ours or getattr(request, "htmx", None):
        return False
    return not any(
        part in name.lower() for name in request.POST for part in _SECRET if name not in _OURS
    )


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site has sent the request."""
    scheme = "https" if request.is_secure() else "http"
    return request.headers.get("Origin", "") == f"{scheme}://{request.get_host()}"


def _is_text(value: str) -> bool:
    """Whether a person wrote it, rather than chose it: codes of lists say nothing to anybody."""
    return not value.isascii() or " " in value.strip() or len(value) > _LONGEST_CODE


def filled_form(request: HttpRequest, *, status: int) -> HttpResponse:
    """The page with everything that was sent, to be sent again. Files can't be kept."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OURS
        for value in values
    ]
    context = {
        "fields": fields,
        "texts": [value for name, value in fields if name not in _MACHINERY and _is_text(value)],
        "files": [str(upload.name) for uploads in request.FILES.lists() for upload in uploads[1]],
        "address": request.get_full_path(),
        "sign_in_url": resolve_url(settings.LOGIN_URL),
    }
    response = render(request, "web/errors/signed_out.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if status == 401:
        # RFC 9110 wants a challenge; browsers ask for no password under a scheme they don't know.
        response["WWW-Authenticate"] = "Form"
    return response
