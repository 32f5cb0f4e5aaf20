"""The corpus of written contracts: what a careful registrar expects, and what the pre-check finds."""

import pytest

from tests.marketplace.registration.precheck.cases import Written, load

CASES = load()
#: Contracts whose findings differ from what a registrar expects. Each is a known limit of looking for words.
KNOWN_LIMITS: dict[str, str] = {
    "fw-purchase-contract": "machines are recognised by words such as 设备, not by the name of a machine",
}
#: Least precision and recall over all findings of the corpus.
LEAST_PRECISION, LEAST_RECALL = 0.95, 0.93


def _id(case: Written) -> str:
    return case.id


def test_the_corpus_is_as_large_and_as_varied_as_it_claims() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)
    old = [case for case in CASES if case.facts.signed_on and case.facts.signed_on.year < 2026]
    assert len(old) >= 20
    assert len([case for case in CASES if not case.expect]) >= 15
    kinds = {case.facts.contract_type for case in CASES}
    assert {
        "KF1",
        "KF2",
        "ZR1",
        "ZR2",
        "ZR3",
        "ZR4",
        "XK1",
        "XK2",
        "ZX",
        "FW",
        "FW-P",
        "FW-Z",
    } <= kinds


@pytest.mark.parametrize("case", [case for case in CASES if case.id not in KNOWN_LIMITS], ids=_id)
def test_findings_are_those_of_a_careful_registrar(case: Written) -> None:
    found = case.findings()
    assert {row.code for row in found} == case.expect, [row.what for row in found]
    for code, level in case.levels.items():
        assert {row.level for row in found if row.code == code} == {level}
    version = "2026" if case.facts.signed_on and case.facts.signed_on.year >= 2026 else "2001"
    assert {row.rulebook for row in found} <= {version}


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    right = wrong = missed = 0
    for case in CASES:
        found = {row.code for row in case.findings()}
        right += len(found & case.expect)
        wrong += len(found - case.expect)
        missed += len(case.expect - found)
    precision, recall = right / (right + wrong), right / (right + missed)
    with capsys.disabled():
        print(  # noqa: T201 -- the numbers are for whoever runs it
            f"\npre-check corpus: {len(CASES)} contracts, {right + missed} expected findings, "
            f"precision {precision:.3f}, recall {recall:.3f}"
        )
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL


def test_what_is_not_verified_never_blocks() -> None:
    for case in CASES:
        for finding in case.findings():
            assert finding.verified or finding.level != "blocks", finding
            assert finding.article
            assert finding.how_to_mend
