"""What every view uses: fetch with permission, pages of a list, page or fragment; and the site's own views."""

from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden
from marketplace.kernel.unreadable import Unreadable, readable
from marketplace.web.preferences import VALUES, remember
from marketplace.web.refusals import (
    Gone,
    bad_request,
    csrf_failure,
    not_found,
    permission_denied,
    server_error,
    too_many_requests,
)

__all__ = [
    "Gone",
    "bad_request",
    "csrf_failure",
    "fetch",
    "not_found",
    "paginate",
    "permission_denied",
    "preference",
    "render_page",
    "server_error",
    "too_many_requests",
]

Row = TypeVar("Row", bound=Model)
#: No list is paged deeper than this: whoever needs all of it takes the export.
DEEPEST = 500


def fetch(
    rows: QuerySet[Row], code: str, *, actor: Actor, view: str, action: str | None = None
) -> Row:
    """The object with this public code, if the actor may see it and do the action.

    Raises Http404 when there is none or the actor may not know of it (the same answer for both),
    Forbidden when it may be seen but the permission `action` is not given.
    """
    found = rows.filter(code=code).first() if is_valid_code(code) else None
    if found is None or not actor.has_perm(view, found):
        raise Http404
    if action is not None and not actor.has_perm(action, found):
        raise Forbidden
    return found


def paginate(request: HttpRequest, rows: Any, *, size: int = 20, name: str = "page") -> Page[Any]:
    """One page of a list; a number that is none or out of bounds gives the nearest page.

    Rows that cannot be read are left out and named: `page.left_out` says how many.
    """
    typed = request.GET.get(name, "1")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
    paginator = Paginator(rows, size)
    page = paginator.get_page(min(max(number, 1), DEEPEST))
    left_out: list[Unreadable] = []
    if isinstance(page.object_list, QuerySet):
        page.object_list = readable(page.object_list, left_out)
    page.left_out = len(left_out)  # type: ignore[attr-defined]
    return page


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or for an htmx request its partial `template#partial`."""
    htmx = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted:
        template = f"{template}#{partial}"
    return render(request, template, context or {}, status=status)


# Exempt from CSRF: it sets a cookie about looks, and asking for a token would make every page of an
# anonymous visitor set one.
@csrf_exempt
@require_POST
def preference(request: HttpRequest) -> HttpResponse:
    """Remember a choice (长者版, dark) or change the language, and go back to the same page."""
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        back = _in_language(back, language)
    response = HttpResponseRedirect(back)
    for name, values in VALUES.items():
        if (value := request.POST.get(name, "")) in values:
            remember(response, name, value)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax"
        )
    return response


def _in_language(address: str, language: str) -> str:
    """The same page in another language. The address is read in the language its prefix names."""
    path = address.partition("?")[0]
    present = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(present):
        return translate_url(address, language)
