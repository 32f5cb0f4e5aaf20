"""Tags, amounts and terms of keeping, without a database."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.records.rulebook.ocds import amount, bare, digest, tags_between, tender_status
from marketplace.records.rulebook.retention import kept_until, retentions_on
from marketplace.tenders.workflow import Stage

AWARD = {"id": "DB1-1", "status": "pending"}


@pytest.mark.parametrize(
    ("before", "after", "tags"),
    [
        (None, {}, ["tender"]),
        ({}, {}, ["tenderUpdate"]),
        (
            {"tender": {"status": "active"}},
            {"tender": {"status": "cancelled"}},
            ["tenderCancellation"],
        ),
        (
            {"tender": {"status": "cancelled"}},
            {"tender": {"status": "cancelled"}},
            ["tenderUpdate"],
        ),
        ({"tender": {}}, {"tender": {"amendments": [{"id": "1"}]}}, ["tenderAmendment"]),
        ({}, {"awards": [AWARD]}, ["award"]),
        ({"awards": [AWARD]}, {"awards": [AWARD | {"status": "active"}]}, ["awardUpdate"]),
        ({"awards": [AWARD]}, {"awards": [AWARD | {"status": "cancelled"}]}, ["awardCancellation"]),
        ({"awards": [AWARD]}, {"awards": [AWARD], "contracts": [{"id": "c"}]}, ["contract"]),
        (
            {"contracts": [{"id": "c", "status": "active"}]},
            {"contracts": [{"id": "c", "status": "active", "description": "1"}]},
            ["contractUpdate"],
        ),
        (
            {"contracts": [{"id": "c", "status": "active"}]},
            {"contracts": [{"id": "c", "status": "terminated"}]},
            ["contractTermination"],
        ),
    ],
)
def test_tags_say_what_changed(before: Any, after: Any, tags: list[str]) -> None:
    assert tags_between(before, after) == tags


@pytest.mark.parametrize(
    ("stages", "status"),
    [
        ([], "active"),
        ([Stage.WAITING], "active"),
        ([Stage.AWARDED, Stage.PROPOSED], "active"),
        ([Stage.AWARDED, Stage.FAILED], "complete"),
        ([Stage.FAILED, Stage.CANCELLED], "unsuccessful"),
    ],
)
def test_the_status_of_a_closed_tender_follows_its_lots(stages: list[str], status: str) -> None:
    assert tender_status("closed", stages) == status


@given(st.integers(0, 10**15))
def test_an_amount_is_exact_to_the_fen(fen: int) -> None:
    found = amount(fen)
    assert found is not None
    assert f"{found['amount']:.2f}" == f"{fen // 100}.{fen % 100:02d}"


def test_empty_parts_are_left_out_and_zero_stays() -> None:
    assert bare({"a": None, "b": [], "c": {"d": ""}, "e": 0, "f": [None, {"g": 1}]}) == {
        "e": 0,
        "f": [{"g": 1}],
    }
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 2, "b": 1})


def test_papers_are_kept_for_their_years() -> None:
    assert kept_until(None, date(2026, 5, 1)) is None
    assert kept_until(2, date(2024, 2, 29)) == date(2026, 2, 28)
    assert [one.name for one in retentions_on(date(2026, 1, 1))] == [
        "public",
        "journal",
        "award",
        "bid",
        "sealed",
    ]
