"""Computing and storing the matches of one listing. Repeating it changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from marketplace.achievements.models import Achievement
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.matching import scoring
from marketplace.matching.models import Match
from marketplace.matching.policies import OPEN
from marketplace.matching.queries import retrieval
from marketplace.matching.queries.retrieval import FLOOR, KEPT, Pair
from marketplace.matching.services.reading import keep_readings
from marketplace.needs.models import Need

_COMPUTED = [
    *("score", "retrieval", "evidence", "weights_version"),
    *("need_rev", "achievement_rev", "computed_at"),
]


def compute_matches(need: Need) -> list[Match]:
    """Compare a published need with the open achievements and store the best; returns the new ones.

    A need that is not published keeps what it has: its matches are out of sight until it is open
    again. What somebody has judged stays, whatever its score.
    """
    if need.status != OPEN:
        return []
    known = _known(Match.objects.filter(need=need), "achievement__code")
    pairs = retrieval.achievements_for(need, also=known)
    keep_readings([need, *(pair.other for pair in pairs)])
    return _store(
        [(need, pair.other, pair) for pair in _worth_keeping(pairs, known)],
        Match.objects.filter(need=need),
        compared=[pair.other.pk for pair in pairs],
        side="achievement_id",
    )


def compute_matches_for(achievement: Achievement) -> list[Match]:
    """The same for an achievement: compare it with the open needs and store the best."""
    if achievement.status != OPEN:
        return []
    known = _known(Match.objects.filter(achievement=achievement), "need__code")
    pairs = retrieval.needs_for(achievement, also=known)
    keep_readings([achievement, *(pair.other for pair in pairs)])
    return _store(
        [(pair.other, achievement, pair) for pair in _worth_keeping(pairs, known)],
        Match.objects.filter(achievement=achievement),
        compared=[pair.other.pk for pair in pairs],
        side="need_id",
    )


def _known(rows: QuerySet[Match], code: str) -> dict[str, bool]:
    """The codes of the stored other sides, and whether somebody has judged the match."""
    found = rows.values_list(code, "need_verdict", "achievement_verdict")
    return {str(other): bool(one or two) for other, one, two in found}


def _worth_keeping(pairs: Sequence[Pair[Any]], known: Mapping[str, bool]) -> list[Pair[Any]]:
    """The best KEPT pairs, and the pairs stored before, which may be among the best of their other side.

    A judged pair is kept whatever its score, so that the judgement is not lost and its evidence stays current.
    """
    return [
        pair
        for place, pair in enumerate(pairs)
        if known.get(pair.other.code)
        or (pair.explained.score >= FLOOR and (place < KEPT or pair.other.code in known))
    ]


@transaction.atomic
def _store(
    found: Sequence[tuple[Need, Achievement, Pair[Any]]],
    before: QuerySet[Match],
    *,
    compared: Sequence[int],
    side: str,
) -> list[Match]:
    stored = set(before.values_list(side, flat=True))
    now = clock.now()
    rows = [
        Match(
            need=need,
            achievement=achievement,
            score=pair.explained.score,
            retrieval=round(pair.retrieval, 4),
            evidence=pair.explained.evidence,
            weights_version=scoring.WEIGHTS.version,
            need_rev=need.rev,
            achievement_rev=achievement.rev,
            found_at=now,
            computed_at=now,
        )
        for need, achievement, pair in found
    ]
    Match.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["need", "achievement"],
        update_fields=_COMPUTED,
    )
    kept = {getattr(row, side) for row in rows}
    fallen = [key for key in compared if key not in kept]
    unjudged = before.filter(need_verdict="", achievement_verdict="")
    unjudged.filter(**{f"{side}__in": fallen}).delete()
    fresh = kept - stored
    return readable(
        before.filter(**{f"{side}__in": fresh}).select_related("need__owner", "achievement__owner")
    )
