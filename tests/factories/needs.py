"""Needs in any state, made through the services; nothing is filled in that a test did not ask for."""

from datetime import timedelta
from typing import Any

from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.needs.models import Need
from marketplace.parties.models import Organization, User

COMPLETE: dict[str, Any] = {
    "title": "降低人造板甲醛释放量",
    "kind": "rd",
    "summary": "多层实木复合板甲醛释放量偏高，希望引进无醛胶黏剂及配套热压工艺。",
    "industry": "wood",
    "field": "05",
    "district": "371302",
    "problem": "现用改性脲醛胶的成品甲醛释放量为 0.09 mg/m³，降胶后静曲强度不达标，已试过三聚氰胺改性仍有波动。",
    "background": "年产多层板 12 万立方米，两条热压线。",
    "keywords": ["甲醛", "人造板", "胶黏剂"],
    "cooperation": ["license", "joint_dev"],
    "budget_min": 50_000_000,
    "budget_max": 120_000_000,
    "contact_name": "林屿",
    "contact_phone": "13800138000",
    "contact_email": "lin@example.com",
    "confidential": "现用胶黏剂配方见附件，不得外传。",
}
INDICATORS: list[dict[str, Any]] = [
    {
        "name": "甲醛释放量",
        "current": "0.09",
        "comparator": "le",
        "target": 0.05,
        "unit": "mg/m³",
        "method": "GB/T 17657 气候箱法",
        "must": True,
    },
    {
        "name": "静曲强度",
        "current": "28",
        "comparator": "ge",
        "target": 30,
        "unit": "MPa",
        "method": "GB/T 17657",
        "must": False,
    },
]


def make_need(owner: Organization, author: User, *, state: str = "draft", **values: Any) -> Need:
    """A complete need of `owner` in `state`, through the services."""
    need = listings.create_draft(Need, owner=owner, actor=author, values={**COMPLETE, **values})
    need = listings.save_step(need, actor=author, values={}, rows={"indicators": INDICATORS})
    return advance(need, author, state)


def advance(need: Need, author: User, state: str) -> Need:
    """Bring a draft to `state` by the moves that people would make."""
    from tests.factories.parties import make_staff

    if state == "draft":
        return need
    if state == "expired":
        return _expired(need, author)
    need = listings.move(need, "submit", actor=author)
    if state == "in_review":
        return need
    registrar = make_staff("registrar_city")
    if state == "returned":
        return listings.move(need, "return", actor=registrar, reasons=["指标无法测量"])
    need = listings.move(need, "publish", actor=registrar)
    if state == "withdrawn":
        return listings.move(need, "withdraw", actor=author, reason="不再需要")
    if state == "solved":
        return listings.move(need, "solve", actor=author, how="platform", note="")
    return need


def _expired(need: Need, author: User) -> Need:
    """Published two days ago for that day only; then the clock closed it."""
    with clock.shift(-timedelta(days=2)):
        last_day = {"valid_until": clock.today()}
        need = listings.save_step(need, actor=author, values=last_day)
        advance(need, author, "published")
    listings.expire_due(Need)
    need.refresh_from_db()
    assert need.status == "expired"
    return need
