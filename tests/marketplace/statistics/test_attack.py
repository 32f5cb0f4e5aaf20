"""An attacker with every issue of every table tries to learn the amount of one contract.

The attack is exact: fractions and row reduction, independent of the floating point of the auditor.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.statistics.rulebook import disclosure
from marketplace.statistics.rulebook.disclosure import Facts, Item
from marketplace.statistics.rulebook.issues import (
    CITY_DAILY,
    Block,
    largest_band,
    next_daily,
    next_tables,
)

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
TABLES = ("district", "kind", "nature")
Row = list[Fraction]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Item]:
    """Contracts with few parties and very unequal amounts, some of them reversed later."""
    items: list[Item] = []
    count = draw(st.integers(0, 26))
    for number in range(count):
        parties = frozenset({f"s{draw(st.integers(0, 7))}", f"b{draw(st.integers(0, 9))}"})
        amount = draw(st.sampled_from([1, 3, 10, 50, 400, 9_000])) * 1_000 + number
        cells = {table: (str(draw(st.integers(0, 2))),) for table in TABLES}
        first = draw(st.integers(0, len(MONTHS) - 1))
        reversed_in = draw(st.sampled_from([None, None, None, None, *range(first, len(MONTHS))]))
        made = (number, number, parties, amount, cells)
        items.append(_item(*made, MONTHS[first], 1))
        if reversed_in is not None:
            items.append(_item(*made, MONTHS[reversed_in], -1))
    items.sort(key=lambda item: (item.month, item.subject, -item.sign))
    return [
        Item(
            n,
            i.subject,
            i.contract,
            i.parties,
            i.month,
            i.sign,
            i.amount_fen,
            i.technical_fen,
            i.cells,
        )
        for n, i in enumerate(items, 1)
    ]


def _item(subject, contract, parties, amount, cells, month, sign) -> Item:
    return Item(0, subject, contract, parties, month, sign, amount, amount * 2 // 3, cells)


def every_issue(items: Sequence[Item]) -> list[Block]:
    """All that is ever published: the total after each two entries, the tables after each month."""
    published: list[Block] = []
    for month in MONTHS:
        until = [item for item in items if item.month <= month]
        before = len([item for item in items if item.month < month])
        for end in range(before + 2, len(until) + 2, 2):
            if block := next_daily(until[:end], published, "2026"):
                published.append(block)
        published += next_tables(until, published, months=[month], tables=TABLES)
    return published


def members(items: Sequence[Item], block: Block) -> list[Item]:
    """The entries of a block, found without the code under test."""
    if block.table == CITY_DAILY:
        return [item for item in items if block.after_entry < item.entry <= block.to_entry]
    return [
        item
        for item in items
        if block.since <= item.month <= block.through
        and (block.table == "city" or block.key in item.cells[block.table])
    ]


def vector(items: Sequence[Item], subjects: Sequence[int]) -> Row:
    """The coefficient of each unknown in the sum over these entries."""
    place = {subject: n for n, subject in enumerate(subjects)}
    found = [Fraction(0)] * len(subjects)
    for item in items:
        found[place[item.subject]] += item.sign
    return found


def reduced(rows: Sequence[Row]) -> tuple[list[Row], list[int]]:
    """The reduced row echelon form, and the column of each pivot."""
    rows, pivots = [list(row) for row in rows], []
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        found = next((r for r in range(done, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        head = rows[done][column]
        rows[done] = [value / head for value in rows[done]]
        for r, row in enumerate(rows):
            if r != done and row[column]:
                factor = row[column]
                rows[r] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        pivots.append(column)
        done += 1
    return rows[:done], pivots


def learned(rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """The unknowns that the rows determine, alone or in pairs of which one gives the other."""
    if not rows:
        return []
    echelon, pivots = reduced([row for row in rows if any(row)])
    free = [c for c in range(len(rows[0])) if c not in pivots]
    null: dict[int, Row] = {c: [Fraction(int(c == f)) for f in free] for c in free}
    for row, pivot in zip(echelon, pivots, strict=True):
        null[pivot] = [-row[f] for f in free]
    alone = [(c,) for c, row in null.items() if not any(row)]
    rays: dict[tuple[Fraction, ...], int] = {}
    pairs = []
    for c, row in null.items():
        head = next((value for value in row if value), None)
        if head is None:
            continue
        ray = tuple(value / head for value in row)
        if ray in rays:
            pairs.append((rays[ray], c))
        rays.setdefault(ray, c)
    return alone + pairs


def tight_bounds(rows: Sequence[Row], amounts: Sequence[int]) -> list[tuple[int, Fraction]]:
    """Unknowns that a figure, or the difference of two, bounds by less than 1 / 70 % of the truth."""
    found = []
    candidates = [*rows, *([a - b for a, b in zip(x, y, strict=True)] for x in rows for y in rows)]
    for row in candidates:
        if any(value < 0 for value in row):
            continue
        total = sum(value * amount for value, amount in zip(row, amounts, strict=True))
        for c, value in enumerate(row):
            if value >= 1 and amounts[c] * value > Fraction(7, 10) * total:
                found.append((c, total))
    return found


def attack(items: Sequence[Item], published: Sequence[Block]) -> tuple[list, list]:
    subjects = sorted({item.subject for item in items})
    amounts = {item.subject: item.amount_fen for item in items}
    rows = [vector(members(items, block), subjects) for block in published]
    # The reader sees cells as they grow, and can add up the cells of a table.
    sums: list[Row] = []
    whole: dict[tuple[str, ...], Row] = {}
    of_issue: dict[tuple[str, str, int], Row] = {}
    for row, block in zip(rows, published, strict=True):
        for name in ((block.table,), (block.table, block.key)):
            before = whole.get(name, [Fraction(0)] * len(row))
            whole[name] = [a + b for a, b in zip(row, before, strict=True)]
        sums.append(whole[block.table, block.key])
        of_issue[block.table, block.through, block.to_entry] = whole[block.table,]
    sums += of_issue.values()
    rows += sums
    return learned(rows), tight_bounds(rows, [amounts[subject] for subject in subjects])


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(ledgers())
def test_no_contract_is_learned_from_all_issues_of_all_tables(items: list[Item]) -> None:
    published = every_issue(items)
    for block in published:
        assert block.amount_fen == sum(i.sign * i.amount_fen for i in members(items, block))
    found, bounds = attack(items, published)
    assert found == []
    assert bounds == []


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(ledgers())
def test_the_bands_of_a_year_leave_the_largest_amount_open(items: list[Item]) -> None:
    """While one contract stays the largest, all its bands, and the batch it came with, leave 1 / 70 %."""
    daily = [block for block in every_issue(items) if block.table == CITY_DAILY]
    low, high, before = Fraction(0), None, None
    for n, block in enumerate(daily, 1):
        net: dict[int, int] = {}
        for item in items:
            if item.entry <= block.to_entry:
                net[item.subject] = net.get(item.subject, 0) + item.sign * item.amount_fen
        largest = max(net, key=lambda one: (net[one], -one))
        if largest != before:
            came = next(b for b in daily if [i for i in members(items, b) if i.subject == largest])
            low, high, before = Fraction(0), Fraction(came.amount_fen), largest
            if any(item.sign < 0 for item in members(items, came)):
                high = Fraction(10**9)
        total = sum(one.amount_fen for one in daily[:n])
        band = largest_band(items, daily[:n])
        if band is None:
            continue
        assert high is not None
        low = max(low, Fraction(band[0] * total, 100))
        high = min(high, Fraction((band[1] or 100) * total, 100) if band[1] else high)
        assert low <= net[largest] <= high
        assert low <= Fraction(7, 10) * high


@pytest.mark.parametrize("lagging", [1, 2, 3])
def test_a_row_that_lags_is_not_the_total_minus_the_rows_that_do_not(lagging: int) -> None:
    """The row of an unnamed industry and another stand at February; the last has `lagging` new contracts."""
    items = []
    for month, counts in (("2026-01", (6, 5, 5)), ("2026-02", (6, 5, lagging))):
        for key, count in enumerate(counts):
            for _again in range(count):
                n = len(items) + 1
                who = frozenset({f"s{n}", f"b{n}"})
                items.append(Item(n, n, n, who, month, 1, 100 + n, 90, {"kind": (str(key),)}))
    published = next_tables(items, [], months=MONTHS[:2], tables=("kind",))
    at = {b.key: b.through for b in published if b.table == "kind"}
    assert at == {"0": "2026-02", "1": MONTHS[lagging > 2], "2": MONTHS[lagging > 2]}
    naive = [Block("kind", k, "2026-02", "2026-02") for k in "01" if at["1"] == MONTHS[0]]
    whole = [b for b in published if b.through == MONTHS[0] or b.table == "city"]
    items = [replace(i, cells=dict.fromkeys(TABLES, ("0",)) | i.cells) for i in items]
    assert attack(items, published) == ([], [])
    # A control: both other rows at February give the row that lags, alone or in a pair.
    assert bool(attack(items, [*whole, *naive])[0]) is (lagging < 3)


def plain(count: int, **more: object) -> list[Item]:
    """Contracts of different parties and equal amounts in January, in one cell of each table."""
    cells = dict.fromkeys(TABLES, ("0",))
    return [
        Item(n, n, n, frozenset({f"s{n}", f"b{n}"}), "2026-01", 1, 100, 100, {**cells, **more})
        for n in range(1, count + 1)
    ]


def test_the_attack_succeeds_where_the_rules_are_broken() -> None:
    """A control: with the cells of two tables published as they are, one contract is found."""
    items = plain(7)
    cells = [("0", "0"), ("0", "0"), ("0", "0"), ("1", "0"), ("1", "1"), ("1", "1"), ("1", "1")]
    items = [
        Item(
            i.entry,
            i.subject,
            i.contract,
            i.parties,
            i.month,
            1,
            100,
            100,
            {"district": (d,), "kind": (k,)},
        )
        for i, (d, k) in zip(items, cells, strict=True)
    ]
    naive = [Block(t, k, MONTHS[0], MONTHS[0]) for t in ("district", "kind") for k in "01"]
    assert attack(items, naive)[0] == [(3,)]
    honest = next_tables(items, [], months=MONTHS[:1], tables=("district", "kind"))
    assert attack(items, honest) == ([], [])
    assert {b.table for b in honest} >= {"city", "district"}


@pytest.mark.parametrize(("count", "moves"), [(1, False), (2, False), (3, True), (4, True)])
def test_the_total_moves_in_batches_of_three(count: int, moves: bool) -> None:
    block = next_daily(plain(count), [], "2026")
    assert (block is not None) is moves
    if block:
        assert (block.contracts, block.amount_fen, block.to_entry) == (count, 100 * count, count)


def test_later_entries_wait_until_they_are_three() -> None:
    first = next_daily(plain(5), [], "2026")
    assert first is not None
    assert next_daily(plain(7), [first], "2026") is None
    second = next_daily(plain(8), [first], "2026")
    assert (second.after_entry, second.contracts, second.amount_fen) == (5, 3, 300)


def test_a_party_with_71_percent_holds_a_cell_back() -> None:
    for large, shown in ((699, True), (701, False)):
        amounts = [large, 100, 100, 1000 - large - 200]
        items = [
            Item(n, n, n, frozenset({f"s{n}", f"b{n}"}), "2026-01", 1, a, a, {})
            for n, a in enumerate(amounts, 1)
        ]
        assert (next_daily(items, [], "2026") is not None) is shown, large


def test_a_party_that_knows_two_of_three_learns_nothing() -> None:
    parties = [{"s1", "b1"}, {"s1", "b2"}, {"s2", "b3"}]
    items = [
        Item(n, n, n, frozenset(p), "2026-01", 1, 100, 100, {}) for n, p in enumerate(parties, 1)
    ]
    assert next_daily(items, [], "2026") is None


def test_a_second_cell_is_held_back_for_the_one_that_must_be() -> None:
    keys = ["0"] * 5 + ["1"] * 4 + ["2"]
    items = [
        Item(i.entry, i.subject, i.contract, i.parties, i.month, 1, 100, 100, {"district": (k,)})
        for i, k in zip(plain(10), keys, strict=True)
    ]
    shown = next_tables(items, [], months=MONTHS[:1], tables=("district",))
    assert [(b.table, b.key, b.amount_fen) for b in shown] == [
        ("city", "", 1000),
        ("district", "0", 500),
    ]


def test_months_that_are_open_are_in_no_table() -> None:
    items = plain(9)
    later = [
        Item(i.entry + 9, i.subject + 9, i.contract + 9, i.parties, "2026-02", 1, 100, 100, i.cells)
        for i in items
    ]
    found = next_tables([*items, *later], [], months=["2026-01"], tables=TABLES)
    assert {block.amount_fen for block in found} == {900}


def test_a_correction_of_one_contract_does_not_show() -> None:
    items = plain(6)
    first = next_tables(items, [], months=MONTHS[:1], tables=TABLES)
    reversal = Item(7, 6, 6, items[5].parties, "2026-02", -1, 100, 100, items[5].cells)
    later = next_tables([*items, reversal], first, months=MONTHS[1:2], tables=TABLES)
    assert later == []
    assert next_daily([*items, reversal], [next_daily(items, [], "2026")], "2026") is None


def test_cells_that_were_published_stay_as_they_were() -> None:
    for items in (plain(6), plain(12)):
        found = every_issue(items)
        keys = [(b.table, b.key, b.since) for b in found]
        assert len(keys) == len(set(keys)) or any(b.table == CITY_DAILY for b in found)
        for a, b in combinations([b for b in found if b.table != CITY_DAILY], 2):
            if (a.table, a.key) == (b.table, b.key):
                assert a.through < b.since


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.lists(st.integers(-2, 2), min_size=26, max_size=26), st.integers(0, 3))
def test_bounds_pass_no_sum_that_the_rules_hold_back(
    items: list[Item], weights: list[int], heavy: int
) -> None:
    """Whatever passes by bounds obeys the rules; with few heavy parties and coefficients beyond 1 too."""
    facts = Facts(items)
    nets = np.array([np.resize(np.roll(weights, n), facts.size) for n in range(8)], dtype=np.int8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disclosure, "_HEAVY", heavy)
        for net, passed in zip(nets, facts.surely_safe(nets), strict=True):
            assert facts.is_safe(net.astype(np.float64)) or not passed


def test_bounds_settle_most_sums() -> None:
    items = [
        Item(n, n, n, frozenset({f"s{n % 40}", f"b{n % 37}"}), MONTHS[0], 1, 100 + n, 90 + n)
        for n in range(400)
    ]
    facts = Facts(items)
    nets = np.ones((5, 400), dtype=np.int8)
    nets[4, 3:] = 0
    assert facts.surely_safe(nets).tolist() == [True, True, True, True, False]
