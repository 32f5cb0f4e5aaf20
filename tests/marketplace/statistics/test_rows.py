"""Rows of one table that reach up to different months: what is compared, what is left of the total."""

from collections.abc import Sequence

from django.test import Client

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from marketplace.statistics.models import PublicIssue
from marketplace.statistics.queries import Cell
from marketplace.statistics.queries.rows import rows_of
from marketplace.statistics.rulebook.disclosure import Item
from marketplace.statistics.views.shared import table_chart, tiles, unit_for
from tests.marketplace.statistics.test_attack import (
    MONTHS,
    TABLES,
    every_issue,
    ledgers,
    members,
    vector,
)

WAN = 1_000_000


def cell(key: str, wan: int, through: str = "2026-09", contracts: int = 5) -> Cell:
    return Cell(key, contracts, wan * WAN, wan * WAN // 2, through)


TOTAL = cell("", 1_000, contracts=20)


def test_older_rows_are_apart_and_the_rest_completes_the_total() -> None:
    cells = [cell("a", 500), cell("old", 300, "2026-05"), cell("b", 200)]
    found = rows_of(cells, TOTAL, overlaps=False)
    assert [one.key for one in found.current] == ["a", "b"]
    assert [one.key for one in found.older] == ["old"]
    assert (found.newest, found.total_fen, found.adds_up) == ("2026-09", 1_000 * WAN, True)
    assert found.rest == Cell("", 10, 300 * WAN, 150 * WAN, "2026-09")
    assert sum(one.amount_fen for one in (*found.current, found.rest)) == TOTAL.amount_fen


@pytest.mark.parametrize(("contracts", "shown"), [(17, True), (18, False), (19, False)])
def test_a_rest_of_fewer_than_three_contracts_is_no_row(contracts: int, shown: bool) -> None:
    found = rows_of([cell("a", 900, contracts=contracts)], TOTAL, overlaps=False)
    assert (found.rest is not None, found.adds_up) == (shown, shown)


def test_a_rest_below_zero_is_no_row_and_nothing_left_needs_none() -> None:
    below = rows_of([cell("a", 1_100)], TOTAL, overlaps=False)
    assert (below.rest, below.adds_up) == (None, False)
    whole = rows_of([cell("a", 1_000, contracts=20)], TOTAL, overlaps=False)
    assert (whole.rest, whole.adds_up, whole.total_fen) == (None, True, 1_000 * WAN)


def test_no_share_of_another_month_s_total_nor_where_rows_overlap() -> None:
    august = [cell("a", 500, "2026-08")]
    for found in (
        rows_of(august, TOTAL, overlaps=False),
        rows_of([cell("a", 500)], TOTAL, overlaps=True),
        rows_of([cell("a", 500)], None, overlaps=False),
    ):
        assert (found.total_fen, found.rest, found.adds_up) == (0, None, False)
        assert "%" not in str(table_chart("flow", found)).split("<data")[1]


@pytest.mark.django_db
def test_bars_and_squares_leave_older_rows_out() -> None:
    cells = [cell("old", 900, "2026-05"), cell("371302", 100)]
    chart = str(table_chart("field", rows_of(cells, TOTAL, overlaps=False)))
    assert "old" not in chart
    assert "10.0%" in chart
    assert "其他与不单列" in chart
    assert "90.0%" in chart
    cells = [cell("371311", 900, "2026-05"), cell("371302", 100), cell("371312", 60)]
    for current, shades in ((cells, {"100": 4, "60": 3}), (cells[:2], {"100": 0})):
        grid = tiles(rows_of(current, TOTAL, overlaps=False), unit_for([900 * WAN]))
        drawn = {tile.amount: (tile.shade, tile.month) for line in grid for tile in line}
        assert {amount: drawn[amount] for amount in shades} == {
            amount: (shade, "") for amount, shade in shades.items()
        }
        assert drawn["900"] == (0, "2026-05")


@pytest.mark.django_db
def test_the_page_says_which_row_is_older_and_why(client: Client) -> None:
    for number, (table, key, through, contracts, wan) in enumerate(
        [
            ("city_daily", "", "2026-12", 20, 1_000),
            ("city", "", "2026-09", 20, 1_000),
            ("field", "new", "2026-09", 9, 600),
            ("field", "old", "2026-05", 5, 300),
            ("industry", "few", "2026-09", 18, 990),
        ]
    ):
        PublicIssue.objects.create(
            book="city",
            year=2026,
            table=table,
            key=key,
            since="2026-01",
            through=through,
            after_entry=number,
            contracts=contracts,
            amount_fen=wan * WAN,
            technical_fen=wan * WAN // 2,
        )
    page = " ".join(client.get("/statistics/?year=2026").content.decode().split())
    assert "old：300 万元，该行最近可公布到 2026-05" in page
    assert "old（该行最近可公布到 2026-05）" in page
    assert "本表最新月份为 2026-09。" in page
    field, industry = page.split("按技术领域</h2>")[1].split("按国民经济行业</h2>")
    assert '其他与不单列</th> <td class="is-num">11</td> <td class="is-num">400.00</td>' in field
    assert "60.0%" in field
    assert "30.0%" not in field
    assert "其他与不单列</th>" not in industry
    assert "未单列的分项不列出，各行相加不等于合计。" in industry


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(ledgers())
def test_no_rest_counts_one_contract_or_two(items: list[Item]) -> None:
    """Against the rules at work: what is left of the total is nothing, or at least three contracts."""
    published = every_issue(items)
    subjects = sorted({item.subject for item in items})
    for month in MONTHS:
        done = [block for block in published if block.table != "city_daily"]
        done = [block for block in done if block.through <= month]
        whole = [block for block in done if block.table == "city"]
        for table in TABLES:
            blocks = [block for block in done if block.table == table]
            newest = max((block.through for block in blocks), default="")
            if not newest or newest != max((block.through for block in whole), default=""):
                continue
            keys = {block.key for block in blocks if block.through == newest}
            rest = _sum(items, whole, subjects)
            shown = _sum(items, [block for block in blocks if block.key in keys], subjects)
            left = [a - b for a, b in zip(rest, shown, strict=True) if a != b]
            assert len(left) not in {1, 2}, (month, table)


def _sum(items: list[Item], blocks: Sequence[object], subjects: list[int]) -> list[object]:
    rows = [vector(members(items, block), subjects) for block in blocks]  # type: ignore[arg-type]
    return [sum(column) for column in zip(*rows, strict=True)]
