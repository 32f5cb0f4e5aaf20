"""Published pairs that answer each other, and stored matches."""

from typing import Any

from marketplace.achievements.models import Achievement
from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.matching.models import Match
from marketplace.needs.models import Need
from marketplace.parties.models import Organization, User
from tests.factories.achievements import ROWS, make_achievement
from tests.factories.achievements import advance as advance_achievement
from tests.factories.needs import advance as advance_need
from tests.factories.needs import make_need

MAGNET_NEED: dict[str, Any] = {
    "title": "高矫顽力钕铁硼磁体重稀土减量技术",
    "summary": "希望引进晶界扩散技术，在矫顽力不降的前提下减少重稀土用量。",
    "problem": "现行烧结钕铁硼配方镝、铽合计 2.8%，成本高。晶界扩散后磁片芯部矫顽力提升不足，"
    "涂层厚薄不匀使同盒磁片矫顽力离散，装炉量也小。",
    "industry": "materials.magnetic",
    "field": "05",
    "district": "371302",
    "keywords": ["钕铁硼", "晶界扩散", "重稀土减量"],
    "cooperation": ["license"],
    "trl_min": 7,
    "budget_min": 120_000_000,
    "budget_max": 200_000_000,
    "confidential": "CANARY-现行配方成本构成",
}
MAGNET_INDICATORS: list[dict[str, Any]] = [
    {"name": "矫顽力", "comparator": "ge", "target": 1650, "unit": "kA/m", "must": True},
    {"name": "剩磁 Br", "comparator": "ge", "target": "13.6", "unit": "kGs", "must": True},
]


def magnet_need(
    owner: Organization, author: User, *, state: str = "published", **over: Any
) -> Need:
    """A need that `make_achievement` truly answers."""
    need = make_need(owner, author, **{**MAGNET_NEED, **over})
    need = listings.save_step(need, actor=author, values={}, rows={"indicators": MAGNET_INDICATORS})
    return advance_need(need, author, state)


def magnet_result(
    owner: Organization, author: User, *, state: str = "published", **over: Any
) -> Achievement:
    """An achievement that `magnet_need` asks for."""
    values = {"confidential": "CANARY-浆料配比", **over}
    made = make_achievement(owner, author, **values)
    made = listings.save_step(made, actor=author, values={}, rows=ROWS)
    return advance_achievement(made, author, state)


def make_match(need: Need, achievement: Achievement, **fields: Any) -> Match:
    """A stored match with evidence as a computation would leave it."""
    from marketplace.matching.queries import facts

    explained = facts.explain(facts.need_facts(need), facts.offer_facts(achievement), None)
    values = {
        "score": explained.score,
        "evidence": explained.evidence,
        "weights_version": "2026-1",
        "need_rev": need.rev,
        "achievement_rev": achievement.rev,
        "computed_at": clock.now(),
    }
    return Match.objects.create(need=need, achievement=achievement, **{**values, **fields})
