"""Ordered grades, and texts that share words."""

import pytest

from marketplace.matching.rulebook import affinity, evidence, indicators
from marketplace.matching.rulebook.affinity import Affinity
from marketplace.matching.rulebook.evidence import NeedFacts, OfferFacts
from marketplace.matching.rulebook.indicators import Figure
from marketplace.matching.rulebook.phrases import render
from marketplace.matching.scoring import weigh


@pytest.mark.parametrize(
    ("name", "wanted", "offered", "unit", "kind"),
    [
        ("防护等级", 54, 65, "IP", "yes"),
        ("防护等级", 65, 54, "IP", "no"),
        ("防护等级", 65, 67, "IP", "yes"),
        ("防护等级", 54, 45, "IP", "no"),
        ("外壳", 54, 44, "IP", "no"),
        ("能效等级", 2, 1, "级", "yes"),
        ("能效等级", 1, 2, "级", "no"),
        ("精度等级", "0.5", "0.2", "级", "yes"),
        ("精度等级", "0.2", "0.5", "级", "no"),
        ("准确度等级", "0.2", "0.20", "级", "yes"),
        ("尺寸公差", 7, 5, "IT", "yes"),
        ("公差等级", 5, 7, "IT", "no"),
        ("甲醛释放等级", 1, 0, "E", "yes"),
        ("甲醛释放等级", 0, 1, "E级", "no"),
        ("阻燃等级", 1, 0, "V", "yes"),
        ("安全完整性", 3, 2, "SIL", "no"),
    ],
)
@pytest.mark.parametrize("comparator", ["ge", "le", "eq"])
def test_indicators_that_are_grades(
    name: str, wanted: object, offered: object, unit: str, kind: str, comparator: str
) -> None:
    need = Figure(name, comparator, wanted, unit=unit, text=f"{wanted} {unit}")
    offer = Figure(name, "eq", offered, unit=unit, text=f"{offered} {unit}")
    verdict = indicators.compare(need, offer)
    assert (verdict.kind, render(verdict.words)) == (kind, "满足" if kind == "yes" else "等级不够")


def test_a_figure_of_a_like_name_is_still_a_figure() -> None:
    need = Figure("控温精度", "le", 2, unit="℃", text="≤ 2 ℃")
    assert (
        indicators.compare(need, Figure("控温精度", "le", 1, unit="℃", text="≤ 1 ℃")).kind == "yes"
    )


def rows_of(need: str, offer: str) -> list[evidence.Row]:
    asked = NeedFacts(text=affinity.take_apart("", need, is_need=True))
    given = OfferFacts(text=affinity.take_apart("", offer))
    return evidence.compare(asked, given, Affinity(affinity.by_words(asked.text, given.text), None))


@pytest.mark.parametrize(
    ("need", "offer", "kind"),
    [
        ("需要甲醛达到 ENF 级的人造板胶黏剂", "人造板胶黏剂，板材甲醛释放达到 E0 级", "no"),
        ("需要甲醛达到 E1 级的人造板胶黏剂", "人造板胶黏剂，板材甲醛释放达到 E0 级", "yes"),
        ("现在是 E1 级，要求甲醛达到 ENF", "板材甲醛释放 E0 级", "no"),
        ("要求甲醛达到E0", "传统板材为 E1 级，本成果甲醛为 ENF 级", "unknown"),
        ("电机外壳防护 IP65", "防护 IP54 的电机", "no"),
        ("电机外壳防护 IP54", "防护 ip 65 的电机", "yes"),
        ("电机外壳防护 IP54", "防护 IP45 的电机", "no"),
        ("水泵达到一级能效", "能效达到2级的水泵", "no"),
        ("水泵达到 2 级能效", "能效等级为一级的水泵", "yes"),
        ("电表精度 0.5 级", "准确度等级0.2级的电表", "yes"),
        ("加工精度要求 IT5", "精密加工，公差 IT7", "no"),
        ("阻燃达到 V-0", "阻燃 V-2 级工程塑料", "no"),
        ("阻燃达到 V-1", "阻燃 V0 级工程塑料", "yes"),
    ],
)
def test_grades_within_texts(need: str, offer: str, kind: str) -> None:
    (row,) = [row for row in rows_of(need, offer) if row.key == "indicator"]
    assert row.kind == kind
    if kind == "no":
        assert render(row.words) == "等级不够"


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        ("维生素 E1 的提取", "维生素 E0 的合成"),
        ("IP 地址管理 192", "IP 流量 65"),
        ("要求甲醛达到 ENF 级", "降低板材甲醛的胶黏剂"),
        ("型号 V-1 的阀门", "型号 V-2 的阀门"),
    ],
)
def test_other_signs_are_no_grades(need: str, offer: str) -> None:
    assert not [row for row in rows_of(need, offer) if row.key == "indicator"]


def test_an_indicator_that_states_the_grade_speaks_for_it() -> None:
    stated = Figure("防护等级", "ge", 65, unit="IP", text="≥ 65 IP")
    need = NeedFacts(text=affinity.take_apart("", "电机防护 IP54"), indicators=[stated])
    offer = OfferFacts(text=affinity.take_apart("", "电机防护 IP67"))
    rows = evidence.compare(need, offer, Affinity())
    assert [render(row.label) for row in rows if row.key == "indicator"] == ["防护等级"]


def test_texts_are_told_by_their_words_and_never_by_a_percentage() -> None:
    (row,) = [
        row for row in rows_of("豆粕胶黏剂的甲醛", "豆粕胶黏剂，无甲醛") if row.key == "meaning"
    ]
    said = render(row.offered) + render(row.words)
    assert "豆粕" in said
    assert "%" not in said


@pytest.mark.parametrize(
    "word", ["500", "mpa", "10μm", "99.9%", "khz", "kj/kg", "n·m", "m3", "1200rpm"]
)
def test_a_number_or_a_unit_is_no_word(word: str) -> None:
    assert affinity.is_figure(word)


@pytest.mark.parametrize(
    "word", ["h13", "in718", "pa66", "5g", "c++", "磁体", "al2o3", "x射线", "led", "3d", "4k"]
)
def test_models_and_names_are_words(word: str) -> None:
    assert not affinity.is_figure(word)


def test_texts_that_share_numbers_and_units_alone_share_nothing() -> None:
    need = affinity.take_apart("", "要求强度 500 MPa，转速 3000 rpm，温度 85 ℃", is_need=True)
    offer = affinity.take_apart("", "拉力 500 MPa，3000 rpm，85 ℃")
    assert affinity.shared(need, offer) == []


def test_over_budget_with_nothing_confirmed_is_no_strong_match() -> None:
    text = affinity.take_apart("豆粕胶黏剂", "豆粕胶黏剂甲醛")
    need = NeedFacts(
        text=text,
        industry=("wood",),
        keywords=["豆粕"],
        budget=(None, 100),
        indicators=[Figure("固含量", "ge", 38, unit="%", text="≥ 38%")],
    )
    offer = OfferFacts(text=text, industry=("wood",), keywords=["豆粕"], price=(300, 300))
    score = weigh(evidence.compare(need, offer, Affinity(1.0, 1.0)))
    assert (score.value, score.cap) == (59, 59)
