"""Drawing experts, judging prices and ranking bids. Pure functions of plain values: no models, no clock.

All arithmetic is exact (`Fraction`); a total is rounded once, at its end.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Characters.
MOST_TITLE, MOST_NAME, MOST_LINE, MOST_REASON, MOST_TEXT = 60, 80, 300, 500, 3_000
#: Rows of an expert.
MOST_EMPLOYMENTS, MOST_EXCLUSIONS, MOST_FIELDS = 20, 20, 6
#: Members of a panel.
MOST_MEMBERS = 15
#: Who worked for an organisation within so many days before is in conflict with it.
LOOK_BACK = timedelta(days=3 * 365)
#: Calendar days after that of the invitation, until whose end it is answered and the declaration made.
DAYS_TO_ANSWER = 3
#: Days that a bidder has for an explanation.
LEAST_DAYS, MOST_DAYS = 1, 10

#: The pledge of an expert by version. A version that was accepted once never changes.
PLEDGES: Mapping[int, Any] = {
    1: _(
        "我承诺：所填情况真实完整；客观公正评审，对个人意见负责；与投标人有利害关系的主动回避；"
        "不私下接触投标人，不收受财物，不接受请托，有人打招呼的如实记录；"
        "不透露方案内容、评审情况和专家身份。"
    )
}
PLEDGE = max(PLEDGES)

#: Why a bid is excluded, by code.
GROUNDS: Mapping[str, Any] = {
    "requirement": _("不满足必须满足的指标"),
    "condition": _("不符合公告规定的条件"),
    "false": _("弄虚作假"),
    "collusion": _("串通投标"),
    "price": _("报价低于成本或超过最高限价，且不能合理说明"),
    "form": _("缺少签字盖章或者规定的材料"),
    "other": _("其他违反公告实质性要求的情形"),
}


# --- the draw ---------------------------------------------------------------------------------
def seed_hash(seed: bytes) -> str:
    """What is published before the draw: the SHA-256 of the seed."""
    return hashlib.sha256(seed).hexdigest()


def pool_hash(pool: Iterable[str]) -> str:
    """What is published with it: the SHA-256 of the sorted codes, one a line."""
    return hashlib.sha256("\n".join(sorted(set(pool))).encode()).hexdigest()


def draw_order(seed: bytes, pool: Iterable[str]) -> list[str]:
    """The whole pool in the order of the draw: by the SHA-256 of the seed followed by the code."""

    def key(code: str) -> tuple[bytes, str]:
        return hashlib.sha256(seed + code.encode()).digest(), code

    return sorted(set(pool), key=key)


def draw(seed: bytes, pool: Iterable[str], count: int) -> list[str]:
    """The first `count` codes of the order of the draw; the next ones stand in for those who cannot."""
    return draw_order(seed, pool)[:count]


# --- the size of a panel ----------------------------------------------------------------------
def against_size(size: int, own: int, least: int) -> Any:
    """The reason against a panel of this size with `own` people of the purchaser, or "".

    Odd, at least `least`, and experts from outside are two thirds at least (《招标投标法》第三十七条).
    """
    if size < least or size > MOST_MEMBERS or size % 2 == 0:
        return _("评审组人数应为不少于 %(least)d、不多于 %(most)d 的单数") % {
            "least": least,
            "most": MOST_MEMBERS,
        }
    if own * 3 > size:
        return _("发榜单位的代表不得超过三分之一")
    return ""


# --- names ------------------------------------------------------------------------------------
# --- scores -----------------------------------------------------------------------------------
_POINTS = re.compile(r"\d{1,3}(?:\.\d{1,2})?", re.ASCII)
FULL = Decimal(100)


def read_points(text: str) -> Decimal | None:
    """The points that were typed, or None for what is no number from 0 to 100 with two decimals at most."""
    typed = unicodedata.normalize("NFKC", text[:20]).strip()
    if not _POINTS.fullmatch(typed):
        return None
    points = Decimal(typed)
    return points if points <= FULL else None


@dataclass(frozen=True)
class Weighted:
    """A criterion: its number, whether the formula for prices gives its points, and its share of 100."""

    number: int
    is_price: bool
    weight: Decimal


@dataclass(frozen=True)
class Entry:
    """What ranking knows of a bid: `scores` by number of criterion, in any order. `price` in fen.

    A bid without a price is not ranked, whatever `is_valid` says.
    """

    bid: str
    price: int | None
    received_at: datetime
    scores: Mapping[int, Sequence[Decimal]] = field(default_factory=dict)
    is_valid: bool = True


@dataclass(frozen=True)
class Place:
    """A valid bid in the ranking; totals with two decimals."""

    rank: int
    bid: str
    total: Decimal
    technical: Decimal


def price_points(price: int, lowest: int) -> Fraction:
    """The points of a price: the lowest of the valid prices divided by it, times 100."""
    if price <= lowest:
        return Fraction(100)
    return Fraction(lowest * 100, price)


def rounded(value: Fraction) -> Decimal:
    """Two decimals, half up. `value` is not negative."""
    cents = (value * 100 + Fraction(1, 2)).__floor__()
    return Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))


def mean(points: Sequence[Decimal]) -> Fraction:
    """The exact mean. Raises ValueError without points: nobody has scored."""
    if not points:
        raise ValueError("a criterion without scores")
    return sum((Fraction(one) for one in points), Fraction(0)) / len(points)


def rank(criteria: Sequence[Weighted], entries: Iterable[Entry]) -> list[Place]:
    """The valid bids, the best first.

    The total is the sum of weight times mean. Equal totals are ordered by the technical score, then by the
    lower price, then by the earlier receipt, at last by code, so that the order never depends on the input's.
    """
    valid = [(one, one.price) for one in entries if one.is_valid and one.price is not None]
    if not valid:
        return []
    lowest = min(price for _one, price in valid)
    found: list[tuple[Any, Entry, Decimal, Decimal]] = []
    for one, price in valid:
        technical = sum(
            (
                Fraction(row.weight) * mean(one.scores.get(row.number, ())) / 100
                for row in criteria
                if not row.is_price
            ),
            Fraction(0),
        )
        of_price = sum((Fraction(row.weight) for row in criteria if row.is_price), Fraction(0))
        total = rounded(technical + of_price * price_points(price, lowest) / 100)
        key = (-total, -technical, price, one.received_at, one.bid)
        found.append((key, one, total, rounded(technical)))
    found.sort(key=lambda row: row[0])
    return [
        Place(place, one.bid, total, technical)
        for place, (_key, one, total, technical) in enumerate(found, start=1)
    ]


# --- prices that need an explanation ----------------------------------------------------------
@dataclass(frozen=True)
class PriceRule:
    """When a price is abnormal: below `share` percent of the mean of all prices, or above the budget."""

    version: int
    share: int
    source: Any


PRICE_RULES: tuple[PriceRule, ...] = (
    PriceRule(1, 70, _("平台约定；参照《政府采购货物和服务招标投标管理办法》第六十条")),
)
PRICE_RULE = PRICE_RULES[-1]


def abnormal(
    prices: Mapping[str, int | None], budget: int | None, rule: PriceRule = PRICE_RULE
) -> dict[str, Any]:
    """Why the price of a bid needs an explanation, by code; bids with a usual price, or with none, are left out."""
    found: dict[str, Any] = {}
    known = {bid: price for bid, price in prices.items() if price is not None}
    for bid, price in known.items():
        if budget is not None and price > budget:
            found[bid] = _("报价超过预算")
        elif Fraction(price) * 100 * len(known) < rule.share * sum(known.values()):
            found[bid] = _("报价低于平均报价的 %(share)d%%") % {"share": rule.share}
    return found


# --- the report -------------------------------------------------------------------------------
def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same bytes for the same content."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def sha256(content: bytes) -> str:
    """The SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
