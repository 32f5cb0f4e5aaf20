"""Public pages that belong to no single slice: search, sitemap, robots, accessibility statement."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from marketplace.portal import queries
from marketplace.web.costs import counted, has_words
from marketplace.web.slices import parts, scopes
from marketplace.web.views import render_page
from search import budget, engine


def _scopes() -> dict[str, str]:
    """The index of each choice of the search box, and the URL name of its list."""
    return {section.name: section.page for section in scopes()}


@require_safe
@counted("search", when=has_words)
def search_all(request: HttpRequest) -> HttpResponse:
    """Search over everything; a chosen kind leads to its own list with facets, a code to its page."""
    text = request.GET.get("q", "").strip()[: queries.MAX_TEXT]
    scope = request.GET.get("in", "all")
    page = queries.page_of_code(text, request.user)
    if page:
        return redirect(page)
    if scope in (pages := _scopes()):
        address = reverse(pages[scope])
        query = request.GET.copy()
        query.pop("in")
        return redirect(f"{address}?{query.urlencode()}" if text else address)
    with budget.question():
        found = queries.search_everything(text, request.user) if text else []
        total = sum(part.total for part in found)
        degraded = any(part.degraded for part in found)
        few = bool(text) and total < 5 and not degraded
        guess = engine.did_you_mean(text) if few else None
    context = {
        "search_text": text,
        "text": text,
        "searched": {"text": text},
        "found": found,
        "total": total,
        "degraded": degraded,
        "guess": guess,
        "few": few,
    }
    return render_page(request, "portal/search.html", context)


@require_safe
@counted("suggest", when=has_words)
def suggest(request: HttpRequest) -> HttpResponse:
    """Completions for the search box, as options of its list box."""
    scope = request.GET.get("in", "all")
    known = list(_scopes())
    specs = [scope] if scope in known else known
    rows = engine.suggest(request.GET.get("q", "")[: queries.MAX_TEXT], specs)
    return render(request, "portal/suggest.html", {"rows": rows})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement, with contact and known gaps."""
    return render_page(request, "portal/accessibility.html")


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """The site map for people."""
    return render_page(request, "portal/sitemap.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read, and where the sitemap is."""
    context = {"root": settings.SITE_URL.rstrip("/")}
    return render(request, "portal/robots.txt", context, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The index of sitemap files."""
    files = [
        (name, number)
        for name, (_page, pages) in queries.sitemap_sections().items()
        for number in pages.page_range
        if pages.count
    ]
    context = {
        "files": files,
        "further": parts("sitemap_files"),
        "root": settings.SITE_URL.rstrip("/"),
    }
    return render(request, "portal/sitemap_index.xml", context, content_type="application/xml")


@require_safe
def sitemap_section(request: HttpRequest, section: str, page: int) -> HttpResponse:
    """One file of a section's addresses, each in both languages."""
    name, pages = queries.sitemap_sections().get(section, ("", None))
    if pages is None or page not in pages.page_range:
        raise Http404
    rows = []
    for row in pages.page(page):
        with translation.override("zh-hans"):
            chinese = reverse(name, args=[row.code])
        with translation.override("en"):
            english = reverse(name, args=[row.code])
        rows.append((chinese, english, row.updated_at))
    context = {"rows": rows, "root": settings.SITE_URL.rstrip("/")}
    return render(request, "portal/sitemap_section.xml", context, content_type="application/xml")
