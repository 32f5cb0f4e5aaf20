"""Nothing is published that nobody can contact: at the page, in a batch and through the API."""

from typing import Any

from django.test import Client

import pytest

from marketplace.achievements import services as achievements
from marketplace.achievements.kind import KIND as ACHIEVEMENT
from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.listings import services as listings
from marketplace.listings.kind import ListingKind
from marketplace.needs.kind import KIND as NEED
from marketplace.parties import services as parties
from marketplace.parties.models import Organization
from tests.cast import Cast
from tests.factories.achievements import good_rows, make_achievement, sheet, upload
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
NOBODY = {"contact_name": "", "contact_phone": "", "contact_email": ""}
MAKERS = [(NEED, make_need), (ACHIEVEMENT, make_achievement)]
REASON = "没有联系电话或邮箱，发布后没有人能联系到"


def silence(org: Organization) -> None:
    """The organisation has no public contact, as those entered before it was asked for."""
    Organization.objects.filter(pk=org.pk).update(
        contact_name="", contact_phone="", contact_email=""
    )
    org.refresh_from_db()


def give(org: Organization, **contact: str) -> None:
    Organization.objects.filter(pk=org.pk).update(**contact)
    org.refresh_from_db()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("kind", "make"), MAKERS, ids=["need", "achievement"])
def test_contact_of_the_organisation_is_the_default(
    cast: Cast, kind: ListingKind, make: Any
) -> None:
    give(cast.enterprise, contact_name="总机", contact_phone="0539-8200000", contact_email="")
    listing = make(cast.enterprise, cast.member, state="published", **NOBODY)
    shown = listings.show_contact(listing, actor=cast.university_admin)
    assert shown == {"name": "总机", "phone": "0539-8200000", "email": ""}
    give(cast.enterprise, contact_phone="0539-8200001")
    listing = kind.model.objects.get(pk=listing.pk)
    assert listings.show_contact(listing, actor=cast.university_admin)["phone"] == "0539-8200001"


@pytest.mark.parametrize(("kind", "make"), MAKERS, ids=["need", "achievement"])
def test_own_contact_comes_first_and_whole(cast: Cast, kind: ListingKind, make: Any) -> None:
    give(cast.enterprise, contact_name="总机", contact_phone="0539-8200000", contact_email="a@b.cn")
    own = {**NOBODY, "contact_name": "林屿", "contact_email": "lin@example.com"}
    listing = make(cast.enterprise, cast.member, state="published", **own)
    shown = listings.show_contact(listing, actor=cast.university_admin)
    assert shown == {"name": "林屿", "phone": "", "email": "lin@example.com"}


@pytest.mark.parametrize(("kind", "make"), MAKERS, ids=["need", "achievement"])
def test_submission_without_any_is_refused_at_page_and_api(
    cast: Cast, kind: ListingKind, make: Any
) -> None:
    silence(cast.enterprise)
    listing = make(cast.enterprise, cast.member, **NOBODY)
    with pytest.raises(InvalidInput) as refusal:
        listings.move(listing, "submit", actor=cast.member)
    assert set(refusal.value.errors) == {"contact_name", "contact_phone"}
    page = signed_in(cast.member).post(kind.url("edit", listing.code, "check"))
    assert page.status_code == 400
    assert "请填写联系电话或邮箱，至少一项" in page.text
    address = f"/api/v1/{kind.name}/{listing.code}/submit/"
    answer = signed_in(cast.member).post(
        address, {}, content_type="application/json", headers={"If-Match": f'"{listing.rev}"'}
    )
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} == {"contact_name", "contact_phone"}


@pytest.mark.parametrize(("kind", "make"), MAKERS, ids=["need", "achievement"])
def test_publication_without_any_is_refused_at_page_and_api(
    cast: Cast, kind: ListingKind, make: Any
) -> None:
    give(cast.enterprise, contact_name="总机", contact_phone="0539-8200000")
    listing = make(cast.enterprise, cast.member, state="in_review", **NOBODY)
    silence(cast.enterprise)
    with pytest.raises(Refused, match=REASON):
        listings.move(listing, "publish", actor=cast.registrar_city)
    client = signed_in(cast.registrar_city)
    page = client.get(kind.url("review", listing.code))
    assert REASON in page.text
    assert 'name="publish"' not in page.text
    refused = client.post(kind.url("review", listing.code), {"publish": "1", "rev": listing.rev})
    assert refused.status_code == 409
    assert REASON in refused.text
    assert kind.model.objects.get(pk=listing.pk).status == "in_review"


def test_listing_that_ran_out_is_not_renewed_without_any(cast: Cast) -> None:
    give(cast.enterprise, contact_name="总机", contact_phone="0539-8200000")
    need = make_need(cast.enterprise, cast.member, state="published", **NOBODY)
    silence(cast.enterprise)
    with pytest.raises(Refused, match=REASON):
        listings.move(need, "renew", actor=cast.member, days=90)


def test_hidden_owner_is_not_given_away_by_its_number(cast: Cast) -> None:
    give(cast.enterprise, contact_name="总机", contact_phone="0539-8200000")
    need = make_need(cast.enterprise, cast.member, hide_owner=True, **NOBODY)
    with pytest.raises(InvalidInput):
        listings.move(need, "submit", actor=cast.member)
    own = {**NOBODY, "contact_name": "林", "contact_email": "x@example.com"}
    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True, **own)
    shown = listings.show_contact(need, actor=cast.university_admin)
    assert shown == {"name": "林", "phone": "", "email": "x@example.com"}


