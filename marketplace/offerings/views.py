"""The directory of service organisations, the self-check of filing, and recording a filing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.offerings import browsing, queries, rulebook, services
from marketplace.offerings.forms import FilingCheckForm, FilingForm, RemoveFilingForm
from marketplace.parties import queries as parties
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.costs import counted, has_words
from marketplace.web.facets import Group, Option, build_panel
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

_MOST_TEXT = 100


@require_safe
@counted("search", when=has_words)
def providers(request: HttpRequest) -> HttpResponse:
    """Verified organisations with an open offer, by words, category, district and filing."""
    asked = browsing.Asked(
        q=request.GET.get("q", "").replace("\0", "").strip()[:_MOST_TEXT],
        categories=_codes(request, "category", "service_category"),
        districts=_codes(request, "district", "district"),
        filed=browsing.FILED in request.GET.getlist("filing"),
    )
    found = browsing.providers(asked)
    page = paginate(request, found.rows, size=20)
    rows = list(page.object_list)
    filings, categories = queries.latest_filings(rows), queries.categories_of(rows)
    filed = Option(browsing.FILED, _("有省级备案"), found.filed)
    groups = [
        Group("category", _("服务类别"), _options("service_category", found.categories, asked)),
        Group("district", _("所在区县"), _options("district", found.districts, asked)),
        Group("filing", _("备案"), [filed]),
    ]
    context = {
        "asked": asked,
        "page": page,
        "cards": [(org, categories.get(org.pk, []), filings.get(org.pk)) for org in rows],
        "panel": build_panel(request.GET, reverse("offerings:providers"), groups),
        "total": page.paginator.count,
    }
    return render_page(request, "offerings/provider_list.html", context)


def _codes(request: HttpRequest, name: str, scheme: str) -> list[str]:
    known = {term.code for term in taxonomy.terms(scheme)}
    return [code for code in request.GET.getlist(name) if code in known]


def _options(scheme: str, counts: dict[str, int], asked: browsing.Asked) -> list[Option]:
    """What some organisation has, and what was chosen, so that it can be taken back."""
    chosen = {*asked.categories, *asked.districts}
    return [
        Option(term.code, term.label, counts.get(term.code, 0))
        for term in taxonomy.terms(scheme)
        if counts.get(term.code) or term.code in chosen
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def filing_check(request: HttpRequest) -> HttpResponse:
    """Compare two figures with the thresholds of a day. Nothing is stored, and nothing is in the address."""
    data = request.POST if request.method == "POST" else None
    form = FilingCheckForm(data, initial={"day": clock.today()})
    check, is_unknown = None, False
    if data is not None and form.is_valid():
        said = form.cleaned_data
        check = rulebook.check_filing(
            said["kind"], turnover=said["turnover"], income=said["income"] or 0, day=said["day"]
        )
        is_unknown = check is None
    status = 400 if data is not None and not form.is_valid() else 200
    context = {
        "form": form,
        "check": check,
        "is_unknown": is_unknown,
        "thresholds": rulebook.thresholds_on(clock.today()),
    }
    return render_page(request, "offerings/filing_check.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def filing(request: HttpRequest, code: str) -> HttpResponse:
    """The filings of one organisation: record one, or remove one that is wrong."""
    org = fetch(
        parties.visible_to(request.user),
        code,
        actor=request.user,
        view="parties.view_organization",
        action="offerings.record_filing",
    )
    removes = "remove" in request.POST
    data = request.POST if request.method == "POST" else None
    form = FilingForm(None if removes else data, initial={"year": clock.today().year})
    removal = RemoveFilingForm(data if removes else None)
    try:
        if removes and removal.is_valid():
            year = request.POST["remove"]
            wrong = get_object_or_404(org.filings, year=int(year) if year.isdecimal() else 0)
            services.remove_filing(wrong, actor=request.user, **removal.cleaned_data)
            messages.success(request, _("备案记录已删除"))
            return redirect("offerings:filing", code)
        if data is not None and not removes and form.is_valid():
            services.record_filing(org, actor=request.user, **form.cleaned_data)
            messages.success(request, _("备案已记录"))
            return redirect("offerings:filing", code)
    except InvalidInput as error:
        for name, texts in error.errors.items():
            form.add_error(name, [str(text) for text in texts])
    context = {"org": org, "form": form, "removal": removal, "filings": org.filings.all()}
    context["removing"] = request.POST.get("remove", "")
    status = 400 if data is not None else 200
    return render_page(request, "offerings/filing.html", context, status=status)
