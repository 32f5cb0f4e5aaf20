"""The public directory of brokers and the public page of one."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.brokerage import browsing, queries, rulebook
from marketplace.brokerage.rulebook import Level, Scheme
from marketplace.kernel.codes import is_valid_code
from marketplace.listings.filters import page_number
from marketplace.parties import queries as parties
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.costs import counted, has_words
from marketplace.web.facets import Group, Option, build_panel, sort_links
from marketplace.web.views import DEEPEST, Gone, fetch, render_page
from search import engine

_MOST_TEXT = 100
_MOST_VALUES = 30
_SORTS = (("", _("最近入库")), ("name", _("姓名")))
PAGE = 20


@require_safe
@counted("search", when=has_words)
def directory(request: HttpRequest) -> HttpResponse:
    """Brokers in the register by words and facets."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:_MOST_TEXT]
    chosen = _chosen(request)
    sort = "name" if request.GET.get("sort") == "name" else ""
    number = min(page_number(request.GET.get("page", "1")), DEEPEST)
    found = browsing.directory(q, chosen, sort=sort, page=number, size=PAGE)
    action = reverse("brokerage:list")
    groups = _groups(found.facets, chosen)
    context = {
        "q": q,
        "found": found,
        "page": Paginator(range(found.total), PAGE).get_page(number),
        "panel": build_panel(request.GET, action, groups),
        "sorts": sort_links(request.GET, action, _SORTS, sort),
        "total": found.total,
        "search_text": q,
        "search_scope": "brokers" if q else "",
        "guess": engine.did_you_mean(q) if q and not found.total else None,
    }
    return render_page(request, "brokerage/broker_list.html", context, partial="results")


def _chosen(request: HttpRequest) -> dict[str, list[str]]:
    """What is chosen of each facet, without values that do not exist: old links go on working."""
    found = {}
    for name in browsing.FACETS:
        known = _KNOWN.get(name)
        codes = {term.code for term in taxonomy.terms(name)} if known is None else known
        found[name] = [
            value
            for value in request.GET.getlist(name)[:_MOST_VALUES]
            if value in codes or (name == "organization" and is_valid_code(value))
        ]
    return found


#: Facets whose values are no list of the taxonomy.
_KNOWN: dict[str, set[str]] = {
    "level": set(Level.values),
    "scheme": set(Scheme.values),
    "language": {code for code, _label in rulebook.LANGUAGES},
    "organization": set(),
}


def _groups(counts: Any, chosen: dict[str, list[str]]) -> list[Group]:
    def options(name: str, labels: list[tuple[str, Any]]) -> list[Option]:
        """Values that somebody has, and those that were chosen, so that they can be taken back."""
        has = counts.get(name, {})
        return [
            Option(code, label, has.get(code, 0), code in chosen[name])
            for code, label in labels
            if has.get(code) or code in chosen[name]
        ]

    def terms(scheme: str) -> list[tuple[str, Any]]:
        return [(term.code, term.label) for term in taxonomy.terms(scheme)]

    codes = {*counts.get("organization", {}), *chosen["organization"]} - {""}
    organizations = [
        (org.code, org.name)
        for org in parties.public_organizations().filter(code__in=codes).order_by("name")
    ]
    levels = [(level.value, level.label) for level in reversed(rulebook.HIGHEST_FIRST)]
    groups = [
        Group("field", _("技术领域"), options("field", terms("field"))),
        Group("district", _("服务区域"), options("district", terms("district"))),
        Group("industry", _("服务行业"), options("industry", terms("industry"))),
        Group("level", _("证书等级"), options("level", levels)),
        Group("scheme", _("证书类别"), options("scheme", list(Scheme.choices)), open=False),
        Group("organization", _("所在单位"), options("organization", organizations), open=False),
        Group("language", _("工作语言"), options("language", list(rulebook.LANGUAGES)), open=False),
    ]
    return [group for group in groups if group.options]


@require_safe
def show_broker(request: HttpRequest, code: str) -> HttpResponse:
    """One broker as everybody sees one. A page that was public and is not now answers 410.

    The answer does not say why: the reason is for the person alone.
    """
    try:
        broker = fetch(
            queries.visible_to(request.user),
            code,
            actor=request.user,
            view="brokerage.view_broker",
        )
    except Http404:
        if queries.taken_down(code) is None:
            raise
        raise Gone(_("这个页面现在不公开")) from None
    context = {
        "broker": broker,
        "face": queries.face_of(broker),
        "record": queries.record_of(broker),
        "feedback": queries.feedback_summary(broker.pk),
        "is_preview": False,
    }
    return render_page(request, "brokerage/broker_detail.html", context)
