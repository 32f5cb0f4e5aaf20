"""The write door: what is posted is what is kept, for whom it was said, and judged as on the pages."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from marketplace.achievements.models import Achievement
from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.parties.models import Membership
from search import engine
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, UserFactory
from tests.marketplace.api.conftest import Call, fields, problem

pytestmark = pytest.mark.django_db


def a_need(**changes: Any) -> dict[str, Any]:
    """Everything that the API takes for a need."""
    return {
        "title": "降低人造板甲醛释放量",
        "title_en": "Less formaldehyde from panels",
        "summary": "多层实木复合板甲醛释放量偏高，希望引进无醛胶黏剂及配套热压工艺。",
        "summary_en": "Looking for a glue without formaldehyde.",
        "kind": "rd",
        "industry": "wood",
        "field": "05",
        "district": "371302",
        "keywords": ["甲醛", "人造板"],
        "cooperation": ["license", "joint_dev"],
        "background": "年产多层板 12 万立方米，两条热压线。",
        "problem": "成品甲醛释放量为 0.09 mg/m³，降胶后静曲强度不达标。",
        "budget_min": 50_000_000,
        "budget_max": 120_000_000,
        "deadline": (clock.today() + timedelta(days=90)).isoformat(),
        "hide_owner": False,
        "confidential": "现用胶黏剂配方。",
        "contact_name": "林屿",
        "contact_phone": "13800138000",
        "contact_email": "lin@example.com",
        "contact_route": "direct",
        "valid_until": (clock.today() + timedelta(days=200)).isoformat(),
        "indicators": [
            {
                "name": "甲醛释放量",
                "current": "0.09",
                "comparator": "le",
                "target": "0.05",
                "unit": "mg/m³",
                "method": "GB/T 17657",
                "must": True,
            },
            {"name": "静曲强度", "comparator": "ge", "target": "30", "unit": "MPa", "must": False},
        ],
    } | changes


AN_ACHIEVEMENT: dict[str, Any] = {
    "title": "烧结钕铁硼晶界扩散低重稀土技术",
    "summary": "在成品磁片表面涂覆复合浆料，矫顽力明显提高。",
    "industry": "materials.magnetic",
    "field": "05",
    "trl": 8,
    "has_sample": True,
    "pricing_mode": "negotiated",
    "price_min": 120_000_000,
    "price_max": 180_000_000,
    "confidential": "浆料配比。",
    "indicators": [{"name": "矫顽力 Hcj", "comparator": "ge", "value": "21", "unit": "kOe"}],
    "patents": [{"kind": "invention", "number": "ZL202010000001.1", "title": "浆料"}],
    "owners": [{"name": "沂州理工大学", "share": "70"}, {"name": "沂河研究院", "share": "30"}],
    "inventors": [{"name": "郑亦山", "title": "教授"}],
}


def test_a_misspelt_field_is_refused_and_what_was_read_can_be_sent_again(
    cast: Cast, call: Call
) -> None:
    wrong = call(cast.member, "post", "/api/v1/needs/", a_need(budget_mn=1, trl=3))
    assert (wrong.status_code, fields(wrong)) == (400, ["budget_mn", "trl"])
    row = {"name": "静曲强度", "comparator": "ge", "target": "30", "unti": "MPa"}
    wrong = call(cast.member, "post", "/api/v1/needs/", a_need(indicators=[row]))
    assert (wrong.status_code, fields(wrong)) == (400, ["unti"])
    assert Need.objects.count() == 0
    made = call(cast.member, "post", "/api/v1/needs/", a_need()).json()
    owner = made.pop("owner")["code"]
    again = call(cast.member, "post", "/api/v1/needs/", {**made, "owner": owner})
    assert again.status_code == 201
    assert again.json()["code"] != made["code"]


def test_what_is_posted_is_what_is_kept(cast: Cast, call: Call) -> None:
    sent = a_need()
    response = call(cast.member, "post", "/api/v1/needs/", sent)
    assert response.status_code == 201
    need = Need.objects.get()
    kept = {
        name: getattr(need, name)
        for name in sent
        if name not in {"indicators", "deadline", "valid_until"}
    }
    assert kept == {name: sent[name] for name in kept}
    assert (need.deadline.isoformat(), need.valid_until.isoformat()) == (
        sent["deadline"],
        sent["valid_until"],
    )
    assert list(
        need.indicators.order_by("position").values_list(
            "name", "current", "comparator", "target", "unit", "method", "must"
        )
    ) == [
        ("甲醛释放量", "0.09", "le", Decimal("0.05"), "mg/m³", "GB/T 17657", True),
        ("静曲强度", "", "ge", Decimal(30), "MPa", "", False),
    ]
    assert (need.status, need.owner, need.author) == ("draft", cast.enterprise, cast.member)
    shown = response.json()
    assert shown["code"] == need.code
    assert "confidential" not in shown
    assert "contact_phone" not in shown


def test_an_achievement_with_all_its_rows(cast: Cast, call: Call) -> None:
    response = call(cast.university_member, "post", "/api/v1/achievements/", AN_ACHIEVEMENT)
    assert response.status_code == 201
    made = Achievement.objects.get()
    assert made.owner == cast.university
    assert [(row.name, row.value) for row in made.indicators.all()] == [("矫顽力 Hcj", 21)]
    assert [row.number for row in made.patents.all()] == ["ZL202010000001.1"]
    assert [(row.name, row.share) for row in made.owners.order_by("position")] == [
        ("沂州理工大学", 70),
        ("沂河研究院", 30),
    ]
    assert [row.name for row in made.inventors.all()] == ["郑亦山"]
    assert (made.trl, made.has_sample, made.price_max) == (8, True, 180_000_000)


FORM_ERRORS: dict[str, tuple[dict[str, Any], str]] = {
    "a budget that ends below its begin": ({"budget_min": 2, "budget_max": 1}, "budget_max"),
    "an industry that is none": ({"industry": "steel-mill"}, "industry"),
    "a kind that is none": ({"kind": "x"}, "kind"),
    "a way of cooperating that is none": ({"cooperation": ["x"]}, "cooperation"),
    "a telephone number that is none": ({"contact_phone": "call me"}, "contact_phone"),
    "validity in the past": ({"valid_until": "2020-01-01"}, "valid_until"),
    "a title that is too long": ({"title": "长" * 300}, "title"),
    "an indicator without a name": ({"indicators": [{"name": "", "target": "1"}]}, "indicators"),
    "a range without an end": (
        {"indicators": [{"name": "x", "comparator": "between", "target": "1"}]},
        "indicators",
    ),
}


@pytest.mark.parametrize(("change", "field"), FORM_ERRORS.values(), ids=FORM_ERRORS)
def test_what_the_wizards_forms_refuse_is_refused(
    change: dict[str, Any], field: str, cast: Cast, call: Call
) -> None:
    response = call(cast.member, "post", "/api/v1/needs/", a_need(**change))
    assert response.status_code == 400
    assert {name.partition(".")[0] for name in fields(response)} == {field}
    assert not Need.objects.exists()


def test_a_title_is_required_and_named(cast: Cast, call: Call) -> None:
    assert fields(call(cast.member, "post", "/api/v1/needs/", {})) == ["title"]


def test_the_owner_that_was_named_is_the_owner(cast: Cast, call: Call) -> None:
    second = OrganizationFactory(name="沂河新材有限公司")
    Membership.objects.create(user=cast.member, organization=second, role="member")
    for owner in (second, cast.enterprise):
        body = {"title": owner.name, "owner": owner.code}
        assert call(cast.member, "post", "/api/v1/needs/", body).status_code == 201
        assert Need.objects.get(title=owner.name).owner == owner
    unsaid = call(cast.member, "post", "/api/v1/needs/", {"title": "x"})
    assert fields(unsaid) == ["owner"]


def test_nobody_writes_for_an_organisation_of_others(cast: Cast, call: Call) -> None:
    for owner in (cast.university.code, "DW2026-AAAAAA-A", "", " ", "x", cast.enterprise.code[:-1]):
        if not owner.strip():
            continue
        response = call(cast.member, "post", "/api/v1/needs/", {"title": "x", "owner": owner})
        assert (response.status_code, fields(response)) == (400, ["owner"]), owner
    assert not Need.objects.exists()
    stranger = UserFactory()
    assert call(stranger, "post", "/api/v1/needs/", {"title": "x"}).status_code in {400, 403}


def test_without_a_key_nothing_is_written(call: Call) -> None:
    assert problem(call(None, "post", "/api/v1/needs/", a_need()))["status"] == 401
    assert not Need.objects.exists()


def test_submission_names_what_is_missing_and_then_works(cast: Cast, call: Call) -> None:
    bare = call(cast.member, "post", "/api/v1/needs/", {"title": "降低人造板甲醛释放量"}).json()
    refused = call(
        cast.member, "post", f"/api/v1/needs/{bare['code']}/submit/", {"rev": bare["rev"]}
    )
    assert refused.status_code == 400
    assert "problem" in fields(refused)
    whole = call(cast.member, "post", "/api/v1/needs/", a_need()).json()
    done = call(
        cast.member, "post", f"/api/v1/needs/{whole['code']}/submit/", {"rev": whole["rev"]}
    )
    assert (done.status_code, done.json()["status"]) == (200, "in_review")
    again = call(
        cast.member, "post", f"/api/v1/needs/{whole['code']}/submit/", {"rev": whole["rev"]}
    )
    assert problem(again)["status"] == 409


def test_a_hidden_owner_is_not_shown_in_any_answer(cast: Cast, call: Call, own_index: Path) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    engine.rebuild("needs")
    single = call(None, "get", f"/api/v1/needs/{need.code}/")
    listed = call(None, "get", "/api/v1/needs/")
    assert single.json()["owner"] is None
    assert [row["owner"] for row in listed.json()["results"]] == [None]
    for answer in (single, listed):
        assert cast.enterprise.name not in answer.content.decode()
        assert cast.enterprise.code not in answer.content.decode()
    by_owner = call(None, "get", f"/api/v1/needs/?owner={cast.enterprise.code}").json()
    assert by_owner["count"] == 0
    open_need = make_need(cast.enterprise, cast.member, state="published")
    shown = call(None, "get", f"/api/v1/needs/{open_need.code}/").json()["owner"]
    assert shown == {
        "code": cast.enterprise.code,
        "name": cast.enterprise.name,
        "kind": cast.enterprise.kind,
        "is_verified": True,
    }
