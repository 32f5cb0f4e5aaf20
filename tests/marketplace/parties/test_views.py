"""Pages: who sees what, and who is sent away."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.parties.models import Invitation, Membership, Verification
from tests.cast import Cast
from tests.factories.parties import (
    OrganizationFactory,
    make_member,
)

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def test_every_page_draws_for_its_reader(cast: Cast, as_: As) -> None:
    draft = OrganizationFactory(status="draft")
    person = make_member(draft, "org_admin")
    dossier = Verification.objects.create(organization=draft, applicant=person)
    member = Membership.objects.get(user=person)
    pages = {
        person: [
            ("parties:own_organizations",),
            ("parties:organization_new",),
            ("parties:manage", draft.code),
            ("parties:organization_edit", draft.code),
            ("parties:verification", draft.code),
            ("parties:members", draft.code),
            ("parties:member_role", draft.code, member.code),
            ("parties:member_remove", draft.code, member.code),
            ("parties:organization", draft.code),
            ("parties:profile",),
            ("parties:security",),
            ("parties:tokens",),
            ("account_email",),
            ("account_change_phone",),
            ("account_change_password",),
            ("account_reauthenticate",),
            ("account_logout",),
            ("mfa_index",),
            ("usersessions_list",),
        ],
        cast.registrar_city: [
            ("parties:verification_queue",),
            ("parties:verification_review", dossier.code),
            ("parties:suspend", cast.enterprise.code),
            ("parties:manage", draft.code),
        ],
    }
    for reader, names in pages.items():
        client = as_(reader)
        for name, *args in names:
            page = client.get(reverse(name, args=args))
            assert page.status_code == 200, name
            assert page.text.count("<h1") == 1, name
            assert not re.search(r'\sstyle="|<script>|onclick=', page.text), name
    anonymous = Client()
    for name in (
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "account_inactive",
        "account_terms",
        "account_privacy",
        "account_password_reset_completed",
        "parties:organizations",
    ):
        page = anonymous.get(reverse(name))
        assert page.status_code == 200, name
        assert page.text.count("<h1") == 1, name


WORKBENCH = [
    ("parties:own_organizations", 0),
    ("parties:organization_new", 0),
    ("parties:manage", 1),
    ("parties:organization_edit", 1),
    ("parties:verification", 1),
    ("parties:members", 1),
    ("parties:suspend", 1),
    ("parties:verification_queue", 0),
    ("parties:profile", 0),
    ("parties:security", 0),
    ("parties:tokens", 0),
]


@pytest.mark.parametrize(("name", "args"), WORKBENCH)
def test_visitors_are_asked_to_sign_in(cast: Cast, client: Client, name: str, args: int) -> None:
    response = client.get(reverse(name, args=[cast.enterprise.code][:args]))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("parties:manage", 404),
        ("parties:organization_edit", 404),
        ("parties:members", 404),
        ("parties:verification", 404),
        ("parties:suspend", 403),
        ("parties:organization", 200),
    ],
)
def test_outsiders_find_nothing_inside(cast: Cast, as_: As, name: str, status: int) -> None:
    client = as_(cast.outsider)
    assert client.get(reverse(name, args=[cast.enterprise.code])).status_code == status
    if status != 200:
        response = client.post(reverse(name, args=[cast.enterprise.code]), {"suspend": "1"})
        assert response.status_code in {status, 404, 405}


def test_members_read_and_do_not_manage(cast: Cast, as_: As) -> None:
    client = as_(cast.member)
    code = cast.enterprise.code
    page = client.get(reverse("parties:members", args=[code]))
    assert page.status_code == 200
    assert "邀请成员" not in page.text
    assert "org_admin@example.com" not in page.text
    assert client.get(reverse("parties:organization_edit", args=[code])).status_code == 403
    data = {"contact": "x@example.com", "role": "org_admin"}
    assert client.post(reverse("parties:members", args=[code]), data).status_code == 403
    own = Membership.objects.get(user=cast.member)
    url = reverse("parties:member_role", args=[code, own.code])
    assert client.post(url, {"role": "org_admin"}).status_code == 403
    assert Membership.objects.get(user=cast.member).role == "member"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("code", ["JG2026-000000-0", "1", "../../etc", "JG2026-7KQ4ZM-H%00", "🙂"])
def test_unknown_codes_are_not_found(cast: Cast, as_: As, code: str) -> None:
    from urllib.parse import quote

    for path in (f"/orgs/{quote(code)}/", f"/workbench/organizations/{quote(code)}/"):
        assert as_(cast.org_admin).get(path).status_code == 404


def test_reading_changes_nothing(cast: Cast, as_: As) -> None:
    member = Membership.objects.get(user=cast.member)
    client = as_(cast.org_admin)
    code = cast.enterprise.code
    client.get(reverse("parties:member_remove", args=[code, member.code]))
    client.get(reverse("parties:member_role", args=[code, member.code]) + "?role=org_admin")
    assert client.get(reverse("parties:invitation_revoke", args=[code, "YQ"])).status_code == 405
    assert client.get(reverse("parties:token_revoke", args=["LP"])).status_code == 405
    member.refresh_from_db()
    assert member.role == "member"
