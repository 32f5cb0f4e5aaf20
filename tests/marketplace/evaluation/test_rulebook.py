"""The draw, the prices and the ranking, by hand and by properties."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evaluation import rulebook
from marketplace.evaluation.rulebook import Entry, Weighted

AT = datetime(2025, 5, 1, tzinfo=UTC)
D = Decimal


def test_the_draw_is_the_order_of_hashes_of_seed_and_code() -> None:
    seed, pool = bytes(range(32)), ["ZJ2025-C", "ZJ2025-A", "ZJ2025-B", "ZJ2025-A"]
    by_hand = sorted(set(pool), key=lambda code: sha256(seed + code.encode()).hexdigest())
    assert rulebook.draw_order(seed, pool) == by_hand
    assert rulebook.draw(seed, pool, 2) == by_hand[:2]
    # Who drops out is replaced by the next: the order of the others stays.
    rest = [code for code in pool if code != by_hand[0]]
    assert rulebook.draw_order(seed, rest) == by_hand[1:]
    assert rulebook.seed_hash(seed) == sha256(seed).hexdigest()
    assert rulebook.pool_hash(pool) == sha256(b"ZJ2025-A\nZJ2025-B\nZJ2025-C").hexdigest()


@given(st.binary(min_size=32, max_size=32), st.lists(st.text("ABCXYZ23", min_size=1), max_size=20))
def test_the_draw_does_not_depend_on_the_order_of_the_pool(seed: bytes, pool: list[str]) -> None:
    assert rulebook.draw_order(seed, pool) == rulebook.draw_order(seed, list(reversed(pool)))


def test_the_size_is_odd_and_two_thirds_are_from_outside() -> None:
    assert not rulebook.against_size(5, 1, 5)
    assert rulebook.against_size(5, 2, 5)
    assert rulebook.against_size(4, 0, 1)
    assert rulebook.against_size(3, 1, 5)
    assert not rulebook.against_size(3, 1, 1)
    assert rulebook.against_size(17, 0, 5)


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("0", D("0")),
        ("100", D("100")),
        ("99.99", D("99.99")),
        ("８８．５", D("88.5")),
        *((bad, None) for bad in ("100.01", "101", "1e9", "NaN", "-1", "+1", "1.234", "", "١٢")),
    ],
)
def test_points_are_plain_numbers_from_0_to_100(typed: str, points: Any) -> None:
    assert rulebook.read_points(typed) == points


CRITERIA = (Weighted(1, False, D("60")), Weighted(2, False, D("10")), Weighted(3, True, D("30")))


def entry(bid: str, price: int, one: str, two: str, **more: Any) -> Entry:
    scores = {1: [D(x) for x in one.split()], 2: [D(x) for x in two.split()]}
    return Entry(bid, price, more.pop("at", AT), scores, **more)


def test_a_ranking_by_hand() -> None:
    places = rulebook.rank(
        CRITERIA,
        [
            # Means 81 and 70: technical 55.6; the price 100/120 of 30 points is 25; 80.6.
            entry("B", 120, "80 81 82", "70 70 70"),
            # Means 70.333… and 90: technical 51.2; 30 for the lowest price; 81.2.
            entry("A", 100, "70 70 71", "90 90 90"),
            entry("C", 50, "100 100 100", "100 100 100", is_valid=False),
        ],
    )
    # The invalid bid has no place, and its price is not the lowest one.
    assert [(row.rank, row.bid, row.total, row.technical) for row in places] == [
        (1, "A", D("81.20"), D("51.20")),
        (2, "B", D("80.60"), D("55.60")),
    ]


def test_halves_are_rounded_up_once_at_the_end() -> None:
    half = (Weighted(1, False, D("100")),)
    found = rulebook.rank(half, [Entry("A", 1, AT, {1: [D("0.01"), D("0")]})])
    assert found[0].total == D("0.01")
    thirds = rulebook.rank(half, [Entry("A", 1, AT, {1: [D("100"), D("100"), D("99.99")]})])
    assert str(thirds[0].total) == "100.00"


def test_ties_go_by_technical_score_then_price_then_receipt_then_code() -> None:
    later = AT + timedelta(seconds=1)
    same = [entry("C", 100, "80", "80"), entry("B", 100, "80", "80", at=later)]
    assert [row.bid for row in rulebook.rank(CRITERIA, same)] == ["C", "B"]
    # 70 of scheme and price against 70 of another split: equal totals, more technical first.
    criteria = (Weighted(1, False, D("50")), Weighted(3, True, D("50")))
    cheap = Entry("A", 100, AT, {1: [D("50")]})
    good = Entry("B", 200, AT, {1: [D("100")]})
    assert [row.bid for row in rulebook.rank(criteria, [cheap, good])] == ["B", "A"]


def test_free_bids_and_single_bids() -> None:
    only = rulebook.rank(CRITERIA, [entry("A", 0, "50", "50")])
    assert [(row.rank, row.total) for row in only] == [(1, D("65.00"))]
    two = rulebook.rank(CRITERIA, [entry("A", 0, "50", "50"), entry("B", 10, "50", "50")])
    assert [row.total for row in two] == [D("65.00"), D("35.00")]
    assert rulebook.rank(CRITERIA, []) == []
    with pytest.raises(ValueError, match="without scores"):
        rulebook.rank(CRITERIA, [Entry("A", 1, AT)])


points = st.decimals(0, 100, places=2)


@st.composite
def ballots(draw: Any) -> list[Entry]:
    members = draw(st.integers(1, 5))
    rows = st.lists(points, min_size=members, max_size=members)
    return [
        Entry(
            f"TB{number}",
            draw(st.integers(0, 10**12)),
            AT + timedelta(seconds=draw(st.integers(0, 3))),
            {1: draw(rows), 2: draw(rows)},
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


@given(ballots(), st.randoms())
def test_permuting_bids_and_members_changes_nothing(entries: list[Entry], random: Any) -> None:
    shuffled = [
        Entry(
            one.bid,
            one.price,
            one.received_at,
            {number: random.sample(rows, len(rows)) for number, rows in one.scores.items()},
            one.is_valid,
        )
        for one in random.sample(entries, len(entries))
    ]
    criteria = random.sample(list(CRITERIA), 3)
    assert rulebook.rank(criteria, shuffled) == rulebook.rank(CRITERIA, entries)


@given(ballots(), st.data())
def test_raising_one_score_never_lowers_that_bid(entries: list[Entry], data: Any) -> None:
    valid = [place for place, one in enumerate(entries) if one.is_valid]
    if not valid:
        return
    place = data.draw(st.sampled_from(valid))
    number = data.draw(st.sampled_from([1, 2]))
    one = entries[place]
    member = data.draw(st.integers(0, len(one.scores[number]) - 1))
    higher = data.draw(st.decimals(one.scores[number][member], 100, places=2))
    rows = list(one.scores[number])
    rows[member] = higher
    raised = list(entries)
    raised[place] = Entry(
        one.bid, one.price, one.received_at, {**one.scores, number: rows}, one.is_valid
    )
    assert _rank_of(one.bid, raised) <= _rank_of(one.bid, entries)


def _rank_of(bid: str, entries: Sequence[Entry]) -> int:
    return next(row.rank for row in rulebook.rank(CRITERIA, entries) if row.bid == bid)


def test_abnormal_prices() -> None:
    # The mean of 100, 100 and 40 is 80, and 70 % of it 56.
    found = rulebook.abnormal({"A": 100, "B": 100, "C": 40}, None)
    assert list(found) == ["C"]
    assert list(rulebook.abnormal({"A": 100, "B": 101}, 100)) == ["B"]
    # Who names no price is no part of the mean.
    assert list(rulebook.abnormal({"A": 100, "B": 100, "C": 40, "D": None}, None)) == ["C"]
    assert rulebook.abnormal({"D": None}, 100) == {}
    # Exactly 70 % of the mean is usual: 70, 130 have the mean 100.
    assert rulebook.abnormal({"A": 70, "B": 130}, None) == {}
    assert list(rulebook.abnormal({"A": 69, "B": 131}, None)) == ["A"]


def test_the_canonical_form_is_the_same_for_the_same_content() -> None:
    assert rulebook.canonical({"b": 1, "a": "名"}) == '{"a":"名","b":1}'.encode()
