"""The matches of a published listing, for everybody; as a whole page or within the listing's page."""

from collections.abc import Callable
from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.achievements import queries as achievements
from marketplace.matching import queries
from marketplace.matching.forms import MarkForm
from marketplace.matching.models import Match, Side
from marketplace.matching.queries import STRONG
from marketplace.matching.views.cards import cards_of, lacking_words, weights_note
from marketplace.needs import queries as needs
from marketplace.web.views import fetch, paginate, render_page

PAGE = 10
#: The number of matches on the page of a listing; a link leads to all of them.
WITHIN = 3


@require_safe
def for_need(request: HttpRequest, code: str) -> HttpResponse:
    """The achievements that answer a need, each with its explanation."""
    need = fetch(needs.visible_to(request.user), code, actor=request.user, view="needs.view_need")
    rows = queries.matches_of_need(need, request.user)
    may_edit = request.user.has_perm("needs.edit_need", need)
    look = queries.preview_matches if may_edit else None
    return _show(request, need, rows, shown=Side.ACHIEVEMENT.value, look=look)


@require_safe
def for_achievement(request: HttpRequest, code: str) -> HttpResponse:
    """The needs that an achievement answers, each with its explanation."""
    achievement = fetch(
        achievements.visible_to(request.user),
        code,
        actor=request.user,
        view="achievements.view_achievement",
    )
    rows = queries.matches_of_achievement(achievement, request.user)
    may_edit = request.user.has_perm("achievements.edit_achievement", achievement)
    look = queries.preview_needs if may_edit else None
    return _show(request, achievement, rows, shown=Side.NEED.value, look=look)


def _show(
    request: HttpRequest,
    listing: Any,
    rows: QuerySet[Match],
    *,
    shown: str,
    look: Callable[[Any], queries.Found] | None,
) -> HttpResponse:
    """`look` compares again for the author, to say why no candidate reached the required score."""
    within = bool(getattr(request, "htmx", None)) and not request.htmx.boosted  # type: ignore[attr-defined]
    page = paginate(request, rows, size=WITHIN if within else PAGE)
    context = {
        "listing": listing,
        "shown": shown,
        "page": page,
        "cards": cards_of(page.object_list, request.user, shown=shown),
        "lacking": lacking_words(look(listing).lacking) if look and not page.object_list else "",
        "strong": rows.filter(score__gte=STRONG).count(),
        "computed_at": rows.aggregate(at=Max("computed_at"))["at"],
        "threshold": STRONG,
        "weights_note": weights_note(),
        "reasons": MarkForm.reasons(),
    }
    return render_page(request, "matching/match_list.html", context, partial="matches")
