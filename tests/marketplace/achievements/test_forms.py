"""The wizard's forms against what people and programs type."""

from typing import Any

from django.http import QueryDict

import pytest

from marketplace.achievements.forms import (
    BasicsForm,
    IndicatorRows,
    OwnerRows,
    PatentRows,
    RightsForm,
    TargetsForm,
)

pytestmark = pytest.mark.django_db

HUGE = "长" * 1_000_000


def rows(formset: Any, *items: dict[str, str]) -> Any:
    data = QueryDict(mutable=True)
    data["r-TOTAL_FORMS"], data["r-INITIAL_FORMS"] = str(len(items)), "0"
    for number, item in enumerate(items):
        for name, value in item.items():
            data[f"r-{number}-{name}"] = value
    return formset(data, prefix="r")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "名" * 81),
        ("title", HUGE),
        ("title", "半个\ud800"),
        ("summary", "长" * 501),
        ("description", HUGE),
        ("innovation", "一\n二\n三\n四"),
        ("industry", "no.such"),
        ("field", "12"),
        ("district", "110000"),
        ("keywords", "、".join("一二三四五六七八九")),
        ("keywords", "字" * 21),
    ],
)
def test_bad_basics_are_refused_at_the_field(name: str, value: str) -> None:
    form = BasicsForm({"title": "好名称", name: value})
    assert not form.is_valid()
    assert list(form.errors) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trl", "0"),
        ("trl", "10"),
        ("trl", "six"),
        ("pricing_mode", "free"),
        ("price_min", "1e3"),
        ("price_min", "-5"),
        ("price_min", "NaN"),
        ("price_max", "1_000"),
        ("price_max", "9" * 40),
        ("stage", "<script>"),
    ],
)
def test_bad_targets_are_refused_at_the_field(name: str, value: str) -> None:
    form = TargetsForm({name: value})
    assert not form.is_valid()
    assert list(form.errors) == [name]


def test_a_price_range_is_in_order() -> None:
    form = TargetsForm({"price_min": "20", "price_max": "10"})
    assert list(form.errors) == ["price_max"]
    good = TargetsForm({"price_min": "10", "price_max": "20.5"})
    assert good.is_valid()
    assert (good.cleaned_data["price_min"], good.cleaned_data["price_max"]) == (
        10_000_000,
        20_500_000,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("valid_until", "2001-01-01"),
        ("valid_until", "2026-13-01"),
        ("contact_phone", "12345"),
        ("contact_email", "nobody"),
        ("contact_route", "telepathy"),
    ],
)
def test_bad_terms_are_refused_at_the_field(name: str, value: str) -> None:
    form = RightsForm({"contact_route": "direct", name: value})
    assert list(form.errors) == [name]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"kind": "invention", "number": "ZL202010000001.2"}, "number"),
        ({"kind": "", "number": "ZL202010000001.1"}, "kind"),
        ({"kind": "magic", "number": "1"}, "kind"),
        ({"kind": "invention", "status": "stolen"}, "status"),
        ({"kind": "invention", "expires": "soon"}, "expires"),
        ({"kind": "invention", "number": "9" * 200}, "number"),
    ],
)
def test_bad_rights(item: dict[str, str], field: str) -> None:
    formset = rows(PatentRows, item)
    assert not formset.is_valid()
    assert list(formset.errors[0]) == [field]


def test_a_right_may_be_nothing_but_its_kind() -> None:
    formset = rows(PatentRows, {"kind": "secret"}, {"kind": ""})
    assert formset.is_valid()
    assert [row["kind"] for row in formset.values] == ["secret"]


@pytest.mark.parametrize(
    ("shares", "good"),
    [
        (["60", "40"], True),
        (["", ""], True),
        (["60", ""], False),
        (["60", "39.99"], False),
        (["33.333", "66.667"], False),
        (["150", "-50"], False),
        (["1e2", "0"], False),
    ],
)
def test_shares(shares: list[str], good: bool) -> None:
    items = [{"name": f"单位{n}", "share": share} for n, share in enumerate(shares)]
    assert rows(OwnerRows, *items).is_valid() is good


@pytest.mark.parametrize(
    "item",
    [
        {"name": "硬度", "value": "1e5"},
        {"name": "硬度", "value": ""},
        {"name": "", "value": "3"},
        {"name": "硬度", "value": "3", "comparator": "about"},
        {"name": "硬度", "value": "3", "comparator": "between"},
        {"name": "硬度", "value": "3", "value_high": "2", "comparator": "between"},
    ],
)
def test_bad_indicators(item: dict[str, str]) -> None:
    assert not rows(IndicatorRows, {"comparator": "ge", **item}).is_valid()
