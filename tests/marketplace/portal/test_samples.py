"""Samples go without a trace; what real rows hang on stays, is named, and signs in nowhere."""

import io
from typing import Any

from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.listings import services as listings
from marketplace.needs.models import Need
from marketplace.parties import samples
from marketplace.parties import services as parties
from marketplace.parties.models import Organization, User
from search import engine
from search.query import Query
from tests.factories.needs import COMPLETE, INDICATORS, advance, make_need
from tests.factories.parties import OrganizationFactory, make_member, make_uscc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


@pytest.fixture
def sample_owner() -> Organization:
    return parties.load_sample_organization(
        {
            "name": "示例木业有限公司",
            "kind": "enterprise",
            "uscc": make_uscc(),
            "district": "371302",
        }
    )


@pytest.fixture
def sample_member(sample_owner: Organization) -> User:
    return parties.create_sample_user(
        "member@sample.example",
        name="示例",
        password=samples.PASSWORD,
        org=sample_owner,
        org_role="org_admin",
        roles=["operator"],
    )


@pytest.fixture
def sample_need(sample_owner: Organization, sample_member: User) -> Need:
    values = {**COMPLETE, "is_sample": True}
    need = listings.create_draft(Need, owner=sample_owner, actor=sample_member, values=values)
    rows = {"indicators": INDICATORS}
    need = listings.save_step(need, actor=sample_member, values={}, rows=rows)
    return advance(need, sample_member, "published")


def found() -> list[str]:
    return [hit.id for hit in engine.find("needs", Query(text="甲醛释放量")).hits]


def removed() -> str:
    out = io.StringIO()
    call_command("load_samples", "--remove", stdout=out)
    return out.getvalue()


def test_all_samples_go_and_the_index_follows(
    sample_need: Need, sample_owner: Organization, drain: Any
) -> None:
    real = make_need(
        owner := OrganizationFactory(),
        make_member(owner),
        state="published",
        title="真实的甲醛需求",
    )
    drain()
    assert set(found()) == {sample_need.code, real.code}
    gone = {"needs: 1", "achievements: 0", "offerings: 0", "organizations: 1", "users: 1"}
    assert gone <= set(removed().splitlines())
    assert found() == [real.code]
    assert not Organization.objects.filter(pk=sample_owner.pk).exists()
    assert not User.objects.filter(is_sample=True).exists()


def test_what_real_rows_hang_on_stays_is_named_and_signs_in_nowhere(
    sample_need: Need,
    sample_owner: Organization,
    sample_member: User,
    drain: Any,
    client: Client,
    settings: Any,
) -> None:
    token = parties.create_token(sample_member, name="x", scope="write").secret
    real = make_need(sample_owner, sample_member, state="draft")
    drain()
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 项示例"):
        call_command("load_samples", "--remove", stdout=out)
    said = out.getvalue().splitlines()
    assert {"needs: 1", "achievements: 0", "organizations: 0", "users: 0"} <= set(said)
    assert said[-2:] == [
        f"保留 {sample_owner.name} {sample_owner.code}：needs.Need {real.code}",
        f"保留 member@sample.example：needs.Need {real.code}",
    ]
    assert found() == []
    assert list(Need.objects.all()) == [real]
    left = User.objects.get(pk=sample_member.pk)
    assert (left.is_active, left.has_usable_password(), left.access.roles) == (False, False, set())
    settings.SAMPLE_ACCOUNTS = True
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert client.get("/api/v1/needs/", **header).status_code == 401


@pytest.mark.parametrize("enabled", [True, False])
def test_the_published_password_is_good_where_samples_are_on_alone(
    sample_member: User, client: Client, settings: Any, enabled: bool
) -> None:
    settings.SAMPLE_ACCOUNTS = enabled
    typed = {"login": "member@sample.example", "password": samples.PASSWORD, "by": "email"}
    answer = client.post(reverse("account_login"), typed)
    assert answer.status_code == 302
    assert answer["Location"] == ("/workbench/" if enabled else reverse("account_inactive"))
    assert ("_auth_user_id" in client.session) is enabled


def test_neither_a_token_nor_an_old_session_outlives_the_switch(
    sample_member: User, client: Client, settings: Any
) -> None:
    settings.SAMPLE_ACCOUNTS = True
    token = parties.create_token(sample_member, name="x").secret
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    client.force_login(sample_member, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/workbench/").status_code == 200
    assert Client().get("/api/v1/needs/", **header).status_code == 200
    settings.SAMPLE_ACCOUNTS = False
    assert client.get("/workbench/")["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/2fa/totp/activate/").status_code == 302
    assert Client().get("/api/v1/needs/", **header).status_code == 401
