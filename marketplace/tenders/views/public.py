"""What everybody reads: open and past tenders, each for ever at its address."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.listings.filters import page_number
from marketplace.listings.rulebook import PRICE_BANDS
from marketplace.taxonomy import queries as taxonomy
from marketplace.tenders import browsing, queries, services
from marketplace.tenders.index import PHASES
from marketplace.tenders.models import TENDER_FILES
from marketplace.tenders.rulebook import Sealing, procedures_on
from marketplace.tenders.views.shared import parts_of
from marketplace.web.costs import counted, has_words
from marketplace.web.facets import Group, Option, build_panel
from marketplace.web.views import DEEPEST, fetch, render_page
from search import engine

PAGE = 20
_MOST_TEXT = 100
_MOST_VALUES = 30
#: Kept by the panel of filters: what they do not change.
_KEPT = ("q", "state", "org")


@require_safe
@counted("search", when=has_words)
def public_list(request: HttpRequest) -> HttpResponse:
    """Tenders by words and facets; of open ones, without words, those that close next are at the top."""
    now = clock.now()
    q = request.GET.get("q", "").replace("\0", "").strip()[:_MOST_TEXT]
    state = request.GET.get("state", "open")
    state = state if state in PHASES else "all"
    org = request.GET.get("org", "")
    org = org if is_valid_code(org) else ""
    labels = _labels(now)
    chosen = {
        name: [v for v in request.GET.getlist(name)[:_MOST_VALUES] if v in values]
        for name, values in labels.items()
    }
    number = min(page_number(request.GET.get("page", "1")), DEEPEST)
    narrowed = chosen | {"owner": [org] if org else []}
    found = browsing.find(q, narrowed, phase=state, now=now, page=number, size=PAGE)
    groups = _groups(labels, chosen, found.facets)
    context = {
        "q": q,
        "state": state,
        "org": org,
        "found": found,
        "page": Paginator(range(found.total), PAGE).get_page(number),
        "panel": build_panel(request.GET, reverse("tenders:list"), groups, keep=_KEPT),
        "total": found.total,
        "search_text": q,
        "search_scope": "tenders" if q else "",
        "guess": engine.did_you_mean(q) if q and not found.total else None,
    }
    return render_page(request, "tenders/public_list.html", context, partial="results")


def _labels(now: Any) -> dict[str, dict[str, Any]]:
    """The values of each facet with their labels. Others in an address are ignored: old links go on working."""
    return {
        "procedure": {one.name: one.label for one in procedures_on(clock.day_of(now))},
        "industry": {term.code: term.label for term in taxonomy.terms("industry")},
        "district": {term.code: term.label for term in taxonomy.terms("district")},
        "price_band": dict(PRICE_BANDS),
        "sealing": dict(Sealing.choices),
    }


_TITLES = {
    "procedure": pgettext_lazy("procedure", "方式"),
    "industry": _("行业"),
    "district": _("区县"),
    "price_band": _("预算"),
    "sealing": _("保密方式"),
}


def _groups(
    labels: Mapping[str, Mapping[str, Any]],
    chosen: Mapping[str, list[str]],
    counts: Mapping[str, Mapping[str, int]],
) -> list[Group]:
    """Values that some tender has, and those that were chosen, so that they can be taken back."""
    groups = []
    for name, title in _TITLES.items():
        has, taken = counts.get(name, {}), chosen[name]
        options = [
            Option(value, label, has.get(value), value in taken)
            for value, label in labels[name].items()
            if has.get(value) or value in taken or (name == "procedure" and not counts)
        ]
        groups.append(Group(name, title, options))
    return [group for group in groups if group.options]


@require_safe
def public_page(request: HttpRequest, code: str) -> HttpResponse:
    """One tender: what is wanted, its calendar, questions and answers, amendments, documents."""
    row = services.settle(
        fetch(queries.published(), code, actor=request.user, view="tenders.view_tender")
    )
    mine = request.user.is_authenticated and queries.mine_of(row, request.user)
    context = {
        "tender": row,
        **parts_of(row),
        "now": clock.now(),
        "files": list(attachments_of(TENDER_FILES, row.pk)),
        "questions": list(queries.published_questions(row)),
        "waiting": list(mine) if mine else [],
        "amendments": queries.amendments_of(row, request.user),
        "windows": list(queries.windows_of(row)) if row.ruled_by.objection_days else [],
        "cancellation": queries.announced_cancellation(row),
        "asks": row.takes_questions_now
        and (not request.user.is_authenticated or request.user.has_perm("tenders.ask_tender", row)),
        "rounds": queries.rounds_of(row),
        "manages": request.user.has_perm("tenders.manage_tender", row),
    }
    return render_page(request, "tenders/public_page.html", context)
