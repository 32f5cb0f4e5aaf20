"""Flags of risk for the registrar: split contracts, related parties, round trips, outliers, same texts, no consent.

A flag is a reason to look, never a refusal, and only registrars see it. Pure: the neighbours, which are the
few contracts that share a party or a title, are found by `registration.queries`.
"""

import math
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from marketplace.kernel.money import format_listing as amount
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.facts import BUYER, SELLER, Facts
from marketplace.registration.rulebook.settings import setting_on

SPLIT, RELATED, ROUND_TRIP, OUTLIER, SAME_TEXT, UNCONFIRMED = (
    "split",
    "related",
    "round_trip",
    "outlier",
    "same_text",
    "unconfirmed",
)
#: Days between two contracts of the same parties that may be one that was split.
SPLIT_DAYS = 90
#: Days within which money that comes back is a round trip, and how near the amounts are (percent).
ROUND_TRIP_DAYS, NEAR_PERCENT = 365, 20
#: Likeness of two subjects, 0–1, by shared runs of SHINGLE characters.
ALIKE, SAME, SHINGLE = 0.5, 0.8, 4
#: A subject with fewer runs than this is too short to be compared.
FEWEST_RUNS = 8
#: With fewer contracts of the type nothing is an outlier; beyond this distance an amount is one.
FEWEST_PEERS, FAR = 12, 3.5
#: Makes the median deviation comparable to a standard deviation (normal distribution).
_MAD = 0.6745


@dataclass(frozen=True)
class Neighbour:
    """Another contract: who sells and buys (identity, else name), amount in fen, day, type, subject."""

    code: str
    sellers: frozenset[str]
    buyers: frozenset[str]
    total: int | None
    signed_on: date | None
    contract_type: str
    subject: str


@dataclass(frozen=True)
class Flag:
    """One flag: its kind, what was seen, and the codes of the other contracts."""

    kind: str
    what: str
    codes: tuple[str, ...] = ()


