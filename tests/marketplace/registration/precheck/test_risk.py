"""Flags of risk: each with a contract just inside and just outside of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.kernel.money import FEN_PER_WAN
from marketplace.registration.rulebook.facts import Facts, Party
from marketplace.registration.rulebook.risk import Flag, Neighbour, likeness, risk_flags, shingles

DAY = timedelta(days=1)
SIGNED = date(2026, 5, 10)
SUBJECT = "研究开发矫顽力不低于二点二特斯拉的钐钴磁体晶界扩散工艺并形成工艺规程和试制样件"
FACTS = Facts(
    contract_type="KF1",
    parties=(
        Party("seller", "甲研究所", identity="S", legal_head="张三"),
        Party("buyer", "乙公司", identity="B", legal_head="李四"),
    ),
    total=300 * FEN_PER_WAN,
    signed_on=SIGNED,
    subject=SUBJECT,
)
OTHER = Neighbour(
    "HT26-00001",
    frozenset({"S"}),
    frozenset({"B"}),
    300 * FEN_PER_WAN,
    SIGNED - 90 * DAY,
    "KF1",
    SUBJECT[:-6] + "以及第二阶段验证",
)
FEW = [10 * FEN_PER_WAN] * 11


def _kinds(facts: Facts, *rows: Neighbour, peers: list[int] | None = None) -> dict[str, Flag]:
    return {flag.kind: flag for flag in risk_flags(facts, rows, peers or [], SIGNED)}


def test_a_contract_alone_has_no_flag() -> None:
    assert _kinds(FACTS) == {}


def test_two_halves_that_reach_the_threshold_together() -> None:
    found = _kinds(FACTS, OTHER)
    assert found["split"].codes == ("HT26-00001",)
    assert "600 万元" in found["split"].what
    assert "split" not in _kinds(FACTS, replace(OTHER, signed_on=SIGNED - 91 * DAY))
    assert "split" not in _kinds(FACTS, replace(OTHER, buyers=frozenset({"C"})))
    assert "split" not in _kinds(FACTS, replace(OTHER, total=199 * FEN_PER_WAN))
    assert "split" in _kinds(FACTS, replace(OTHER, total=200 * FEN_PER_WAN))
    # Large alone: it has its second review already, so nothing was avoided.
    assert "split" not in _kinds(replace(FACTS, total=500 * FEN_PER_WAN), OTHER)


def test_money_that_comes_back() -> None:
    back = replace(OTHER, sellers=frozenset({"B"}), buyers=frozenset({"S"}), subject="别的")
    assert _kinds(FACTS, back)["round_trip"].codes == ("HT26-00001",)
    assert "round_trip" not in _kinds(FACTS, replace(back, total=239 * FEN_PER_WAN))
    assert "round_trip" in _kinds(FACTS, replace(back, total=240 * FEN_PER_WAN))
    assert "round_trip" not in _kinds(FACTS, replace(back, signed_on=SIGNED - 366 * DAY))


def test_parties_with_one_head() -> None:
    same = replace(FACTS.parties[1], legal_head="张三")
    assert "张三" in _kinds(replace(FACTS, parties=(FACTS.parties[0], same)))["related"].what
    assert "related" in _kinds(replace(FACTS, is_related=True))
    person = Party("seller", "李四", is_person=True)
    assert "related" in _kinds(replace(FACTS, parties=(person, FACTS.parties[1])))


def test_an_amount_far_from_its_type() -> None:
    many = [(10 + at % 20) * FEN_PER_WAN for at in range(60)]
    assert "outlier" not in _kinds(FACTS, peers=FEW)
    assert "outlier" in _kinds(replace(FACTS, total=9_000 * FEN_PER_WAN), peers=many)
    assert "outlier" not in _kinds(replace(FACTS, total=30 * FEN_PER_WAN), peers=many)
    assert "outlier" in _kinds(replace(FACTS, total=100), peers=many)


def test_a_text_used_twice() -> None:
    stranger = replace(OTHER, sellers=frozenset({"X"}), buyers=frozenset({"Y"}), subject=SUBJECT)
    assert _kinds(FACTS, stranger)["same_text"].codes == ("HT26-00001",)
    assert "same_text" not in _kinds(
        FACTS, replace(stranger, subject="完全不同的茶叶采摘机器人识别算法研究")
    )
    assert "same_text" not in _kinds(replace(FACTS, subject="短"), replace(stranger, subject="短"))


@pytest.mark.parametrize(("one", "other", "expected"), [("a" * 3, "a" * 3, 0.0)])
def test_short_texts_are_not_alike(one: str, other: str, expected: float) -> None:
    assert likeness(shingles(one), shingles(other)) == expected
