"""The quality gate judges plain values."""

from typing import Any

import pytest

from marketplace.needs.rulebook import REQUIRED, assess, without_set_phrases
from tests.factories.needs import COMPLETE, INDICATORS


def test_a_complete_need_passes() -> None:
    quality = assess(COMPLETE, INDICATORS)
    assert quality.blockers == []
    assert quality.score >= 10


@pytest.mark.parametrize("field", sorted(REQUIRED))
def test_each_missing_field_blocks_at_its_step(field: str) -> None:
    quality = assess({**COMPLETE, field: ""}, INDICATORS)
    assert [finding.field for finding in quality.blockers] == [field]
    assert quality.blockers[0].step == REQUIRED[field][0]


def test_one_way_of_contact_is_enough_but_none_is_not() -> None:
    assert assess({**COMPLETE, "contact_phone": ""}, INDICATORS).blockers == []
    none = {**COMPLETE, "contact_phone": "", "contact_email": ""}
    assert [finding.field for finding in assess(none, INDICATORS).blockers] == ["contact_phone"]


@pytest.mark.parametrize(
    ("kind", "blocked"), [("rd", True), ("adopt", True), ("testing", True), ("training", False)]
)
def test_indicators_are_asked_where_results_are_measured(kind: str, blocked: bool) -> None:
    fields = [f.field for f in assess({**COMPLETE, "kind": kind}, []).blockers]
    assert ("indicators" in fields) is blocked


def test_a_short_problem_blocks() -> None:
    quality = assess({**COMPLETE, "problem": "甲醛太高"}, INDICATORS)
    assert [finding.field for finding in quality.blockers] == ["problem"]


def test_the_score_stays_in_bounds_and_grows_with_what_is_said() -> None:
    empty: dict[str, Any] = {}
    assert assess(empty, []).score >= 0
    rich = {**COMPLETE, "problem": "难" * 400, "deadline": "2027-01-01", "ip_terms": "共有"}
    rich["conditions"] = "有产业化经验"
    best = assess(rich, INDICATORS)
    assert assess(COMPLETE, INDICATORS).score < best.score <= 20
    assert [part.score for part in best.parts] == [5, 5, 5, 5]


def test_set_phrases_are_taken_out_unless_nothing_else_is_there() -> None:
    assert without_set_phrases("针对电机存在的效率问题").split() == ["电机", "的效率"]
    assert without_set_phrases("针对现有问题") == "针对现有问题"
