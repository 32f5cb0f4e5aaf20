"""What a program must say and may repeat: `Idempotency-Key`, `If-Match`, `rev`."""

import pytest

from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.marketplace.api.conftest import Call, problem

pytestmark = pytest.mark.django_db


def test_five_api_posts_with_one_key_make_one_need(cast: Cast, call: Call) -> None:
    body = {"title": "程序发了五次的需求"}
    answers = [
        call(cast.member, "post", "/api/v1/needs/", body, HTTP_IDEMPOTENCY_KEY="order-17")
        for _ in range(5)
    ]
    made = Need.objects.get()
    assert [a.status_code for a in answers] == [201, 200, 200, 200, 200]
    assert {a.json()["code"] for a in answers} == {made.code}
    other = call(
        cast.member, "post", "/api/v1/needs/", {"title": "别的"}, HTTP_IDEMPOTENCY_KEY="order-17"
    )
    assert other.status_code == 422
    assert problem(other)["type"] == "/api/problems/key-reused"
    theirs = call(cast.approver, "post", "/api/v1/needs/", body, HTTP_IDEMPOTENCY_KEY="order-17")
    assert theirs.status_code == 201
    bad = call(cast.member, "post", "/api/v1/needs/", body, HTTP_IDEMPOTENCY_KEY="x" * 65)
    assert bad.status_code == 400
    assert Need.objects.count() == 2


def test_an_api_write_says_what_it_has_seen(cast: Cast, call: Call) -> None:
    need = make_need(cast.enterprise, cast.member)
    address = f"/api/v1/needs/{need.code}/"
    tag = call(cast.member, "get", address)["ETag"]
    assert tag == f'"{need.rev}"'
    bare = call(cast.member, "post", f"{address}submit/")
    assert (bare.status_code, problem(bare)["type"]) == (428, "/api/problems/precondition-required")
    for stale, status in (
        ({"HTTP_IF_MATCH": '"1"'}, 412),
        ({"HTTP_IF_MATCH": "nonsense"}, 412),
        ({"body": {"rev": 1}}, 409),
    ):
        headers = {key: value for key, value in stale.items() if key != "body"}
        refused = call(cast.member, "post", f"{address}submit/", stale.get("body"), **headers)
        assert refused.status_code == status
        found = problem(refused)
        assert found["type"] == "/api/problems/stale"
        assert (found["present"]["code"], found["present"]["rev"]) == (need.code, need.rev)
        assert refused["ETag"] == tag
    need.refresh_from_db()
    assert need.status == "draft"
    done = call(cast.member, "post", f"{address}submit/", HTTP_IF_MATCH=f"W/{tag}")
    assert (done.status_code, done.json()["status"]) == (200, "in_review")
    assert done["ETag"] == f'"{done.json()["rev"]}"'
