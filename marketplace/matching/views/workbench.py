"""Pages of the workbench: previews of drafts, new matches of one's own listings, judging a match."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.achievements import queries as achievements
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.matching import queries, services
from marketplace.matching.forms import MarkForm
from marketplace.matching.models import Match, Side, Verdict
from marketplace.matching.policies import sides_of
from marketplace.matching.views.cards import card_of, lacking_words, previews, weights_note
from marketplace.needs import queries as needs
from marketplace.web.costs import counted
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
@counted("match")
def preview_need(request: HttpRequest, code: str) -> HttpResponse:
    """What a need would match as it stands now; nothing is stored."""
    need = fetch(
        needs.visible_to(request.user),
        code,
        actor=request.user,
        view="needs.view_need",
        action="needs.edit_need",
    )
    found = queries.preview_matches(need)
    back = reverse("needs:check", args=[need.code])
    return _preview(request, need, found, shown=Side.ACHIEVEMENT.value, back=back)


@login_required
@require_safe
@counted("match")
def preview_achievement(request: HttpRequest, code: str) -> HttpResponse:
    """What an achievement would match as it stands now; nothing is stored."""
    achievement = fetch(
        achievements.visible_to(request.user),
        code,
        actor=request.user,
        view="achievements.view_achievement",
        action="achievements.edit_achievement",
    )
    found = queries.preview_needs(achievement)
    back = reverse("achievements:check", args=[achievement.code])
    return _preview(request, achievement, found, shown=Side.NEED.value, back=back)


@login_required
@require_safe
def own_matches(request: HttpRequest) -> HttpResponse:
    """Matches of the reader's listings that wait for a judgement, or those that were dismissed."""
    side = request.GET.get("side", "")
    dismissed = request.GET.get("show") == "dismissed"
    rows = (
        queries.dismissed_by(request.user) if dismissed else queries.own_matches(request.user, side)
    )
    page = paginate(request, rows, size=10)
    cards = [_own_card(match, request.user, side) for match in page.object_list]
    context = {
        "page": page,
        "cards": cards,
        "side": side,
        "dismissed": dismissed,
        "sides": [("", _("全部")), ("need", _("我的需求")), ("achievement", _("我的成果"))],
        "weights_note": weights_note(),
        "reasons": MarkForm.reasons(),
    }
    return render_page(request, "matching/match_own.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("mark", per_user="300/h")
def mark_match(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a match fits, and if not, why."""
    match = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="matching.view_match",
        action="matching.mark_match",
    )
    asked = request.POST if request.method == "POST" else request.GET
    sides = sides_of(request.user, match)
    side = asked.get("side", "")
    if side and side not in sides:
        raise Forbidden(services.NOT_A_SIDE)
    if not side and (request.method != "POST" or len(sides) == 1):
        side = sides[0]
    initial = _said_before(match, side, asked.get("verdict", ""))
    form = MarkForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.mark_match(match, actor=request.user, side=side, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error.errors)
        else:
            messages.success(request, _said(form.cleaned_data["verdict"]))
            return redirect(_after(request, match, side))
    shown = Side.ACHIEVEMENT.value if side == Side.NEED else Side.NEED.value
    context = {
        "form": form,
        "side": side,
        "match": match,
        "card": card_of(match, request.user, shown=shown, folded=False),
        "back": reverse("matching:own"),
    }
    status = 400 if request.method == "POST" else 200
    return render_page(request, "matching/match_mark.html", context, status=status)


def _said_before(match: Match, side: str, verdict: str) -> dict[str, str]:
    """The form values of this side's last judgement; `verdict` is the one that a link proposes."""
    last = queries.feedback_of(match, side)
    if last is not None and verdict in {"", last.verdict}:
        return {"verdict": last.verdict, "reason": last.reason, "note": last.note}
    return {"verdict": verdict or Verdict.DISMISSED.value}


def _preview(
    request: HttpRequest, listing: Any, found: queries.Found, *, shown: str, back: str
) -> HttpResponse:
    context = {
        "listing": listing,
        "cards": previews(found.matches, shown=shown),
        "lacking": lacking_words(found.lacking),
        "back": back,
        "weights_note": weights_note(),
    }
    return render_page(request, "matching/match_preview.html", context, partial="matches")


def _own_card(match: Match, actor: Actor, side: str) -> Any:
    """A card from the side that was asked for, by default the reader's first side."""
    mine = sides_of(actor, match)
    first = side if side in mine else mine[0]
    shown = Side.ACHIEVEMENT.value if first == Side.NEED else Side.NEED.value
    return card_of(match, actor, shown=shown, folded=True)


def _said(verdict: str) -> Any:
    if verdict == Verdict.FITS:
        return _("已标为合适，对方会收到消息")
    return _("已标为不合适，不再显示；可以在“已排除”里找回")


def _after(request: HttpRequest, match: Match, side: str) -> str:
    """The page on which the judgement was made: the reader's matches, or those of the listing."""
    if request.POST.get("from") == "own":
        return reverse("matching:own")
    code = match.need.code if side == Side.NEED else match.achievement.code
    return reverse(f"matching:for_{side}", args=[code])
