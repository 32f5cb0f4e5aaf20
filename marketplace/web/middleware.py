"""Headers on every response, and what a refusal raised in a view becomes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_vary_headers

from marketplace.kernel.errors import DomainError
from marketplace.kernel.unreadable import RowUnreadable, is_unreadable, name_behind
from marketplace.web.csp import CMS_HEADER
from marketplace.web.once_a_request import fresh
from marketplace.web.preferences import read_preferences
from marketplace.web.refusals import not_allowed, refusal_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(), usb=()"
)


class SecurityHeadersMiddleware:
    """The headers Django and django-csp do not set. Outermost, so that refusals carry them too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.path.startswith("/cms/"):
            # Wagtail shows its previews in a frame of its own. A preview was answered as a page of
            # the site, with the site's policy, before it came here.
            if "frame-ancestors" in response.headers.get(
                "Content-Security-Policy", "frame-ancestors"
            ):
                response.headers["Content-Security-Policy"] = CMS_HEADER
            if response.headers.get("X-Frame-Options") == "DENY":
                response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


class UnchangedPagesMiddleware(ConditionalGetMiddleware):
    """Answers 304 when a visitor's browser has this very page already.

    The tag is made from the page as it was drawn, so it cannot be older than the data. Pages of people
    who are signed in are kept by no browser (`no-store`), and the API has revisions of its own.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The page, with its tag, or 304."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code != 200 or not is_page:
            return response
        return super().process_response(request, response)


class OnceARequestMiddleware:
    """Lets the parts of a page share what they ask of the database (`once_a_request`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with fresh():
            return self.get_response(request)


class PreferencesMiddleware:
    """Reads the reader's choices, and keeps pages of signed-in people out of every cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.preferences = read_preferences(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response


class RefusalMiddleware:
    """Turns a DomainError raised in a view into a page (or fragment) with its reason and status.

    A row that cannot be read, of whatever table, is answered with such a page too, and is named. And the
    empty answer to a method that a view does not take becomes a page that says so.

    The error also stands in `response.refusal`, for whoever keeps the record of refusals.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse):
            # Django's answer to a method that a view does not take has no body.
            return response if response.content else not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if is_unreadable(error):
            name_behind(error)
            error = RowUnreadable()
        if not isinstance(error, DomainError):
            return None
        response = refusal_response(request, error)
        response.refusal = error  # type: ignore[attr-defined]
        return response
