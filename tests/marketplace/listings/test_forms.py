"""Numbers of indicators, ranges, and what the wizard's forms refuse."""

from decimal import Decimal

from django.core.exceptions import ValidationError

import pytest

from marketplace.listings.forms import NumberField
from marketplace.needs.forms import IndicatorRows, TargetsForm

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("21", "21"),
        ("0.84", "0.84"),
        ("－5", "-5"),
        ("１２．５", "12.5"),
        ("3,000", "3000"),
        (" 7 ", "7"),
    ],
)
def test_numbers_as_people_type_them(typed: str, value: str) -> None:
    assert NumberField().clean(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    ["1e3", "1_000", "NaN", "inf", "--1", "12.1234567", "１e9", "≥5", "\ud800", "1" * 40, "٣"],
)
def test_what_is_no_plain_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        NumberField().clean(typed)


def rows(**cells: str) -> object:
    data = {"indicators-TOTAL_FORMS": "1", "indicators-INITIAL_FORMS": "0"}
    base = {"name": "硬度", "comparator": "ge", "target": "5", "must": "yes"} | cells
    data |= {f"indicators-0-{name}": value for name, value in base.items()}
    return IndicatorRows(data, prefix="indicators")


def test_a_range_needs_both_ends_in_order() -> None:
    open_range = rows(comparator="between")
    assert not open_range.is_valid()
    assert set(open_range.errors[0]) == {"target_high"}
    assert not rows(comparator="between", target="5", target_high="4").is_valid()
    fine = rows(comparator="between", target="5", target_high="6")
    assert fine.is_valid()
    assert fine.values[0]["target_high"] == 6


def test_the_upper_end_is_dropped_where_there_is_no_range() -> None:
    formset = rows(comparator="ge", target="5", target_high="4")
    assert formset.is_valid()
    assert formset.values[0]["target_high"] is None


def test_must_is_a_yes_or_no() -> None:
    formset = rows(must="no")
    assert formset.is_valid()
    assert formset.values[0]["must"] is False


def test_budget_ends_are_in_order_and_keep_what_was_typed() -> None:
    form = TargetsForm({"budget_min": "200", "budget_max": "120.5"})
    assert not form.is_valid()
    assert set(form.errors) == {"budget_max"}
    assert form["budget_min"].value() == "200"
    good = TargetsForm({"budget_min": "120.5", "budget_max": "200"})
    assert good.is_valid()
    assert (good.cleaned_data["budget_min"], good.cleaned_data["budget_max"]) == (
        120_500_000,
        200_000_000,
    )


@pytest.mark.parametrize("typed", ["1e3", "-5", "1_000", "NaN", "12.345", "abc"])
def test_budgets_that_are_no_amount(typed: str) -> None:
    form = TargetsForm({"budget_max": typed})
    assert not form.is_valid()
    assert set(form.errors) == {"budget_max"}
