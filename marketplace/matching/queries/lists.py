"""Stored matches as pages show them. Both listings must be open, and neither side may have dismissed the match."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from marketplace.achievements.models import Achievement
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import Lists
from marketplace.listings.queries import owner_not_suspended
from marketplace.matching.models import Match, MatchFeedback, Side, Verdict
from marketplace.matching.policies import OPEN
from marketplace.needs.models import Need
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import counted_for_menu

#: The score from which a match is strong: strong matches are counted and notified, and a judgement is asked for.
STRONG = 60

_DISMISSED = Q(need_verdict=Verdict.DISMISSED) | Q(achievement_verdict=Verdict.DISMISSED)


def _with_listings() -> QuerySet[Match]:
    return Match.objects.select_related("need__owner", "achievement__owner")


def _shown() -> Q:
    """Both listings are published, and neither owner is suspended."""
    return (
        Q(need__status=OPEN, achievement__status=OPEN)
        & owner_not_suspended("need__owner")
        & owner_not_suspended("achievement__owner")
    )


def open_matches() -> QuerySet[Match]:
    """The matches that everybody may see, with both listings and their owners."""
    return (
        _with_listings().filter(_shown()).exclude(_DISMISSED).order_by("-score", "-retrieval", "id")
    )


def visible_to(actor: Actor) -> QuerySet[Match]:
    """The matches that this person may open: all open ones, and all of their own organisations' listings."""
    orgs = list(access_of(actor).orgs)
    seen = _shown() & ~_DISMISSED
    return _with_listings().filter(
        seen | Q(need__owner_id__in=orgs) | Q(achievement__owner_id__in=orgs)
    )


def matches_of_need(need: Need, actor: Actor) -> QuerySet[Match]:
    """The achievements that answer a need, best first; none when the actor may not see the need."""
    seen = actor.has_perm("needs.view_need", need)
    return open_matches().filter(need=need) if seen else Match.objects.none()


def matches_of_achievement(achievement: Achievement, actor: Actor) -> QuerySet[Match]:
    """The needs that an achievement answers, best first; none when the actor may not see it."""
    seen = actor.has_perm("achievements.view_achievement", achievement)
    return open_matches().filter(achievement=achievement) if seen else Match.objects.none()


def own_matches(actor: Actor, side: str = "") -> QuerySet[Match]:
    """Strong matches of the own organisations' listings that this side has not judged, best first.

    Weaker ones are on the page of each listing.
    """
    orgs = list(access_of(actor).orgs)
    as_need = Q(need__owner_id__in=orgs, need_verdict="")
    as_achievement = Q(achievement__owner_id__in=orgs, achievement_verdict="")
    wanted = {Side.NEED.value: as_need, Side.ACHIEVEMENT.value: as_achievement}
    rows = open_matches().filter(wanted.get(side, as_need | as_achievement), score__gte=STRONG)
    return rows.order_by("-score", "-found_at", "id")


def dismissed_by(actor: Actor) -> QuerySet[Match]:
    """Matches that the actor's own side has dismissed, newest first."""
    orgs = list(access_of(actor).orgs)
    mine = Q(need__owner_id__in=orgs, need_verdict=Verdict.DISMISSED) | Q(
        achievement__owner_id__in=orgs, achievement_verdict=Verdict.DISMISSED
    )
    rows = _with_listings().filter(mine, _shown())
    return rows.order_by("-found_at", "id")


def new_match_count(actor: Actor) -> int:
    """The number of matches that wait for this person's judgement, as the menu counts."""
    return _unjudged(actor)["matches"]


@counted_for_menu
def _unjudged(actor: Any) -> Lists:
    return {"matches": own_matches(actor)}


def match_counts(listings: Iterable[Need] | Iterable[Achievement]) -> dict[int, int]:
    """The number of open matches of each of these listings of one kind, by primary key; one query."""
    rows = list(listings)
    if not rows:
        return {}
    side = "need" if isinstance(rows[0], Need) else "achievement"
    counted = (
        open_matches()
        .filter(**{f"{side}_id__in": [row.pk for row in rows]})
        .order_by()
        .values(side)
        .annotate(number=Count("pk"))
    )
    found = {row[side]: row["number"] for row in counted}
    return {row.pk: found.get(row.pk, 0) for row in rows}


def feedback_of(match: Match, side: str) -> MatchFeedback | None:
    """The latest judgement of this side."""
    return match.feedback.filter(side=side).select_related("actor").first()


def match_by_id(pk: int) -> Match | None:
    """The match of an event, or None when one of its listings was deleted."""
    rows = _with_listings().select_related(
        "need__author", "achievement__author", "need__owner", "achievement__owner"
    )
    return rows.filter(pk=pk).first()
