"""The public list of organisations and the public page of one."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.kernel.codes import read_code
from marketplace.parties import browsing, queries
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.costs import counted, has_words
from marketplace.web.facets import Group, Option, build_panel
from marketplace.web.views import fetch, paginate, render_page

_MOST_TEXT = 100


@require_safe
@counted("search", when=has_words)
def organizations(request: HttpRequest) -> HttpResponse:
    """Verified organisations by words, kind and district."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:_MOST_TEXT]
    kinds = _codes(request, "kind", "org_kind")
    districts = _codes(request, "district", "district")
    found = browsing.directory(q, kinds, districts)
    page = paginate(request, found.rows, size=20)
    if not page.paginator.count and read_code(q):
        # A whole number that is none of an organisation: the site's search opens its page.
        return redirect(f"{reverse('portal:search')}?{urlencode({'q': q})}")
    groups = [
        Group("kind", _("单位类型"), _options("org_kind", found.kinds, kinds)),
        Group("district", _("所在区县"), _options("district", found.districts, districts)),
    ]
    panel = build_panel(request.GET, reverse("parties:organizations"), groups)
    context = {
        "q": q,
        "page": page,
        "panel": panel,
        "total": page.paginator.count,
        # The box in the header holds what was asked, and where, to be asked differently.
        "search_text": q,
        "search_scope": "organizations" if q else "",
    }
    return render_page(request, "parties/organization_list.html", context, partial="results")


def _codes(request: HttpRequest, name: str, scheme: str) -> list[str]:
    known = {term.code for term in taxonomy.terms(scheme)}
    return [code for code in request.GET.getlist(name) if code in known]


def _options(scheme: str, counts: dict[str, int], chosen: list[str]) -> list[Option]:
    """What some organisation has, and what was chosen, so that it can be taken back."""
    return [
        Option(term.code, term.label, counts.get(term.code, 0))
        for term in taxonomy.terms(scheme)
        if counts.get(term.code) or term.code in chosen
    ]


@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation as everybody sees it; its people and staff see it before it is verified."""
    org = fetch(
        queries.visible_to(request.user), code, actor=request.user, view="parties.view_organization"
    )
    return render_page(request, "parties/organization_detail.html", {"org": org})