def shingles(text: str) -> frozenset[str]:
    """The runs of SHINGLE characters of a text without signs."""
    plain = re.sub(r"\W+", "", text)
    return frozenset(plain[at : at + SHINGLE] for at in range(len(plain) - SHINGLE + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of runs that two texts have in common, 0–1; 0 when one is too short."""
    if min(len(one), len(other)) < FEWEST_RUNS:
        return 0.0
    return len(one & other) / len(one | other)


def key_of(identity: str, name: str) -> str:
    """What a party is recognised by: its code, without one its name."""
    return identity.strip().upper() or "".join(name.split())


def parties_of(facts: Facts, side: str) -> frozenset[str]:
    """The keys of one side's parties."""
    return frozenset(key_of(row.identity, row.name) for row in facts.side(side))


def risk_flags(
    facts: Facts,
    neighbours: Iterable[Neighbour],
    peers: Sequence[int],
    today: date,
    unconfirmed: Sequence[str] = (),
) -> list[Flag]:
    """The flags of a contract.

    `peers` are amounts in fen of other contracts of its type, `unconfirmed` the names of parties of the
    platform that have not agreed on line.
    """
    rows = list(neighbours)
    flags = [
        _related(facts),
        _split(facts, rows, today),
        _round_trip(facts, rows),
        _outlier(facts, peers),
        _same_text(facts, rows),
        _unconfirmed(unconfirmed),
    ]
    return [flag for flag in flags if flag]


def _days_apart(one: date | None, other: date | None) -> int | None:
    return abs((one - other).days) if one and other else None


def _related(facts: Facts) -> Flag | None:
    """The parties say so, have the same head, or one name begins with the other's stem."""
    if facts.is_related:
        return Flag(RELATED, _("申报为关联交易"))
    for seller in facts.side(SELLER):
        for buyer in facts.side(BUYER):
            if seller.legal_head and seller.legal_head == buyer.legal_head and not seller.is_person:
                return Flag(RELATED, _("双方法定代表人同为%(name)s") % {"name": seller.legal_head})
            if seller.is_person and seller.name and seller.name == buyer.legal_head:
                return Flag(RELATED, _("卖方是买方的法定代表人"))
    return None


def _split(facts: Facts, rows: list[Neighbour], today: date) -> Flag | None:
    """Like contracts of the same parties, each below a threshold that they reach together."""
    if not facts.total:
        return None
    own, sellers, buyers = (
        shingles(facts.subject),
        parties_of(facts, SELLER),
        parties_of(facts, BUYER),
    )
    like = [
        row
        for row in rows
        if row.total
        and row.sellers & sellers
        and row.buyers & buyers
        and (apart := _days_apart(facts.signed_on, row.signed_on)) is not None
        and apart <= SPLIT_DAYS
        and likeness(own, shingles(row.subject)) >= ALIKE
    ]
    whole = facts.total + sum(row.total or 0 for row in like)
    for limits in (settings.PROVINCE_ABOVE, settings.SECOND_REVIEW_FROM):
        limit = setting_on(limits, today)
        if (
            limit
            and like
            and whole >= limit.value > max(facts.total, *(row.total or 0 for row in like))
        ):
            return Flag(
                SPLIT,
                _("相同双方 %(days)d 天内的相近合同合计 %(sum)s，达到 %(limit)s")
                % {"days": SPLIT_DAYS, "sum": amount(whole), "limit": amount(limit.value)},
                tuple(row.code for row in like),
            )
    return None


def _round_trip(facts: Facts, rows: list[Neighbour]) -> Flag | None:
    """A contract the other way round, of nearly the same amount."""
    if not facts.total:
        return None
    sellers, buyers = parties_of(facts, SELLER), parties_of(facts, BUYER)
    back = [
        row
        for row in rows
        if row.total
        and row.sellers & buyers
        and row.buyers & sellers
        and (apart := _days_apart(facts.signed_on, row.signed_on)) is not None
        and apart <= ROUND_TRIP_DAYS
        and abs(row.total - facts.total) * 100 <= NEAR_PERCENT * max(row.total, facts.total)
    ]
    if not back:
        return None
    return Flag(
        ROUND_TRIP,
        _("双方一年内有方向相反、金额相近的合同"),
        tuple(row.code for row in back),
    )


def _outlier(facts: Facts, peers: Sequence[int]) -> Flag | None:
    """An amount far from those of its type: the median deviation of the number of digits decides."""
    if not facts.total or len(peers) < FEWEST_PEERS:
        return None
    digits = [_digits(fen) for fen in peers if fen > 0]
    middle = statistics.median(digits)
    spread = statistics.median(abs(row - middle) for row in digits)
    distance = _MAD * abs(_digits(facts.total) - middle) / max(spread, 0.05)
    if distance <= FAR:
        return None
    return Flag(
        OUTLIER,
        _("成交额 %(total)s 与同类合同相差悬殊，同类中位数 %(middle)s")
        % {"total": amount(facts.total), "middle": amount(int(statistics.median(peers)))},
    )


def _digits(fen: int) -> float:
    """The decimal logarithm, by which amounts are compared."""
    return math.log10(fen)


def _same_text(facts: Facts, rows: list[Neighbour]) -> Flag | None:
    own = shingles(facts.subject)
    same = [row for row in rows if likeness(own, shingles(row.subject)) >= SAME]
    if not same:
        return None
    return Flag(SAME_TEXT, _("标的内容与其他合同几乎相同"), tuple(row.code for row in same))


def _unconfirmed(names: Sequence[str]) -> Flag | None:
    """The signature was recorded by one side alone, and the other uses the platform."""
    if not names:
        return None
    return Flag(
        UNCONFIRMED,
        _("对方未在线确认：%(names)s；请核对签订文本上的印章和签字") % {"names": "、".join(names)},
    )