def imported(cast: Cast, data: bytes) -> Any:
    batch = upload(cast.university, cast.university_member, data)
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def decided(cast: Cast, batch: Any) -> Any:
    achievements.confirm_import(batch, actor=cast.university_member, mode="valid")
    jobs.run_open()
    achievements.decide_batch(batch, actor=cast.registrar_city, act="publish")
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def test_rows_of_a_batch_go_back_with_the_reason_and_the_others_are_published(cast: Cast) -> None:
    silence(cast.university)
    rows = [[*row, phone] for row, phone in zip(good_rows(2), ["13800138000", ""], strict=True)]
    batch = imported(cast, sheet(rows, ["成果名称", "技术方案", "关键词", "联系电话"]))
    assert batch.counts["contactless"] == 1
    page = signed_in(cast.university_member).get(f"/workbench/achievements/import/{batch.code}/")
    assert "没有联系电话或邮箱，单位资料里也没有公开的联系方式" in page.text
    batch = decided(cast, batch)
    assert (batch.counts["published"], batch.counts["returned"]) == (1, 1)
    returned = Achievement.objects.get(status="returned")
    assert returned.contact_phone == ""
    assert returned.return_reasons[0].startswith(REASON)


def test_batch_of_an_organisation_with_a_number_is_published(cast: Cast) -> None:
    give(cast.university, contact_name="科技处", contact_phone="0539-8300000")
    batch = imported(cast, sheet(good_rows(2)))
    page = signed_in(cast.university_member).get(f"/workbench/achievements/import/{batch.code}/")
    assert "单位资料里也没有公开的联系方式" not in page.text
    assert decided(cast, batch).counts["published"] == 2
    shown = listings.show_contact(Achievement.objects.first(), actor=cast.member)
    assert shown == {"name": "科技处", "phone": "0539-8300000", "email": ""}


def test_verified_organisation_keeps_a_contact(cast: Cast) -> None:
    give(cast.enterprise, contact_phone="0539-8200000", contact_email="")
    data = {"contact_phone": "", "contact_email": ""}
    with pytest.raises(InvalidInput) as refusal:
        parties.edit_organization(
            cast.enterprise, data, rev=cast.enterprise.rev, actor=cast.org_admin
        )
    assert set(refusal.value.errors) == {"contact_phone"}
    data = {"contact_phone": "", "contact_email": "tto@example.com"}
    org = parties.edit_organization(
        cast.enterprise, data, rev=cast.enterprise.rev, actor=cast.org_admin
    )
    assert org.contact_email == "tto@example.com"


# --- the column 联系方式 ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "name", "phone", "email"),
    [
        ("李老师 13800138000", "李老师", "13800138000", ""),
        ("13800138000", "", "13800138000", ""),
        ("0539-8100000（王处长）", "王处长", "0539-8100000", ""),
        (
            "联系人：张三；电话：0539 8100000；邮箱：zs@uni.edu.cn",
            "张三",
            "0539-8100000",
            "zs@uni.edu.cn",
        ),
        ("张三/zs@uni.edu.cn", "张三", "", "zs@uni.edu.cn"),
        ("张三\n１３８－００１３－８０００", "张三", "13800138000", ""),
        ("05398100000", "", "0539-8100000", ""),
        ("科技处", "科技处", "", ""),
    ],
)
def test_name_number_and_address_in_one_cell(
    cast: Cast, cell: str, name: str, phone: str, email: str
) -> None:
    data = sheet([[*good_rows(1)[0], cell]], ["成果名称", "技术方案", "关键词", "联系方式"])
    batch = imported(cast, data)
    assert (batch.problems, batch.counts["new"]) == ([], 1)
    achievements.confirm_import(batch, actor=cast.university_member, mode="valid")
    jobs.run_open()
    made = Achievement.objects.get()
    assert (made.contact_name, made.contact_phone, made.contact_email) == (name, phone, email)


@pytest.mark.parametrize("cell", ["8100000", "李老师 12345", "138001380001"])
def test_digits_that_nobody_can_call_are_named_at_the_cell(cast: Cast, cell: str) -> None:
    data = sheet([[*good_rows(1)[0], cell]], ["成果名称", "技术方案", "关键词", "联系方式"])
    batch = imported(cast, data)
    assert [problem["column"] for problem in batch.problems] == ["联系方式"]


def test_second_number_is_named_in_the_result_and_own_columns_come_first(cast: Cast) -> None:
    heads = ["成果名称", "技术方案", "关键词", "联系方式", "联系电话"]
    data = sheet([[*good_rows(1)[0], "李 13800138000、13900139000", "0539-8100000"]], heads)
    batch = imported(cast, data)
    assert batch.problems == []
    achievements.confirm_import(batch, actor=cast.university_member, mode="valid")
    jobs.run_open()
    made = Achievement.objects.get()
    assert (made.contact_name, made.contact_phone) == ("李", "0539-8100000")


def test_row_whose_text_gives_a_number_away_is_named_to_who_imports(cast: Cast) -> None:
    rows = good_rows(2)
    rows[1][1] += "有意者请电 13800138000。"
    batch = imported(cast, sheet(rows))
    assert (batch.counts["gives_away"], batch.counts["new"]) == (1, 2)
    page = signed_in(cast.university_member).get(f"/workbench/achievements/import/{batch.code}/")
    assert "的公开文字里有电话、邮箱或微信号" in page.text
