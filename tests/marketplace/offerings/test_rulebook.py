"""The quality gate of service offers, and the bands and ways of charging."""

from datetime import date
from typing import Any

import pytest

from marketplace.listings.rulebook import price_band
from marketplace.offerings import rulebook
from tests.factories.offerings import COMPLETE, EQUIPMENT, QUALIFICATIONS

TODAY = date(2026, 11, 28)


def held(until: date | None) -> list[dict[str, Any]]:
    return [{**row, "valid_until": until} for row in QUALIFICATIONS]


def blocked(**changes: Any) -> set[str]:
    rows = changes.pop("qualifications", held(None))
    quality = rulebook.assess({**COMPLETE, **changes}, rows, EQUIPMENT, TODAY)
    return {finding.field for finding in quality.blockers}


def test_a_complete_offer_passes() -> None:
    quality = rulebook.assess(COMPLETE, held(TODAY), EQUIPMENT, TODAY)
    assert quality.blockers == []
    assert [part.score for part in quality.parts] == [1, 3, 4, 5]
    assert {finding.field for finding in quality.advice} == {"client_provides", "cases"}


def test_what_is_required_stops_a_submission() -> None:
    empty = dict.fromkeys(rulebook.REQUIRED, "") | {"contact_phone": "", "contact_email": ""}
    assert blocked(**empty) == {*rulebook.REQUIRED, "contact_phone"}
    assert blocked(description="检测甲醛") == {"description"}
    assert blocked(price_min=None, price_max=None) == {"price_min"}
    assert blocked(price_min=None, price_max=None, price_mode="face") == set()
    assert blocked(summary="请拨打 0539-8012345 委托") == {"summary"}


def test_a_qualification_counts_until_the_end_of_its_last_day() -> None:
    assert blocked(qualifications=held(date(2026, 11, 27))) == {"qualifications"}
    assert blocked(qualifications=held(date(2026, 11, 28))) == set()


def test_testing_without_accreditation_is_advised_and_not_refused() -> None:
    quality = rulebook.assess(COMPLETE, [], EQUIPMENT, TODAY)
    assert quality.blockers == []
    assert "qualifications" in {finding.field for finding in quality.advice}
    other = rulebook.assess({**COMPLETE, "category": "training"}, [], EQUIPMENT, TODAY)
    assert "qualifications" not in {finding.field for finding in other.advice}


@pytest.mark.parametrize(
    ("mode", "low", "high", "wrong"),
    [
        ("item", 100, 200, set()),
        ("item", 200, 100, {"price_max"}),
        ("free", None, None, set()),
        ("free", 0, None, set()),
        ("free", 100, None, {"price_min"}),
        ("face", None, 100, {"price_max"}),
    ],
)
def test_amounts_fit_the_way_of_charging(
    mode: str, low: int | None, high: int | None, wrong: set[str]
) -> None:
    assert set(rulebook.price_problems(mode, low, high)) == wrong


@pytest.mark.parametrize(
    ("fen", "band"),
    [
        *((None, "face"), (0, "lt1k"), (99_999, "lt1k"), (100_000, "lt1w"), (1_000_000, "lt5w")),
        *((4_999_999, "lt5w"), (5_000_000, "lt20w"), (20_000_000, "more")),
    ],
)
def test_bands_are_half_open(fen: int | None, band: str) -> None:
    assert price_band(fen, rulebook.BANDS) == band
