"""The API reads no more than the forms do."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from marketplace.web.serializers import DayField, FigureField, WholeField

FIGURE = FigureField(max_digits=18, decimal_places=6)


@pytest.mark.parametrize(
    ("given", "number"),
    [(5, "5"), (0.5, "0.5"), ("0.5", "0.5"), ("1,200", "1200"), ("\u22125", "-5"), (1e3, "1000")],
)
def test_figures(given: Any, number: str) -> None:
    assert FIGURE.run_validation(given) == Decimal(number)


@pytest.mark.parametrize(
    "given",
    ["1_000", "1e3", "٣", "0,5", "5,10,15", "NaN", "Infinity", "10²", "", True, [], 1e-7, 1e300],
)
def test_no_figures(given: Any) -> None:
    with pytest.raises(ValidationError):
        FIGURE.run_validation(given)


@pytest.mark.parametrize(("given", "number"), [(7, 7), ("7", 7), (-1, -1)])
def test_whole_numbers(given: Any, number: int) -> None:
    assert WholeField().run_validation(given) == number


@pytest.mark.parametrize("given", ["1_000", "1e3", "٣", "1,000", "1.5", True, 1.5, "", "²"])
def test_no_whole_numbers(given: Any) -> None:
    with pytest.raises(ValidationError):
        WholeField().run_validation(given)


def test_days() -> None:
    assert DayField().run_validation("2027-05-01") == date(2027, 5, 1)
    for given in ("٢٠٢٧-٠٥-٠١", "２０２７-05-01", "2027-5", "20270501x", 20270501):
        with pytest.raises(ValidationError):
            DayField().run_validation(given)
