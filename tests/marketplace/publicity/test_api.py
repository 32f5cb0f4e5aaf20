"""Publicities and objections over REST: the same services, and no name of an objector for others."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import pytest

from marketplace.publicity.models import Objection, Publicity
from tests.cast import Cast
from tests.factories.files import pdf_bytes
from tests.factories.publicity import FACTS, make_objection, make_publicity
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db
BASE = "/api/v1/"


def send(client: Client, path: str, key: str = "", **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        BASE + path, json.dumps(body), content_type="application/json", headers=headers
    )


def fields(response: Any) -> list[str]:
    return [row["field"] for row in response.json()["errors"]]


def test_from_draft_to_cancelled(cast: Cast) -> None:
    client = signed_in(cast.university_admin)
    body = {
        "rule": "agreed_price",
        "days": 15,
        "title": "协议定价公示",
        "body": "内容",
        "facts": FACTS,
    }
    made = send(client, "publicity/", key="k1", **body)
    assert made.status_code == 201
    again = send(client, "publicity/", key="k1", **body)
    assert (again.status_code, again.json()["code"]) == (200, made.json()["code"])
    code = made.json()["code"]
    assert made.json()["available_actions"] == ["publish"]
    assert Client().get(f"{BASE}publicity/{code}/").status_code == 404
    assert Client().get(f"{BASE}publicity/").json()["count"] == 0
    published = send(client, f"publicity/{code}/publish/", rev=1)
    assert (published.status_code, published.json()["status"]) == (200, "running")
    stale = send(client, f"publicity/{code}/prolong/", rev=1, days=3, reason="补充")
    assert stale.status_code == 409
    later = send(client, f"publicity/{code}/prolong/", rev=2, days=3, reason="补充")
    assert later.json()["ends_at"] > later.json()["first_ends_at"]
    bad = send(client, f"publicity/{code}/prolong/", rev=3, reason="补充")
    assert (bad.status_code, fields(bad)) == (400, ["days"])
    gone = send(client, f"publicity/{code}/cancel/", rev=3, reason="有误")
    assert gone.json()["cancel_reason"] == "有误"
    assert Client().get(f"{BASE}publicity/?status=cancelled").json()["count"] == 1
    assert Client().get(f"{BASE}publicity/?status=draft").status_code == 400


def test_a_draft_is_discarded(cast: Cast) -> None:
    row = make_publicity(cast.university, cast.university_admin, state="draft")
    client = signed_in(cast.university_member)
    assert send(client, f"publicity/{row.code}/publish/", rev=1).status_code == 403
    assert send(client, f"publicity/{row.code}/nonsense/", rev=1).status_code == 404
    assert send(client, f"publicity/{row.code}/discard/", rev=1).status_code == 204
    assert not Publicity.objects.exists()


def test_an_objection_over_rest(cast: Cast) -> None:
    row = make_publicity(cast.university, cast.university_admin)
    client = signed_in(cast.approver)
    body = {"publicity": row.code, "ground": "price", "interest": "曾询价", "text": "价格偏低"}
    assert send(client, "objections/", **(body | {"ground": "none"})).status_code == 400
    unknown = send(client, "objections/", **(body | {"publicity": "GS2026-000000-0"}))
    assert fields(unknown) == ["publicity"]
    paper = SimpleUploadedFile("依据.pdf", pdf_bytes())
    made = client.post(
        f"{BASE}objections/", body | {"file": paper}, headers={"Idempotency-Key": "o1"}
    ).json()
    assert [one["name"] for one in made["files"]] == ["依据.pdf"]
    assert client.get(made["files"][0]["url"]).status_code == 200
    assert (made["status"], made["available_actions"]) == ("draft", ["submit"])
    raised = send(client, f"objections/{made['code']}/submit/", rev=made["rev"]).json()
    assert raised["status"] == "submitted"
    assert raised["answer_due"].endswith("+08:00"), "as the schema says"
    admin = signed_in(cast.university_admin)
    empty = send(admin, f"objections/{made['code']}/dismiss/", rev=raised["rev"])
    assert fields(empty) == ["answer"]
    done = send(
        admin, f"objections/{made['code']}/dismiss/", rev=raised["rev"], text="依据已存档"
    ).json()
    assert (done["status"], done["answer"]) == ("dismissed", "依据已存档")
    assert send(admin, f"objections/{made['code']}/tick/", rev=1).status_code == 404
    assert send(admin, f"objections/{made['code']}/escalate/", rev=1).status_code == 404
    public = Client().get(f"{BASE}publicity/{row.code}/")
    assert public.json()["objections"][0]["answer"] == "依据已存档"
    for secret in (cast.enterprise.name, "曾询价", "价格偏低", made["code"]):
        assert secret not in public.content.decode()


def test_lists_are_of_those_who_may_see(cast: Cast) -> None:
    row = make_objection(
        make_publicity(cast.university, cast.university_admin), cast.enterprise, cast.approver
    )
    for person, count in (
        (cast.member, 1),
        (cast.university_admin, 1),
        (cast.university_member, 0),
        (cast.authority, 1),
        (cast.outsider, 0),
        (cast.operator, 0),
    ):
        client = signed_in(person)
        assert client.get(f"{BASE}objections/").json()["count"] == count
        status = client.get(f"{BASE}objections/{row.code}/").status_code
        assert status == (200 if count else 404)
    assert signed_in(cast.member).get(f"{BASE}objections/?status=filed").json()["count"] == 0
    assert Objection.objects.count() == 1
