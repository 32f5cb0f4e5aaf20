"""A form or a request that is sent twice makes one thing; through the doors, as people and programs do."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections
from django.test import Client

import pytest

from marketplace.achievements.models import ImportBatch
from marketplace.needs.models import Need
from marketplace.parties.models import ApiToken, Invitation, Organization
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.achievements import good_rows, sheet
from tests.factories.files import upload
from tests.factories.parties import PASSWORD, UserFactory, organization_data
from tests.filled import form_with, opened, send, sent_by

pytestmark = pytest.mark.django_db
NEW = "/workbench/needs/new/"


@pytest.fixture(autouse=True)
def _code_lists(db: None) -> None:
    taxonomy.load_seeds()


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_eight_posts_of_a_new_need_make_one_draft(cast: Cast) -> None:
    client = signed_in(cast.member)
    typed = {**sent_by(opened(client, NEW, "title")), "title": ["点了八次的需求"]}
    answers = [send(client, NEW, typed, next="1") for _ in range(8)]
    made = Need.objects.get()
    assert {(a.status_code, a["Location"]) for a in answers} == {
        (302, f"/workbench/needs/{made.code}/edit/targets/")
    }


def test_the_same_form_with_other_content_says_so_and_can_be_sent_knowingly(cast: Cast) -> None:
    client = signed_in(cast.member)
    typed = {**sent_by(opened(client, NEW, "title")), "title": ["第一条需求"]}
    send(client, NEW, typed, next="1")
    made = Need.objects.get()
    refused = send(client, NEW, {**typed, "title": ["另一条需求"]}, next="1")
    assert refused.status_code == 422
    assert f"/workbench/needs/{made.code}/" in refused.text
    assert "另一条需求" in refused.text
    assert Need.objects.count() == 1
    knowingly = sent_by(form_with(refused.text, "title"))
    assert send(client, NEW, knowingly, next="1").status_code == 302
    assert set(Need.objects.values_list("title", flat=True)) == {"第一条需求", "另一条需求"}


def test_a_sheet_is_imported_once(cast: Cast) -> None:
    client = signed_in(cast.university_member)
    address = "/workbench/achievements/import/"
    key = sent_by(opened(client, address, "form_key"))
    data = sheet(good_rows(2))
    answers = [client.post(address, {**key, "file": upload(data, "成果.xlsx")}) for _ in range(2)]
    batch = ImportBatch.objects.get()
    assert [a["Location"] for a in answers] == [f"/workbench/achievements/import/{batch.code}/"] * 2
    other = client.post(address, {**key, "file": upload(sheet(good_rows(3)), "成果.xlsx")})
    assert other.status_code == 422
    assert ImportBatch.objects.count() == 1


def test_an_organisation_is_entered_once(cast: Cast) -> None:
    client = signed_in(UserFactory())
    address = "/workbench/organizations/new/"
    typed = {**sent_by(opened(client, address, "uscc")), **organization_data()}
    answers = [client.post(address, typed) for _ in range(2)]
    org = Organization.objects.get(uscc=typed["uscc"])
    assert [a["Location"] for a in answers] == [
        f"/workbench/organizations/{org.code}/verification/"
    ] * 2


def test_a_person_is_invited_once(
    cast: Cast, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(cast.org_admin)
    address = f"/workbench/organizations/{cast.enterprise.code}/members/"
    typed = {**sent_by(opened(client, address, "contact")), "contact": ["new@example.com"]}
    with django_capture_on_commit_callbacks(execute=True):
        first, second = (send(client, address, typed) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 302)
    assert Invitation.objects.count() == 1
    assert [mail.to for mail in mailoutbox] == [["new@example.com"]]


def test_a_token_is_made_once(cast: Cast) -> None:
    person = UserFactory()
    client = signed_in(person)
    address = "/workbench/security/tokens/"
    form = sent_by(opened(client, address, "scope"))
    typed = {**form, "name": ["同步"], "days": ["90"]}
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answers = [send(client, address, typed) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 302]
    assert ApiToken.objects.filter(user=person).count() == 1


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """Run an act in several threads that start together."""
    gate = threading.Barrier(count)

    def run() -> Any:
        gate.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)")
def test_eight_posts_at_the_same_time_make_one_draft(cast: Cast) -> None:
    client = signed_in(cast.member)
    typed = {**sent_by(opened(client, NEW, "title")), "title": ["同时点了八次"], "next": ["1"]}

    def post() -> str:
        own = Client()
        own.cookies = client.cookies
        return str(own.post(NEW, typed)["Location"])

    assert len(set(at_once(8, post))) == 1
    assert Need.objects.count() == 1
