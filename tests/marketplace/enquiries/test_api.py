"""Enquiries over REST: the same rules as the pages, keys and what was seen; a hidden owner stays hidden."""

from typing import Any

import pytest

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry, Message
from tests.cast import Cast
from tests.factories.enquiries import make_enquiry
from tests.factories.needs import make_need
from tests.marketplace.api.conftest import Call, call, problem

pytestmark = pytest.mark.django_db
__all__ = ["call"]
LIST = "/api/v1/enquiries/"


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, state="published", hide_owner=True)


def test_ask_read_and_write(cast: Cast, need: Any, call: Call) -> None:
    body = {"kind": "needs", "listing": need.code, "text": "能否先看样品？"}
    asked = [
        call(cast.university_member, "post", LIST, body, HTTP_IDEMPOTENCY_KEY="k1")
        for _time in range(2)
    ]
    assert [row.status_code for row in asked] == [201, 200]
    enquiry = Enquiry.objects.get()
    address = f"{LIST}{enquiry.code}/"
    shown = call(cast.university_member, "get", address)
    read = shown.json()
    assert shown["ETag"] == f'"{queries.newest_message_id(enquiry)}"'
    assert read["owner"] == {"name": "某企业（已认证）", "code": ""}
    assert read["asker"]["code"] == cast.university.code
    assert "write" in read["available_actions"]
    assert (read["waits_for"], read["messages"][0]["text"]) == ("owner", "能否先看样品？")
    for secret in (cast.enterprise.name, cast.enterprise.code, cast.member.name):
        assert secret not in shown.content.decode()
    answered = call(
        cast.member, "post", f"{address}messages/", {"text": "可以。"}, HTTP_IF_MATCH=shown["ETag"]
    )
    assert (answered.status_code, answered.json()["status"]) == (201, "talking")
    late = call(
        cast.university_admin,
        "post",
        f"{address}messages/",
        {"text": "晚到的一句"},
        HTTP_IF_MATCH=shown["ETag"],
    )
    assert (late.status_code, problem(late)["type"]) == (412, "/api/problems/stale")
    assert late.json()["present"]["messages"][-1]["text"] == "可以。"
    assert Message.objects.count() == 2


def test_lists_are_filtered_and_misspelt_filters_refused(cast: Cast, need: Any, call: Call) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    mine = call(cast.member, "get", f"{LIST}?turn=mine").json()
    assert [row["code"] for row in mine] == [enquiry.code]
    assert call(cast.member, "get", f"{LIST}?turn=theirs").json() == []
    assert call(cast.outsider, "get", LIST).json() == []
    for wrong in ("?turns=mine", "?turn=ours", "?kind=nothing", "?status=lost"):
        assert call(cast.member, "get", LIST + wrong).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "字" * 20_000},
        {"text": "\ud800坏"},
        {"text": " \n"},
        {"kind": "nothing"},
        {"asker": "JG"},
    ],
)
def test_bad_input_is_refused(cast: Cast, need: Any, call: Call, wrong: dict[str, str]) -> None:
    body = {"kind": "needs", "listing": need.code, "text": "能否先看样品？", **wrong}
    answer = call(cast.university_member, "post", LIST, body)
    assert answer.status_code == 400
    assert not Enquiry.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_thirty(
    cast: Cast, call: Call, django_assert_max_num_queries: Any
) -> None:
    needs = [
        make_need(cast.enterprise, cast.member, title=f"需求 {n}", state="published")
        for n in range(12)
    ]
    make_enquiry(needs[0], cast.university, cast.university_member)
    counts = []
    for more in (needs[1:2], needs[2:]):
        for need in more:
            row = make_enquiry(need, cast.university, cast.university_member)
            services.write(row, "可以", actor=cast.member)
        call(cast.member, "get", LIST)
        with django_assert_max_num_queries(60) as counted:
            call(cast.member, "get", LIST)
        counts.append(len(counted))
    assert counts[0] == counts[1]
