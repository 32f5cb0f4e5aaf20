"""What the bar of progress and its sentence compare: the same months on both sides, and one rounding."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from marketplace.statistics.queries import Headline
from marketplace.statistics.queries.targets import Aim
from marketplace.statistics.rulebook.pace import pace_of
from marketplace.statistics.views.shared import goal_chart

YI = 10_000_000_000


def head(**values: object) -> Headline:
    """A year with a target of 6,000 万元, closed up to September, after an even year."""
    given = {
        "amount_fen": 3_519_000_000,
        "closed_fen": 2_000_000_000,
        "closed_through": "2026-09",
        "as_of": datetime(2026, 11, 29, 4, tzinfo=UTC),
        "target": Aim(60 * YI // 100, "某文件"),
        "pace": pace_of({2025: [100] * 12}),
    }
    return Headline(2026, **{**given, **values})  # type: ignore[arg-type]


def test_the_mark_is_of_the_month_in_which_the_total_was_issued() -> None:
    found = head()
    assert found.mark == ("2026-11", round(60 * YI // 100 * 11 / 12))
    assert found.due_fen == 60 * YI // 100 * 9 // 12
    chart = str(goal_chart(found))
    assert "截至 2026-11 进度 5500 万元" in chart
    assert "时间进度" not in chart


@pytest.mark.parametrize(
    ("issued", "month"),
    [
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), "2026-11"),
        (datetime(2026, 11, 30, 16, tzinfo=UTC), "2026-12"),
        (datetime(2027, 2, 1, tzinfo=UTC), "2026-12"),
    ],
)
def test_the_month_is_that_of_the_city_and_december_after_the_year(
    issued: datetime, month: str
) -> None:
    found = head(as_of=issued).mark
    assert found is not None
    assert found[0] == month


def test_before_the_first_closed_month_no_pace_is_claimed() -> None:
    assert head(closed_through="", closed_fen=0).due_fen is None


def test_the_bar_has_the_percentage_of_the_text() -> None:
    found = head(amount_fen=3_519_000_000, target=Aim(5_999_500_000, "某文件"))
    assert found.percent == Fraction(100 * 3_519_000_000, 5_999_500_000)
    assert ">58.7%<" in str(goal_chart(found))
    assert ">58.7%<" in str(goal_chart(head(amount_fen=3_519_400_000, pace=None)))
    assert ">58.6%<" in str(goal_chart(head(amount_fen=3_518_900_000, pace=None)))
