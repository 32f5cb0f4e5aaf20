"""Pages of an organisation's people: invitations, joining, roles, leaving."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.parties import services
from marketplace.parties.models import Invitation, Membership
from tests.cast import Cast
from tests.factories.parties import (
    UserFactory,
)
from tests.filled import post_seen

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def test_invite_and_join_by_link(
    cast: Cast, as_: As, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    url = reverse("parties:members", args=[cast.enterprise.code])
    with django_capture_on_commit_callbacks(execute=True):
        page = as_(cast.org_admin).post(url, {"contact": " New@Example.com", "role": "approver"})
    assert page.status_code == 200
    link = re.search(r"http://testserver(/workbench/invitations/[^<\s]+)", page.text)[1]
    assert link in str(mail.outbox[-1].body)
    assert client.get(link)["Location"].startswith("/accounts/login/")
    stranger = as_(UserFactory(email="other@example.com"))
    assert "发给另一个邮箱" in stranger.get(link).text
    assert stranger.post(link).status_code == 403
    person = UserFactory(email="new@example.com")
    joining = as_(person)
    assert "接受邀请" in joining.get(link).text
    response = joining.post(link)
    assert response["Location"] == reverse("parties:manage", args=[cast.enterprise.code])
    assert joining.get(response["Location"]).status_code == 200
    assert "您已是该单位的成员" in joining.get(link).text
    assert joining.post(link).status_code == 409


def test_invitation_answers_the_same_for_known_and_unknown_people(cast: Cast, as_: As) -> None:
    UserFactory(email="known@example.com")
    url = reverse("parties:members", args=[cast.enterprise.code])
    client = as_(cast.org_admin)
    plain = []
    for name in ("known", "fresh"):
        page = client.post(url, {"contact": f"{name}@example.com", "role": "member"})
        text = re.sub(r"/invitations/[^<\s]+|YQ2026-[\w-]+|\w+@example.com", "", page.text)
        plain.append(page.text.count("<code>"))
        assert "邀请已发出" in text
    assert plain[0] == plain[1]


def test_expired_link_says_so(cast: Cast, as_: As) -> None:
    sent = services.invite_member(
        cast.enterprise, role="member", actor=cast.org_admin, email="new@example.com"
    )
    client = as_(UserFactory(email="new@example.com"))
    Invitation.objects.update(
        created_at=clock.now() - timedelta(days=8), expires_at=clock.now() - timedelta(days=1)
    )
    url = reverse("parties:invitation", args=[sent.token])
    assert "过期" in client.get(url).text
    assert client.post(url).status_code == 409


def test_join_from_the_own_page(cast: Cast, as_: As) -> None:
    services.invite_member(
        cast.enterprise, role="member", actor=cast.org_admin, email="new@example.com"
    )
    person = UserFactory(email="new@example.com")
    client = as_(person)
    assert "邀请您加入" in client.get(reverse("parties:own_organizations")).text
    code = Invitation.objects.get().code
    accept = reverse("parties:invitation_accept", args=[code])
    assert as_(cast.outsider).post(accept).status_code == 404
    assert client.post(accept).status_code == 302
    assert person.access.in_org(cast.enterprise.pk)


def test_manage_members(cast: Cast, as_: As) -> None:
    client = as_(cast.org_admin)
    code = cast.enterprise.code
    member = Membership.objects.get(user=cast.member)
    role = reverse("parties:member_role", args=[code, member.code])
    assert post_seen(client, role, {"role": "operator"}).status_code == 400
    assert post_seen(client, role, {"role": "approver"}).status_code == 302
    remove = reverse("parties:member_remove", args=[code, member.code])
    assert post_seen(client, remove).status_code == 302
    assert not Membership.objects.current().filter(user=cast.member).exists()
    own = Membership.objects.get(user=cast.org_admin)
    leave = reverse("parties:member_remove", args=[code, own.code])
    refused = post_seen(client, leave)
    assert refused.status_code == 409
    assert "至少要有一名管理员" in refused.text
    foreign = Membership.objects.get(user=cast.outsider)
    assert (
        client.post(reverse("parties:member_remove", args=[code, foreign.code])).status_code == 404
    )


def test_leaving_leads_away(cast: Cast, as_: As) -> None:
    own = Membership.objects.get(user=cast.member)
    url = reverse("parties:member_remove", args=[cast.enterprise.code, own.code])
    assert post_seen(as_(cast.member), url)["Location"] == reverse("parties:own_organizations")


def test_revoke_by_page(cast: Cast, as_: As) -> None:
    services.invite_member(
        cast.enterprise, role="member", actor=cast.org_admin, email="new@example.com"
    )
    invitation = Invitation.objects.get()
    names = [cast.enterprise.code, invitation.code]
    assert (
        as_(cast.member).post(reverse("parties:invitation_revoke", args=names)).status_code == 403
    )
    assert (
        as_(cast.org_admin).post(reverse("parties:invitation_revoke", args=names)).status_code
        == 302
    )
    foreign = [cast.other_enterprise.code, invitation.code]
    assert (
        as_(cast.outsider).post(reverse("parties:invitation_revoke", args=foreign)).status_code
        == 404
    )
