"""What no database gives back, and days that are over, are refused at the field by every door alike."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client

import pytest

from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.journal import jobs
from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.achievements import TEXT, make_achievement, sheet, upload
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

DIGITS = "数字位数过多，最多 15 位有效数字"
#: What SQLite changes or cannot read, and what comes back digit by digit.
BAD = ["999999999999.999999", "123456789012.345678", "-123456789012.3456", "1234567890.123456"]
GOOD = ["999999999999.999", "-999999999999", "123456789.123456", "0.000001", "-0.000001", "100000"]


@pytest.fixture
def as_member(client: Client, cast: Cast) -> Client:
    client.force_login(cast.member)
    return client


def post(client: Client, kind: str, **values: Any) -> Any:
    body = json.dumps({"title": "一条", **values})
    return client.post(f"/api/v1/{kind}/", body, content_type="application/json")


def wizard_rows(**row: str) -> dict[str, str]:
    data = {"indicators-TOTAL_FORMS": "1", "indicators-INITIAL_FORMS": "0"}
    cells = {"name": "强度", "comparator": "ge", "must": "yes", **row}
    return data | {f"indicators-0-{name}": value for name, value in cells.items()}


def check_of(cast: Cast, **cells: Any) -> ImportBatch:
    values = {"成果名称": "豆粕胶", "技术方案": TEXT.format(1), **cells}
    batch = upload(
        cast.university, cast.university_member, sheet([list(values.values())], list(values))
    )
    jobs.run_open()
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("figure", BAD)
def test_no_door_takes_a_figure_that_would_be_changed(
    as_member: Client, cast: Cast, figure: str
) -> None:
    need = make_need(cast.enterprise, cast.member)
    before = [(row.name, row.target) for row in need.indicators.all()]
    page = as_member.post(f"/workbench/needs/{need.code}/edit/targets/", wizard_rows(target=figure))
    assert page.status_code == 400
    assert DIGITS in page.content.decode()
    assert figure in page.content.decode()
    assert [(row.name, row.target) for row in need.indicators.all()] == before

    answer = post(as_member, "needs", indicators=[{"name": "强度", "target": figure}])
    assert answer.status_code == 400
    assert {"field": "indicators.0.target", "message": DIGITS} in answer.json()["errors"]
    offered = post(as_member, "achievements", indicators=[{"name": "强度", "value": figure}])
    assert offered.status_code == 400
    assert {"field": "indicators.0.value", "message": DIGITS} in offered.json()["errors"]
    assert not Achievement.objects.exists()

    batch = check_of(cast, 已验证的指标=f"强度|≥|{figure}|MPa|")
    assert batch.counts["bad"] == 1
    assert DIGITS in batch.problems[0]["text"]


@pytest.mark.parametrize("figure", GOOD)
def test_what_is_taken_comes_back_digit_by_digit(
    as_member: Client, cast: Cast, figure: str
) -> None:
    made = post(as_member, "needs", indicators=[{"name": "强度", "target": figure}])
    assert made.status_code == 201, made.content
    need = Need.objects.get(code=made.json()["code"])
    page = as_member.get(f"/workbench/needs/{need.code}/edit/targets/").content.decode()
    assert f'value="{figure}"' in page


def test_no_door_takes_a_day_that_is_over(as_member: Client, cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    over = (clock.today() - timedelta(days=1)).isoformat()
    for step, name, said in (
        ("targets", "deadline", "日期不能早于今天"),
        ("terms", "valid_until", "有效期不能早于今天"),
    ):
        page = as_member.post(
            f"/workbench/needs/{need.code}/edit/{step}/", {name: over, "contact_route": "direct"}
        )
        assert page.status_code == 400
        assert said in page.content.decode()
        answer = post(as_member, "needs", **{name: over})
        assert answer.status_code == 400
        assert answer.json()["errors"] == [{"field": name, "message": said}]
    answer = post(as_member, "needs", deadline="2020-01-01")
    assert answer.status_code == 400
    batch = check_of(cast, 信息有效期至=over)
    assert batch.problems == [{"row": 2, "column": "信息有效期至", "text": "有效期不能早于今天"}]
    need.refresh_from_db()
    assert (need.deadline, need.valid_until) == (None, None)


def test_today_is_taken(as_member: Client, cast: Cast) -> None:
    today = clock.today().isoformat()
    answer = post(as_member, "needs", deadline=today, valid_until=today)
    assert answer.status_code == 201
    assert check_of(cast, 信息有效期至=today).counts["new"] == 1


def test_a_right_may_have_ended(cast: Cast) -> None:
    """Only what is still to come is bound to today: a patent's last day is a fact."""
    made = make_achievement(cast.university, cast.university_member)
    assert made.patents.count() == 1
    batch = check_of(cast, 知识产权="invention|ZL202010000001.1|granted|浆料||2021-01-01")
    assert (batch.counts["bad"], batch.counts["new"]) == (0, 1)


# --- for whom ---------------------------------------------------------------------------------
def test_a_wrong_owner_is_refused_and_not_replaced(as_member: Client, cast: Cast) -> None:
    for wrong in (cast.university.code, "JG2026-AAAAAA-A", "", "0"):
        page = as_member.post("/workbench/needs/new/", {"title": "一条需求", "owner": wrong})
        assert page.status_code == 400
        assert "请从列表中选择您所在的单位" in page.content.decode()
        assert "一条需求" in page.content.decode()
    for odd in (cast.university.code, "", 0, False, [], {}, ["x"]):
        answer = post(as_member, "needs", owner=odd)
        assert answer.status_code == 400, odd
        assert answer.json()["errors"][0]["field"] == "owner"
    assert not Need.objects.exists()
    asked = as_member.get(f"/workbench/needs/new/?owner={cast.university.code}")
    assert asked.status_code == 400


def test_the_only_owner_need_not_be_named(as_member: Client, cast: Cast) -> None:
    assert as_member.post("/workbench/needs/new/", {"title": "一"}).status_code == 302
    assert post(as_member, "needs").status_code == 201
    assert set(Need.objects.values_list("owner", flat=True)) == {cast.enterprise.pk}


def test_who_works_for_two_names_one(as_member: Client, cast: Cast) -> None:
    cast.member.memberships.create(organization=cast.other_enterprise, role="member")
    page = as_member.post("/workbench/needs/new/", {"title": "一条需求"})
    assert page.status_code == 400
    named = {"title": "一条需求", "owner": cast.other_enterprise.code}
    assert as_member.post("/workbench/needs/new/", named).status_code == 302
    assert Need.objects.get().owner == cast.other_enterprise
    assert post(as_member, "needs").status_code == 400
    assert as_member.get("/workbench/needs/new/").status_code == 200
    assert listings.create_draft(Need, owner=cast.enterprise, actor=cast.member, values={})
