"""Doors of the site's pages. Pages render themselves; here a missing translation is made good."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousFileOperation
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils._os import safe_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from wagtail.admin.views.account import AccountView, LocaleSettingsPanel, ThemeSettingsPanel
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from cms import queries
from cms.site_tree import Place, site_tree
from marketplace.kernel.errors import Forbidden
from marketplace.web.costs import counted, has_words
from marketplace.web.views import render_page
from search import engine
from search.query import Query

MAX_TEXT = 200
PAGE_SIZE = 20
#: Wagtail scales and re-encodes what it puts here; originals are never served.
RENDITIONS = "images"
ONE_YEAR = 365 * 24 * 3600


@require_safe
def serve_page(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """The page at this path in the reader's language.

    A page of the same path in another language leads to its translation where there is one. Where
    the reader's language has none, the Chinese page is shown, and says so.
    """
    place = _placed(request, path)
    if isinstance(place, HttpResponseBase):
        return place
    # The home page is read once for each stamp: it is opened most, and its sections take long to read.
    page = place.page() if place.path else site_tree(request).keep(place, place.page)
    if page is None:
        raise Http404
    request._wagtail_route_for_request = RouteResult(page, [], {})  # type: ignore[attr-defined] # noqa: SLF001 -- Wagtail's documented cache of the route
    response: HttpResponseBase = wagtail_serve(request, path)
    return response


def _placed(request: HttpRequest, path: str) -> Place | HttpResponseBase:
    """The page to show at this path, or the way to its translation. Raises Http404."""
    tree = site_tree(request)
    wanted = "".join(f"{part}/" for part in path.split("/") if part)
    reader = translation.get_language() or ""
    if here := tree.places.get((reader, wanted)):
        return here
    for code, _name in settings.LANGUAGES:
        if elsewhere := tree.places.get((code, wanted)):
            if translated := tree.translations[elsewhere.key].get(reader):
                return redirect(reverse("wagtail_serve", args=[translated.path]))
            if code == settings.LANGUAGE_CODE:
                return elsewhere
            break
    raise Http404


def home(request: HttpRequest) -> HttpResponseBase:
    """The home page."""
    return serve_page(request, "")


@require_safe
@counted("search", when=has_words)
def search_articles(request: HttpRequest) -> HttpResponse:
    """News, policies and help pages with these words."""
    text = request.GET.get("q", "").strip()[:MAX_TEXT]
    typed = request.GET.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 1
    results = engine.find("articles", Query(text, page=max(1, number), size=PAGE_SIZE))
    context = {
        "search_text": text,
        "text": text,
        "total": results.total,
        "degraded": results.degraded,
        "rows": queries.found_pages([hit.id for hit in results.hits]),
        "page": Paginator(range(results.total), PAGE_SIZE).get_page(results.page),
    }
    return render_page(request, "cms/search.html", context)


def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Where Wagtail sends whoever may not enter: to sign in, or to be told that the role is missing."""
    if request.user.is_authenticated:
        raise Forbidden(_("内容管理只对编辑和平台运营开放"))
    wanted = request.GET.get("next", "/cms/")
    return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))


def to_sign_in(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
    """Wagtail's own sign-in form for readers is shut: there is one way to sign in."""
    return redirect_to_login(request.GET.get("next", "/"), resolve_url(settings.LOGIN_URL))


def shut(_request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
    """People and their roles are kept by the marketplace, not by Wagtail."""
    raise Http404


class EditorAccountView(AccountView):
    """An editor's choices about Wagtail itself; name, address and password are kept elsewhere."""

    def get_panels(self) -> list[Any]:
        """Language and colours."""
        kept = (LocaleSettingsPanel, ThemeSettingsPanel)
        return [panel for panel in super().get_panels() if isinstance(panel, kept)]


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages that search engines are told of; named in the index of sitemaps."""
    context = {"entries": queries.sitemap_entries()}
    return render(request, "cms/sitemap.xml", context, content_type="application/xml")


@require_safe
def media(_request: HttpRequest, path: str) -> HttpResponseBase:
    """A scaled image of a page, where no web server in front serves the media folder itself."""
    try:
        file = Path(safe_join(Path(settings.MEDIA_ROOT) / RENDITIONS, path))
        response = FileResponse(file.open("rb"))
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response
