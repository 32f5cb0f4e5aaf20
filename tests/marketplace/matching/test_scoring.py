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
    assert sum(score.weights) <= 100.01


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
    assert told["行业与领域"] == (50, 50, 20)
    assert told["关键词与语义"] == (25, 50, 40)
    assert told["技术指标"] == (0, 0, 25)
    assert scoring.WEIGHTS.version == "2026-2"


@given(rows)
def test_the_parts_add_up_to_the_score(found: list[Row]) -> None:
    score = weigh(found)
    stored = [
        {"key": row.key, "kind": row.kind, "weight": weight, "credit": round(row.credit, 3)}
        for row, weight in zip(found, score.weights, strict=True)
    ]
    told = breakdown(stored)
    assert sum(line["points"] for line in told) == score.uncapped
    known = any(row.kind != "unknown" for row in found)
    assert sum(line["judged"] for line in told) == (100 if known else 0)
    assert score.value == (score.uncapped if score.cap is None else score.cap)


GOOD = [Row(key) for key in KEYS if key != "indicator"]


def test_musts_that_are_not_confirmed_cap_the_score() -> None:
    open_must, met_must = Row("indicator", "unknown", must=True), Row("indicator", must=True)
    assert weigh([*GOOD, open_must, open_must]).value == 69
    assert weigh([*GOOD, open_must, met_must]).value == 89
    assert weigh([*GOOD, met_must, met_must]).value == 100
    assert weigh([*GOOD, Row("indicator", "unknown")]).value == 100


def test_a_price_far_over_the_budget_caps_the_score() -> None:
    rest = [row for row in GOOD if row.key != "budget"]
    assert weigh([*rest, Row("budget", "no", 0.0)]).value == 59
    assert weigh([*rest, Row("budget", "no", 0.2)]).cap is None
    assert (
        weigh([*rest, Row("budget", "no", 0.0), Row("indicator", "unknown", must=True)]).cap == 59
    )


def test_texts_alone_are_no_strong_match() -> None:
    score = weigh([Row("meaning"), Row("keywords"), Row("trl", "unknown")])
    assert (score.value, score.uncapped, score.text_only) == (59, 100, True)
    assert not weigh([Row("meaning"), Row("industry")]).text_only
