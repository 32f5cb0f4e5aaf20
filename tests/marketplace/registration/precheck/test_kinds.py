"""The suggestion of a kind, with its reasons for and against."""

import pytest

from marketplace.registration.rulebook.facts import Facts, Indicator
from marketplace.registration.rulebook.kinds import KINDS, kind_key, suggest_kind
from tests.marketplace.registration.precheck.cases import load

#: Contracts whose chosen kind is wrong on purpose, with the kind that their text is.
WRONG = {"fw-really-development": "KF", "zr-really-licence": "XK"}


def test_the_suggestion_is_the_kind_of_nearly_every_good_contract() -> None:
    good = [case for case in load() if not case.expect]
    assert len(good) >= 15
    first = [
        case.id
        for case in good
        if suggest_kind(case.facts, case.text)[0].kind != kind_key(case.facts.contract_type)
    ]
    assert len(first) <= len(good) // 10, first


@pytest.mark.parametrize(
    "case", [case for case in load() if case.id in WRONG], ids=lambda row: row.id
)
def test_a_wrong_kind_is_named(case: object) -> None:
    rows = suggest_kind(case.facts, case.text)  # type: ignore[attr-defined]
    assert rows[0].kind == WRONG[case.id]  # type: ignore[attr-defined]
    assert rows[0].reasons_for


def test_reasons_quote_words_and_facts() -> None:
    facts = Facts(
        contract_type="KF1",
        subject="研究开发新型催化剂",
        acceptance=(Indicator("转化率", "≥90", "%"),),
    )
    rows = {row.kind: row for row in suggest_kind(facts, "")}
    assert set(rows) == set(KINDS)
    assert "文中写有“研究开发”" in rows["KF"].reasons_for
    assert "验收指标有量化目标" in rows["KF"].reasons_for
    assert rows["ZR"].reasons_against == ("没有填报任何知识产权",)


def test_what_speaks_against_lowers_a_kind() -> None:
    facts = Facts(subject="研究开发新产品")
    plain = {row.kind: row for row in suggest_kind(facts, "")}
    known = {row.kind: row for row in suggest_kind(facts, "该产品乙方已经掌握，为成熟产品。")}
    assert known["KF"].score < plain["KF"].score
    assert known["KF"].reasons_against == ("文本称技术已掌握或已成熟",)


def test_what_a_text_denies_is_no_reason() -> None:
    rows = {row.kind: row for row in suggest_kind(Facts(), "本合同不包括技术培训。")}
    assert rows["FW-P"].score == 0


def test_an_empty_contract_gets_no_reasons() -> None:
    assert all(row.score == 0 and not row.reasons_for for row in suggest_kind(Facts(), ""))
