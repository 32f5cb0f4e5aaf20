"""The corpus of written contracts: what a careful registrar expects, and what the pre-check finds."""

import pytest

from tests.marketplace.registration.precheck.cases import UNSEEN, Written, load

CASES = load()
#: Contracts written later from the articles alone. Their first run is the estimate for contracts that nobody has seen;
#: the faults of the rules that it showed were mended since, so the present numbers say less.
UNSEEN_CASES = load(UNSEEN)
#: By the beginning of their names; precision and recall.
FIRST_RUNS = {"later": (0.714, 0.714), "second": (0.857, 0.857)}
LEAST_LATER = 0.85
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


def _measured(cases: list[Written]) -> tuple[int, float, float]:
    """Expected findings, precision and recall."""
    right = wrong = missed = 0
    for case in cases:
        found = {row.code for row in case.findings()}
        right += len(found & case.expect)
        wrong += len(found - case.expect)
        missed += len(case.expect - found)
    return right + missed, right / (right + wrong), right / (right + missed)


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    wanted, precision, recall = _measured(CASES)
    with capsys.disabled():
        print(  # noqa: T201 -- the numbers are for whoever runs it
            f"\npre-check corpus: {len(CASES)} contracts, {wanted} expected findings, "
            f"precision {precision:.3f}, recall {recall:.3f}"
        )
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL


@pytest.mark.parametrize(("name", "first"), FIRST_RUNS.items())
def test_contracts_that_were_written_later(
    name: str, first: tuple[float, float], capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [case for case in UNSEEN_CASES if case.id.startswith(name)]
    wanted, precision, recall = _measured(cases)
    with capsys.disabled():
        print(  # noqa: T201 -- the numbers are for whoever runs it
            f"\nwritten later ({name}): {len(cases)} contracts, {wanted} expected findings, precision {precision:.3f}, "
            f"recall {recall:.3f}; in the first run {first[0]:.3f} and {first[1]:.3f}"
        )
    assert precision >= LEAST_LATER
    assert recall >= LEAST_LATER


def test_the_unseen_contracts_are_good_and_bad_and_of_both_times() -> None:
    assert len(UNSEEN_CASES) >= 30
    assert not {case.id for case in UNSEEN_CASES} & {case.id for case in CASES}
    old = [
        case for case in UNSEEN_CASES if case.facts.signed_on and case.facts.signed_on.year < 2026
    ]
    assert len(old) >= 6
    assert len([case for case in UNSEEN_CASES if not case.expect]) >= 7


def test_what_is_not_verified_never_blocks() -> None:
    for case in CASES:
        for finding in case.findings():
            assert finding.verified or finding.level != "blocks", finding
            assert finding.article
            assert finding.how_to_mend
