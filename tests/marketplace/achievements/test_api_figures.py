"""What is written through the API is judged like what is typed into the form."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from marketplace.achievements.models import Achievement
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def post(cast: Cast, **values: Any) -> Any:
    client = APIClient()
    client.force_authenticate(cast.university_member)
    given = {"owner": cast.university.code, "title": "豆粕胶", **values}
    return client.post("/api/v1/achievements/", given, format="json")


@pytest.mark.parametrize("value", ["1_000", "1e3", "٣", "0,5", "5,10,15", "10²", "NaN"])
def test_a_figure_that_the_form_refuses(cast: Cast, value: str) -> None:
    answer = post(cast, indicators=[{"name": "强度", "value": value}])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "indicators.0.value"
    assert not Achievement.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("trl", "٣"), ("price_min", "1_000"), ("valid_until", "٢٠٢٧-٠٥-٠١")]
)
def test_digits_that_the_form_refuses(cast: Cast, field: str, value: str) -> None:
    answer = post(cast, **{field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_what_the_form_reads(cast: Cast) -> None:
    figures = [
        {"name": "强度", "value": "1,200"},
        {"name": "负压", "value": "\u22125"},
        {"name": "效率", "value": 0.5},
    ]
    answer = post(cast, indicators=figures, innovation="第一点\x0b第二点\u2028第三点")
    assert answer.status_code == 201
    made = Achievement.objects.get()
    assert [float(row.value) for row in made.indicators.all()] == [1200, -5, 0.5]
    assert made.innovation == "第一点\n第二点\n第三点"
