"""Arithmetic and rules of a contract: kinds, flow, worksheet, shares, days. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

#: Districts of the city begin with these digits (GB/T 2260: 临沂).
CITY = "3713"
OUTPUT, ABSORB, LOCAL = "output", "absorb", "local"

#: Kind of an intent (`contract_kind`) -> type of contract that a draft begins with. A transfer or a
#: licence has no usual sub-type, so its author chooses it.
TYPE_OF_KIND: Mapping[str, str] = {"development": "KF1", "consulting": "ZX", "service": "FW"}
#: Old four-kind codes of institutes' systems -> our types.
OLD_TYPES: Mapping[str, str] = {
    "A1": "ZR1",
    "A2": "ZR2",
    "A3": "XK1",
    "A4": "ZR3",
    "K1": "KF2",
    "K2": "KF1",
    "F1": "FW",
    "J1": "FW",
    "Z1": "ZX",
    "P1": "FW-P",
}
#: Kinds whose price must be found in a way that the law names, when the result is state-held.
PRICED_KINDS = frozenset({"ZR", "XK"})
#: Least days of publicity of an agreed price (山东省促进科技成果转化条例 art. 14).
LEAST_PUBLICITY_DAYS = 15

FULL_SHARE = 10_000
#: Days outside of this are typing errors. The first law on technology contracts is of 1987.
FIRST_DAY, LAST_DAY = date(1987, 1, 1), date(2100, 12, 31)


def kind_of(contract_type: str) -> str:
    """The class of a type, such as "FW" for "FW-P"; "" for no type."""
    return contract_type[:2]


def in_city(district: str) -> bool:
    """Whether a six-digit district belongs to the city."""
    return len(district) == 6 and district.startswith(CITY)


def flow(sellers: Iterable[str], buyers: Iterable[str]) -> frozenset[str]:
    """输出, 吸纳, and 本地 where it is both, from the districts of the sellers and of the buyers.

    The three are shown apart and never added up: a local contract is in the first two as well.
    """
    out, into = any(map(in_city, sellers)), any(map(in_city, buyers))
    found = {OUTPUT} if out else set()
    found |= {ABSORB} if into else set()
    found |= {LOCAL} if out and into else set()
    return frozenset(found)


def technical_fen(total_fen: int, deductions: Iterable[int]) -> int:
    """技术交易额: the total less the deductions. ValueError when they exceed it, or one is not positive."""
    rows = list(deductions)
    if any(row <= 0 for row in rows):
        raise ValueError("a deduction is positive")
    technical = total_fen - sum(rows)
    if technical < 0:
        raise ValueError("more is deducted than the total")
    return technical


def shares_fit(shares: Sequence[int | None]) -> bool:
    """Whether the shares of one side, in basis points, sum to 100 %. One party alone needs none."""
    if len(shares) == 1:
        return shares[0] in {None, FULL_SHARE}
    return all(share is not None and share > 0 for share in shares) and (
        sum(share or 0 for share in shares) == FULL_SHARE
    )


def is_plausible(day: date) -> bool:
    """Whether a day of a contract can be meant as typed."""
    return FIRST_DAY <= day <= LAST_DAY


def needs_price_evidence(*, contract_type: str, is_state_held: bool, is_equity: bool) -> bool:
    """Whether the price of the contract must be found by agreement with publicity, listing or auction.

    促进科技成果转化法 art. 18: 转让、许可 and 作价投资 of results that state-founded units hold.
    Development, services and consulting need none.
    """
    return is_state_held and (is_equity or kind_of(contract_type) in PRICED_KINDS)


def publicity_is_enough(starts_on: date | None, ends_on: date | None) -> bool:
    """Whether both days are known and the period, both days included, has at least 15 days."""
    if starts_on is None or ends_on is None:
        return False
    return (ends_on - starts_on).days + 1 >= LEAST_PUBLICITY_DAYS
