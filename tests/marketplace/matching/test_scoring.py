"""From rows to a score: bounded, fair to what is unknown, strict about musts."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import scoring
from marketplace.matching.scoring import WEIGHTS, breakdown, group_of, weigh

KEYS = [key for group in WEIGHTS.groups for key in group.rows]


@dataclass(frozen=True)
class Row:
    key: str
    kind: str = "yes"
    credit: float = 1.0
    must: bool = False


rows = st.lists(
    st.builds(
        Row,
        key=st.sampled_from(KEYS),
        kind=st.sampled_from(["yes", "part", "no", "unknown"]),
        credit=st.floats(min_value=0, max_value=1),
        must=st.booleans(),
    ),
    max_size=20,
)


def test_the_weights_make_a_hundred() -> None:
    assert [(group.key, group.weight) for group in WEIGHTS.groups] == [
        ("sector", 20),
        ("text", 40),
        ("indicators", 25),
        ("terms", 15),
    ]


@given(rows)
def test_a_score_is_between_nothing_and_a_hundred(found: list[Row]) -> None:
    score = weigh(found)
    assert 0 <= score.value <= 100
    assert len(score.weights) == len(found)
    assert sum(score.weights) <= 100.0001


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(found: list[Row], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert abs(weigh(found).value - weigh(shuffled).value) <= 1


@given(rows)
def test_what_is_unknown_counts_neither_way(found: list[Row]) -> None:
    known = [row for row in found if row.kind != "unknown" and row.key != "indicator"]
    open_rows = [Row(key, "unknown") for key in KEYS if key not in {row.key for row in known}]
    assert weigh(known).value == weigh([*known, *open_rows]).value


def test_a_must_that_is_missed_caps_the_score() -> None:
    good = [Row(key) for key in KEYS if key != "indicator"]
    assert weigh([*good, Row("indicator", must=True)]).value == 100
    missed = weigh([*good, Row("indicator", "no", 0.0, must=True)])
    assert (missed.value, missed.cap) == (59, 59)
    nearly = weigh([*good, Row("indicator", "part", 0.7, must=True)])
    assert (nearly.value, nearly.cap) == (89, 89)
    optional = weigh([*good, Row("indicator", "no", 0.0)])
    assert (optional.value, optional.cap) == (75, None)


def test_a_must_counts_double_among_indicators() -> None:
    score = weigh([Row("indicator", must=True), Row("indicator", "no", 0.0)])
    assert [round(weight, 2) for weight in score.weights] == [16.67, 8.33]
    assert score.value == 67


def test_nothing_known_is_no_score() -> None:
    assert weigh([]).value == 0
    assert weigh([Row("budget", "unknown")]).value == 0


def test_a_row_that_is_not_weighed_is_a_fault() -> None:
    with pytest.raises(LookupError):
        group_of("horoscope")


def test_stored_rows_are_told_by_group() -> None:
    stored = [
        {"key": "industry", "kind": "yes", "weight": 15, "credit": 1.0},
        {"key": "field", "kind": "unknown", "weight": 5, "credit": 0.0},
        {"key": "keywords", "kind": "part", "weight": 15, "credit": 0.5},
    ]
    told = {
        line["label"]: (line["points"], line["judged"], line["weight"])
        for line in breakdown(stored)
    }
    assert told["行业与领域"] == (15, 15, 20)
    assert told["关键词与语义"] == (8, 15, 40)
    assert scoring.WEIGHTS.version == "2026-1"
