"""Service organisations: the open directory, recorded filings and the self-check of the thresholds."""

from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.listings import services as listings
from marketplace.offerings import browsing, rulebook, services
from marketplace.offerings.models import Filing
from search import engine
from tests.cast import Cast
from tests.factories.offerings import make_offering
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db

WAN = 1_000_000


@pytest.mark.parametrize(
    ("kind", "turnover", "income", "lacking"),
    [
        ("enterprise", 300, 30, [0, 0]),
        ("enterprise", 299, 31, [1, 0]),
        ("society", 0, 0, [300, 30]),
        ("inner", 999, 0, [1]),
        ("inner", 1000, 0, [0]),
    ],
)
def test_thresholds(kind: str, turnover: int, income: int, lacking: list[int]) -> None:
    day = date(2026, 11, 28)
    check = rulebook.check_filing(kind, turnover=turnover * WAN, income=income * WAN, day=day)
    assert check is not None
    assert [line.lacking for line in check.lines] == [rest * WAN for rest in lacking]
    assert check.is_met is not any(lacking)


def test_thresholds_hold_from_their_day_on() -> None:
    first = rulebook.THRESHOLDS[0]
    assert rulebook.thresholds_on(date(2024, 12, 31)) is None
    assert rulebook.thresholds_on(date(2025, 1, 1)) is first
    days = [entry.effective_from for entry in rulebook.THRESHOLDS]
    assert days == sorted(days)


def test_the_self_check_computes_names_what_lacks_and_stores_nothing(client: Client) -> None:
    url = reverse("offerings:filing_check")
    before = Entry.objects.count()
    data = {"kind": "enterprise", "turnover": "280.5", "income": "30", "day": "2026-11-28"}
    answer = client.post(url, data)
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "还没有达到条件" in text
    assert "19.5 万元" in text
    assert 'value="280.5"' in text
    assert "已达到条件" in client.post(url, {**data, "turnover": "300"}).content.decode()
    assert (
        "没有这一天的备案条件" in client.post(url, {**data, "day": "2024-06-01"}).content.decode()
    )
    # A figure that is missing or no figure is an error at its field, and what was typed stays.
    wrong = client.post(url, {**data, "turnover": "-3", "income": ""})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"turnover", "income"})
    assert 'value="-3"' in wrong.content.decode()
    inner = client.post(url, {"kind": "inner", "turnover": "1000", "day": "2026-11-28"})
    assert inner.status_code == 200
    assert Entry.objects.count() == before


def test_a_filing_is_recorded_shown_and_removed(cast: Cast, client: Client) -> None:
    org, year = cast.university, clock.today().year
    url = reverse("offerings:filing", args=[org.code])
    client.force_login(cast.registrar_city)
    data = {"year": str(year), "number": "鲁技转备 0101 号", "kind": "inner"}
    assert client.post(url, data).status_code == 302
    again = client.post(url, data)
    assert (again.status_code, set(again.context["form"].errors)) == (400, {"year"})
    later = client.post(url, {**data, "year": str(year + 1)})
    assert (later.status_code, set(later.context["form"].errors)) == (400, {"year"})
    page = Client().get(reverse("parties:organization", args=[org.code])).content.decode()
    assert f"山东省技术转移服务机构备案 鲁技转备 0101 号（{year}）" in " ".join(page.split())
    assert "记录或更正" not in page
    assert client.post(url, {"remove": str(year), "reason": ""}).status_code == 400
    assert client.post(url, {"remove": "²", "reason": "记错"}).status_code == 404
    assert client.post(url, {"remove": str(year), "reason": "编号记错"}).status_code == 302
    assert not Filing.objects.exists()
    told = [(entry.event, entry.payload) for entry in Entry.objects.order_by("pk")]
    assert [name for name, _said in told if name.startswith("Filing")] == [
        "FilingRecorded",
        "FilingRemoved",
    ]
    assert told[-1][1]["reason"] == "编号记错"


def test_who_records_filings(cast: Cast) -> None:
    values = {"year": 2025, "kind": "inner", "number": "1"}
    for person in (cast.university_admin, cast.registrar_county, cast.broker):
        with pytest.raises(Forbidden):
            services.record_filing(cast.university, actor=person, **values)
    filing = services.record_filing(cast.university, actor=cast.operator, **values)
    with pytest.raises(InvalidInput):
        services.record_filing(cast.university, actor=cast.operator, **{**values, "number": "2"})
    with pytest.raises(Forbidden):
        services.remove_filing(filing, reason="x", actor=cast.university_admin)


def test_whoever_has_a_published_offer_is_in_and_nobody_needs_a_filing(cast: Cast) -> None:
    def names(**asked: object) -> list[str]:
        return [org.name for org in browsing.providers(browsing.Asked(**asked)).rows]  # type: ignore[arg-type]

    offering = make_offering(cast.university, cast.university_member, state="published")
    make_offering(cast.enterprise, cast.member, state="in_review")
    assert names() == [cast.university.name]
    assert names(categories=["testing"]) == [cast.university.name]
    assert names(categories=["training"]) == []
    assert names(filed=True) == []
    services.record_filing(
        cast.university, year=2025, kind="inner", number="1", actor=cast.operator
    )
    assert names(filed=True, districts=[cast.university.district]) == [cast.university.name]
    found = browsing.providers(browsing.Asked(categories=["training"]))
    assert (found.categories, found.districts, found.filed) == ({"testing": 1}, {}, 0)
    engine.rebuild("organizations")
    words = browsing.providers(browsing.Asked(q=cast.university.name))
    assert [org.pk for org in words.rows] == [cast.university.pk]
    assert words.districts == {cast.university.district: 1}
    listings.move(offering, "withdraw", actor=cast.university_member, reason="停办")
    assert names() == []


def test_the_directory_costs_the_same_for_one_and_for_thirty(cast: Cast, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("offerings:providers")).status_code == 200
        return len(queries)

    make_offering(cast.university, cast.university_member, state="published")
    cost()
    one = cost()
    for number in range(19):
        org = OrganizationFactory(name=f"服务机构 {number}")
        make_offering(org, make_member(org), state="published")
    assert cost() == one
