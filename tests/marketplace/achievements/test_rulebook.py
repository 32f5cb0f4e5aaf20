"""The gate judges plain values; patent numbers, shares and fingerprints are pure."""

from decimal import Decimal
from typing import Any

import pytest

from marketplace.achievements.rulebook import (
    REQUIRED,
    assess,
    check_digit,
    patent_problem,
    price_problem,
    shares_problem,
    source_key,
    text_key,
)
from tests.factories.achievements import COMPLETE, ROWS


def judge(values: dict[str, Any], *, imported: bool = False) -> Any:
    return assess(values, ROWS["indicators"], ROWS["patents"], [], imported=imported)


def test_a_complete_achievement_passes() -> None:
    quality = judge(COMPLETE)
    assert quality.blockers == []
    assert 10 <= quality.score <= 20


@pytest.mark.parametrize("field", sorted(REQUIRED))
def test_each_missing_field_blocks_at_its_step(field: str) -> None:
    quality = judge({**COMPLETE, field: None})
    assert [finding.field for finding in quality.blockers] == [field]
    assert quality.blockers[0].step == REQUIRED[field][0]


def test_imported_rows_meet_a_lighter_gate_and_the_same_advice() -> None:
    bare = {"title": "名称", "description": "只有摘要", "contact_phone": "0539-8100000"}
    assert judge(bare, imported=True).blockers == []
    advice = {finding.field for finding in judge(bare, imported=True).advice}
    assert {"industry", "trl", "cooperation", "contact_name", "description"} <= advice
    lacking = {**bare, "description": ""}
    assert [f.field for f in judge(lacking, imported=True).blockers] == ["description"]
    nobody = {**bare, "contact_phone": ""}
    assert [f.field for f in judge(nobody, imported=True).blockers] == ["contact_phone"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"trl": 2, "trl_evidence": ""}, "trl_evidence"),
        ({"comparison": ""}, "comparison"),
        ({"price_min": None, "price_max": None}, "price_min"),
        ({"scenario": ""}, "scenario"),
        ({"innovation": ""}, "innovation"),
        ({"has_sample": False, "evaluation": ""}, "evaluation"),
    ],
)
def test_what_industry_misses_is_asked_for(values: dict[str, Any], field: str) -> None:
    assert field in {finding.field for finding in judge({**COMPLETE, **values}).advice}


def test_indicators_and_rights_are_asked_for() -> None:
    assert {"indicators", "patents"} <= {f.field for f in assess(COMPLETE).advice}
    loose = [{"name": "硬度", "value": 3}]
    assert "indicators" in {f.field for f in assess(COMPLETE, loose, ROWS["patents"]).advice}


@pytest.mark.parametrize(
    ("shares", "fits"),
    [
        ([], True),
        ([None, None], True),
        ([Decimal(100)], True),
        ([Decimal("33.33"), Decimal("33.33"), Decimal("33.34")], True),
        ([Decimal("33.33")] * 3, False),
        ([Decimal(60), None], False),
        ([Decimal(60), Decimal(60)], False),
    ],
)
def test_shares_make_a_whole(shares: list[Decimal | None], fits: bool) -> None:
    assert (shares_problem(shares) == "") is fits


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        ("invention", "ZL202010000001.1", ""),
        ("invention", "zl 2020 1000 0001.1", ""),
        ("invention", "ＺＬ２０２０１００００００１．１", ""),
        ("invention", "CN2020100000011", ""),
        ("invention", "202010000001.1", ""),
        ("invention", "ZL85100001.9", "校验位"),
        ("invention", "ZL202010000001.2", "校验位"),
        ("utility", "ZL202010000001.1", "种类位"),
        ("invention", "CN112345678A", "公布号"),
        ("invention", "一种方法", "13 位"),
        ("invention", "ZL20201000000", "13 位"),
        ("invention", "US10123456B2", ""),
        ("invention", "PCT/CN2020/123456", ""),
        ("invention", "ZL202110900001.X（示例）", ""),
        ("invention", "", ""),
        ("software", "2023SR0900155", ""),
        ("secret", "", ""),
    ],
)
def test_patent_numbers(kind: str, number: str, said: str) -> None:
    problem = str(patent_problem(kind, number))
    assert said in problem
    assert bool(problem) is bool(said)


def test_check_digits_of_old_and_new_numbers() -> None:
    # 85100001: 8·2+5·3+1·4+1·9 = 44, which leaves nothing
    assert check_digit("85100001") == "0"
    assert check_digit("202010000001") == "1"
    assert {check_digit(f"2020100000{n:02}") for n in range(60)} == set("0123456789X")


def test_a_price_range_is_in_order() -> None:
    assert price_problem(1, 2) == price_problem(None, 2) == price_problem(2, None) == ""
    assert price_problem(3, 2)


def test_a_source_key_sees_words_only() -> None:
    key = source_key("JG1", "豆粕 胶", "技术方案，Ａ。")
    assert key == source_key("JG1", "豆粕胶", "技术方案 a")
    assert len(key) == 64
    others = {
        source_key("JG2", "豆粕胶", "技术方案 a"),
        source_key("JG1", "豆粕胶", "技术方案 b"),
        source_key("JG1", "", "豆粕胶技术方案 a"),
    }
    assert len(others | {key}) == 4
    assert source_key("JG1", "", "。。 ，") == ""
    assert text_key("JG1", "短") == ""
