"""Pages, moves and API of service offers: what the third kind of listing gets from `listings`, and its own."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.listings import services as listings
from marketplace.offerings.events import EVENTS
from marketplace.offerings.kind import KIND
from marketplace.offerings.models import Qualification
from marketplace.offerings.slice import SLICE
from marketplace.offerings.workflow import OFFERING
from search import engine
from tests.cast import Cast
from tests.factories.offerings import COMPLETE, make_offering

pytestmark = pytest.mark.django_db


def test_a_service_never_ends_well() -> None:
    assert set(OFFERING.states.values) == {
        *("draft", "in_review", "returned", "published", "expired", "withdrawn"),
    }
    assert set(KIND.moves) == {"recall", "renew", "revise", "withdraw", "delete"}
    assert EVENTS["publish"].__name__ == "OfferingPublished"


def test_the_way_from_draft_to_withdrawal(cast: Cast) -> None:
    offering = make_offering(cast.university, cast.university_member)
    offering = listings.save_step(
        offering, actor=cast.university_member, values={"regions": [], "price_min": None}
    )
    with pytest.raises(InvalidInput) as refused:
        listings.move(offering, "submit", actor=cast.university_member)
    assert set(refused.value.errors) == {"regions"}
    offering = listings.save_step(
        offering, actor=cast.university_member, values={"regions": ["cn"]}
    )
    offering = listings.move(offering, "submit", actor=cast.university_member)
    offering = listings.move(offering, "publish", actor=cast.registrar_city)
    assert offering.is_open
    offering = listings.move(offering, "withdraw", actor=cast.university_member, reason="停办")
    assert (offering.status, offering.closing_note) == ("withdrawn", "停办")


def test_the_page_shows_price_means_and_nothing_private(cast: Cast, client: Client) -> None:
    offering = make_offering(
        cast.university, cast.university_member, state="published", title="甲醛检测"
    )
    Qualification.objects.update(valid_until=clock.today() - timedelta(days=1))
    page = client.get(reverse("offerings:detail", args=[offering.code])).content.decode()
    for text in (
        "800–2,600",
        "按次（件、样）",
        "10 天内交付",
        "231513000101",
        "已过期",
        "甲醛气候箱",
    ):
        assert text in page, text
    for text in (COMPLETE["confidential"], COMPLETE["contact_phone"], COMPLETE["contact_email"]):
        assert text not in page
    # A price in yuan, and "free" in words.
    free = make_offering(
        cast.university,
        cast.university_member,
        state="published",
        title="免费诊断",
        price_mode="free",
        price_min=None,
        price_max=None,
    )
    assert "免费" in client.get(reverse("offerings:detail", args=[free.code])).content.decode()


def test_nothing_private_leaves_by_any_door(cast: Cast) -> None:
    secret = {"confidential": "CANARY-7f3e", "contact_phone": "13911112222"}
    offering = make_offering(cast.university, cast.university_member, state="published", **secret)
    engine.rebuild("offerings")
    visitor, stranger = Client(), Client()
    stranger.force_login(cast.outsider)
    for path in (
        reverse("offerings:list"),
        reverse("offerings:detail", args=[offering.code]),
        reverse("offerings:export") + "?format=csv",
        reverse("offerings:of_organization", args=[cast.university.code]),
        reverse("offerings:providers"),
        f"/api/v1/offerings/?q={offering.code}",
        f"/api/v1/offerings/{offering.code}/",
        "/search/?q=甲醛",
    ):
        for client in (visitor, stranger):
            answer = client.get(path)
            shown = b"".join(answer).decode()
            assert answer.status_code == 200, path
            assert not [text for text in secret.values() if text in shown], path


def test_a_list_costs_the_same_for_one_and_for_thirty(cast: Cast, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("offerings:list")).status_code == 200
        return len(queries)

    make_offering(cast.university, cast.university_member, state="published", title="第 0 项")
    engine.rebuild("offerings")
    cost()
    one = cost()
    for number in range(1, 20):
        make_offering(
            cast.university, cast.university_member, state="published", title=f"第 {number} 项"
        )
    engine.rebuild("offerings")
    assert cost() <= one + 1


def test_the_wizard_names_each_mistake_at_its_field(cast: Cast, client: Client) -> None:
    offering = make_offering(cast.university, cast.university_member)
    client.force_login(cast.university_member)
    url = reverse("offerings:edit", args=[offering.code, "targets"])
    page = client.get(url)
    data = {
        "price_mode": "free",
        "price_min": "800",
        "turnaround": "0",
        "regions": ["cn"],
        "equipment-TOTAL_FORMS": "1",
        "equipment-INITIAL_FORMS": "0",
        "equipment-0-name": "气候箱",
        "equipment-0-quantity": "-3",
        "rev": str(offering.rev),
    }
    answer = client.post(url, data)
    text = answer.content.decode()
    assert (page.status_code, answer.status_code) == (200, 400)
    assert "收费方式为免费时不填金额" in text
    assert 'value="气候箱"' in text
    assert 'value="-3"' in text
    assert answer.context["form"].errors.keys() == {"price_min", "turnaround"}


def test_the_same_certificate_twice_is_refused(cast: Cast, client: Client) -> None:
    offering = make_offering(cast.university, cast.university_member)
    client.force_login(cast.university_member)
    data: dict[str, Any] = {
        "contact_name": "乔柏年",
        "contact_route": "direct",
        "qualifications-TOTAL_FORMS": "2",
        "qualifications-INITIAL_FORMS": "0",
    }
    for row in range(2):
        data |= {
            f"qualifications-{row}-scheme": "cma",
            f"qualifications-{row}-number": "231513000101",
        }
    answer = client.post(reverse("offerings:edit", args=[offering.code, "terms"]), data)
    assert answer.status_code == 400
    assert "这项资质已经填写过" in answer.content.decode()


def test_the_api_writes_and_reads_what_the_wizard_does(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.university_member)
    body = {
        "title": "甲醛检测",
        "category": "testing",
        "price_mode": "item",
        "price_min": 80_000,
        "turnaround": 10,
        "regions": ["370000"],
        "qualifications": [{"scheme": "cma", "number": "A1", "scope": "人造板"}],
        "equipment": [{"name": "气候箱", "capability": "8 个样"}],
    }
    made = client.post("/api/v1/offerings/", body, content_type="application/json")
    assert made.status_code == 201, made.json()
    read = made.json()
    assert read["price_min"] == 80_000
    assert (read["turnaround"], read["regions"]) == (10, ["370000"])
    assert read["equipment"] == [
        {"name": "气候箱", "model": "", "quantity": 1, "capability": "8 个样"}
    ]
    assert read["available_actions"] == ["submit"]
    assert "cooperation" not in read
    wrong = client.post(
        "/api/v1/offerings/", {**body, "turnaround": 0}, content_type="application/json"
    )
    assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (
        400,
        ["turnaround"],
    )


def test_an_ending_qualification_is_on_its_owners_list(cast: Cast) -> None:
    offering = make_offering(cast.university, cast.university_member, state="published")
    (todos,) = SLICE.todos[1:]
    assert list(todos(cast.university_member)) == []
    Qualification.objects.filter(offering=offering).update(
        valid_until=clock.today() + timedelta(days=30)
    )
    (todo,) = todos(cast.university_member)
    assert todo.title == offering.title
    assert list(todos(cast.outsider)) == []
