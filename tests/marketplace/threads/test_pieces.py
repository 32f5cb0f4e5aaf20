"""Gaps, days between stages, and which file belongs to which stage."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from marketplace.threads.queries.pieces import Piece, Stage, Thread, with_gaps


def stage(name: str, *days: date | datetime | None) -> Stage:
    return Stage(name, name, [Piece(name, name, "", day) for day in days])


def test_a_stage_without_records_is_a_gap_only_before_one_that_has_some() -> None:
    made = with_gaps([stage("a", date(2026, 1, 1)), stage("b"), stage("c", None), stage("d")])
    assert [row.is_gap for row in made] == [False, True, False, False]


def test_a_stage_that_not_everybody_passes_is_skipped_and_no_gap() -> None:
    made = with_gaps(
        [stage("a", None), stage("b"), stage("c"), stage("d", None)], not_needed={"b", "e"}
    )
    assert [row.is_skipped for row in made] == [False, True, False, False]
    assert [row.is_gap for row in made] == [False, False, True, False]


def test_days_count_from_the_last_stage_that_was_reached() -> None:
    made = with_gaps(
        [
            stage("a", date(2026, 1, 1)),
            stage("b", None),
            stage("c", date(2026, 1, 31), date(2026, 1, 11)),
            stage("d", date(2026, 1, 5)),
        ]
    )
    # A record of a later stage may be older than that of the stage before: it is shown as it is.
    assert [row.days for row in made] == [None, None, 10, -6]


def test_an_instant_counts_by_its_day_in_shanghai() -> None:
    late = datetime(2026, 1, 1, 16, 0, tzinfo=UTC)
    assert Piece("a", "a", "", late).day == date(2026, 1, 2)


def test_each_file_stands_once_at_its_first_stage() -> None:
    one, two = SimpleNamespace(pk=1), SimpleNamespace(pk=2)
    stages = [
        Stage("a", "a", [Piece("a", "a", "", None, files=[one])]),  # type: ignore[list-item]
        Stage("b", "b", [Piece("b", "b", "", None, files=[two, one])]),  # type: ignore[list-item]
    ]
    assert Thread("x", "x", stages).files == [("a", one), ("b", two)]
