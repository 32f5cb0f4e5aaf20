"""Service offers in any state, made through the services."""

from datetime import timedelta
from typing import Any

from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.offerings.models import Offering
from marketplace.parties.models import Organization, User

COMPLETE: dict[str, Any] = {
    "title": "人造板甲醛释放量检测",
    "category": "testing",
    "summary": "按气候箱法检测人造板和家具的甲醛释放量，十天内出具带 CMA 标志的报告。",
    "industry": "wood",
    "district": "371302",
    "description": "现场取样或寄样均可，样品平衡后按 1 立方米气候箱法测到浓度稳定，超标的附原因分析。",
    "standards": "GB/T 17657；GB 18580",
    "keywords": ["甲醛", "人造板", "检测"],
    "regions": ["370000"],
    "price_mode": "item",
    "price_min": 80_000,
    "price_max": 260_000,
    "turnaround": 10,
    "deliverables": "检测报告一式两份",
    "contact_name": "乔柏年",
    "contact_phone": "13800138001",
    "contact_email": "lab@example.com",
    "confidential": "长期客户的价格见附件，不得外传。",
}
QUALIFICATIONS: list[dict[str, Any]] = [
    {"scheme": "cma", "number": "231513000101", "scope": "人造板、家具"},
]
EQUIPMENT: list[dict[str, Any]] = [
    {"name": "甲醛气候箱", "model": "1 m³", "quantity": 8, "capability": "同时测 8 个样品"},
]


def make_offering(
    owner: Organization, author: User, *, state: str = "draft", **values: Any
) -> Offering:
    """A complete service offer of `owner` in `state`, through the services."""
    values = {**COMPLETE, **values}
    offering = listings.create_draft(Offering, owner=owner, actor=author, values=values)
    rows = {"qualifications": QUALIFICATIONS, "equipment": EQUIPMENT}
    offering = listings.save_step(offering, actor=author, values={}, rows=rows)
    return advance(offering, author, state)


def advance(offering: Offering, author: User, state: str) -> Offering:
    """Bring a draft to `state` by the moves that people would make."""
    from tests.factories.parties import make_staff

    if state == "draft":
        return offering
    if state == "expired":
        return _expired(offering, author)
    offering = listings.move(offering, "submit", actor=author)
    if state == "in_review":
        return offering
    registrar = make_staff("registrar_city")
    if state == "returned":
        return listings.move(offering, "return", actor=registrar, reasons=["资质编号不符"])
    offering = listings.move(offering, "publish", actor=registrar)
    if state == "withdrawn":
        return listings.move(offering, "withdraw", actor=author, reason="不再提供")
    return offering


def _expired(offering: Offering, author: User) -> Offering:
    """Published two days ago for that day only; then the clock closed it."""
    with clock.shift(-timedelta(days=2)):
        last_day = {"valid_until": clock.today()}
        offering = listings.save_step(offering, actor=author, values=last_day)
        advance(offering, author, "published")
    listings.expire_due(Offering)
    offering.refresh_from_db()
    assert offering.status == "expired"
    return offering
