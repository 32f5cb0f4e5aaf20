"""The index of service offers: public fields only, ended qualifications out, regions with all below them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel import clock
from marketplace.offerings import tasks
from marketplace.offerings.index import OFFERINGS
from marketplace.offerings.models import Offering, Qualification
from search import engine, table
from search.query import Query
from tests.cast import Cast
from tests.factories.offerings import make_offering

pytestmark = pytest.mark.django_db

CANARY = "CANARY-7f3e"


def document_of(offering: Offering) -> Any:
    ((_code, _rev, document),) = OFFERINGS.source([offering.code])
    return document


def test_nothing_confidential_reaches_a_document(cast: Cast) -> None:
    offering = make_offering(
        cast.university,
        cast.university_member,
        state="published",
        confidential=CANARY,
        contact_name=CANARY,
        contact_email="canary-7f3e@example.com",
    )
    text = json.dumps(document_of(offering), default=str, ensure_ascii=False)
    assert CANARY not in text
    assert "canary-7f3e" not in text
    assert "甲醛气候箱" in text


@pytest.mark.parametrize("state", ["draft", "in_review", "returned", "withdrawn", "expired"])
def test_unlisted_states_are_tombstones(cast: Cast, state: str) -> None:
    offering = make_offering(cast.university, cast.university_member, state=state)
    assert document_of(offering) is None


def test_who_serves_the_province_serves_its_districts(cast: Cast) -> None:
    offering = make_offering(cast.university, cast.university_member, state="published")
    document = document_of(offering)
    assert {"370000", "371300", "371302"} <= set(document["regions"])
    assert "cn" not in document["regions"]
    assert (document["price"], document["price_band"]) == (80_000, "lt1k")


def test_an_ended_qualification_leaves_index_and_table(cast: Cast) -> None:
    offering = make_offering(cast.university, cast.university_member, state="published")
    engine.rebuild("offerings")
    asked = Query(filters={"qualification": ["cma"]})

    def found() -> list[list[str]]:
        return [[hit.id for hit in answer.hits] for answer in answers()]

    def answers() -> Any:
        return engine.find("offerings", asked), table.find(OFFERINGS, asked)

    assert found() == [[offering.code], [offering.code]]
    Qualification.objects.update(valid_until=clock.today() - timedelta(days=1))
    tasks.forget_ended_qualifications()
    assert found() == [[], []]
    Qualification.objects.update(valid_until=clock.today())
    engine.refresh("offerings", [offering.code])
    assert found() == [[offering.code], [offering.code]]


@pytest.mark.parametrize(
    ("name", "value", "hits"),
    [
        ("regions", "371302", 1),
        ("regions", "370000", 1),
        ("regions", "cn", 0),
        ("price_band", "lt1k", 1),
        ("price_band", "face", 0),
        ("category", "testing", 1),
        ("price_mode", "item", 1),
    ],
)
def test_index_and_table_filter_alike(cast: Cast, name: str, value: str, hits: int) -> None:
    make_offering(cast.university, cast.university_member, state="published")
    engine.rebuild("offerings")
    query = Query(filters={name: [value]})
    assert engine.find("offerings", query).total == hits
    assert table.find(OFFERINGS, query).total == hits
