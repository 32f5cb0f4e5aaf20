"""Invitations, roles, leaving: two organisations, hostile people, races of state."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.db import IntegrityError, transaction

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.notices.queries import notices_of
from marketplace.parties import queries, services
from marketplace.parties.models import Invitation, Membership
from tests.cast import Cast
from tests.factories.parties import OrganizationFactory, UserFactory, make_member

pytestmark = pytest.mark.django_db


def invite(cast: Cast, email: str = "new@example.com", **kwargs: Any) -> Any:
    return services.invite_member(
        cast.enterprise,
        role=kwargs.pop("role", "member"),
        actor=cast.org_admin,
        email=email,
        **kwargs,
    )


def test_invite_mails_a_link_and_stores_its_hash_only(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent = invite(cast)
    invitation = Invitation.objects.get()
    assert sent.token not in str(Invitation.objects.values().get())
    assert queries.invitation_by_token(sent.token) == invitation
    assert timedelta(days=7) - timedelta(minutes=1) < invitation.expires_at - clock.now()
    assert mail.outbox[-1].to == ["new@example.com"]
    assert f"/workbench/invitations/{sent.token}/" in str(mail.outbox[-1].body)
    assert "沂蒙磁材有限公司" in mail.outbox[-1].subject
    payload = str(Entry.objects.get(event="MemberInvited").payload)
    assert "new@example.com" not in payload
    assert sent.token not in payload


def test_invite_by_sms_holds_no_token(
    cast: Cast, sms: list[dict[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent = services.invite_member(
            cast.enterprise, role="member", actor=cast.org_admin, phone="+8613800138000"
        )
    assert sms[-1]["to"] == "+8613800138000"
    assert sent.token not in sms[-1]["text"]


def test_mailer_that_fails_does_not_lose_the_invitation(
    cast: Cast, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(execute=True):
        invite(cast)
    assert Invitation.objects.count() == 1


def test_accept_makes_a_member_once(cast: Cast) -> None:
    sent = invite(cast, role="approver")
    person = UserFactory(email="new@example.com")
    member = services.accept_invitation(sent.invitation, actor=person)
    assert (member.role, member.organization) == ("approver", cast.enterprise)
    assert person.access.orgs == {cast.enterprise.pk: {"approver"}}
    with pytest.raises(Refused):
        services.accept_invitation(sent.invitation, actor=person)
    assert Membership.objects.filter(user=person).count() == 1


def test_used_invitation_serves_nobody_else(cast: Cast) -> None:
    sent = invite(cast)
    services.accept_invitation(sent.invitation, actor=UserFactory(email="new@example.com"))
    with pytest.raises(Refused):
        services.accept_invitation(sent.invitation, actor=cast.outsider)


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "other@example.com"},
        {"email": "new@example.com", "email_verified_at": None},
        {"email": "new@example.com.evil.example"},
        {"email": None, "phone": "+8613800138000"},
    ],
)
def test_someone_elses_invitation_is_refused(cast: Cast, fields: dict[str, Any]) -> None:
    sent = invite(cast)
    person = UserFactory(**fields)
    with pytest.raises(Forbidden):
        services.accept_invitation(sent.invitation, actor=person)
    assert queries.invitations_for(person) == []
    with pytest.raises(NotVisible):
        queries.invitation_for(person, sent.invitation.code)


def test_invitation_ends_after_seven_days(cast: Cast) -> None:
    sent = invite(cast)
    person = UserFactory(email="new@example.com")
    with clock.shift(timedelta(days=7, seconds=1)):
        assert queries.invitations_for(person) == []
        with pytest.raises(Refused):
            services.accept_invitation(sent.invitation, actor=person)
    with clock.shift(timedelta(days=6, hours=23)):
        services.accept_invitation(sent.invitation, actor=person)


def test_revoked_invitation_is_void(cast: Cast) -> None:
    sent = invite(cast)
    services.revoke_invitation(sent.invitation, actor=cast.org_admin)
    with pytest.raises(Refused):
        services.accept_invitation(sent.invitation, actor=UserFactory(email="new@example.com"))
    with pytest.raises(Refused):
        services.revoke_invitation(sent.invitation, actor=cast.org_admin)


def test_new_invitation_replaces_the_old_one(cast: Cast) -> None:
    old, new = invite(cast), invite(cast, role="org_admin")
    person = UserFactory(email="new@example.com")
    with pytest.raises(Refused):
        services.accept_invitation(old.invitation, actor=person)
    assert services.accept_invitation(new.invitation, actor=person).role == "org_admin"


@pytest.mark.parametrize(
    ("kwargs", "field"),
    [
        ({"email": ""}, "contact"),
        ({"email": "a@example.com", "phone": "+8613800138000"}, "contact"),
        ({"email": "member@example.com"}, "contact"),
        ({"email": "a@example.com", "role": "operator"}, "role"),
        ({"email": "a@example.com", "role": ""}, "role"),
    ],
)
def test_invitation_that_can_not_be(cast: Cast, kwargs: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        invite(cast, **kwargs)
    assert set(caught.value.errors) == {field}


@pytest.mark.parametrize(
    "role", ["member", "approver", "outsider", "university_admin", "operator", "security_admin"]
)
def test_only_the_admin_manages(cast: Cast, role: str) -> None:
    sent = invite(cast)
    member = Membership.objects.get(user=cast.member)
    actor = cast[role]
    with pytest.raises(Forbidden):
        services.invite_member(cast.enterprise, role="member", actor=actor, email="x@example.com")
    with pytest.raises(Forbidden):
        services.revoke_invitation(sent.invitation, actor=actor)
    with pytest.raises(Forbidden):
        services.change_member_role(member, role="org_admin", actor=actor)
    if actor != cast.member:
        with pytest.raises(Forbidden):
            services.remove_member(member, actor=actor)


def test_invitations_are_bounded(cast: Cast) -> None:
    for number in range(services.members.MOST_OPEN):
        invite(cast, email=f"p{number}@example.com")
    with pytest.raises(Refused):
        invite(cast)


def test_suspended_organisation_invites_nobody(cast: Cast) -> None:
    services.suspend_organization(cast.enterprise, remark="x", actor=cast.operator)
    with pytest.raises(Refused):
        invite(cast)


def test_role_is_changed_and_told(cast: Cast, drain: Any) -> None:
    member = Membership.objects.get(user=cast.member)
    services.change_member_role(member, role="approver", actor=cast.org_admin)
    drain()
    assert notices_of(cast.member).get().title == "您在“沂蒙磁材有限公司”的角色已调整"
    with pytest.raises(InvalidInput):
        services.change_member_role(member, role="operator", actor=cast.org_admin)


def test_last_admin_stays(cast: Cast) -> None:
    own = Membership.objects.get(user=cast.org_admin)
    for act in (
        lambda: services.remove_member(own, actor=cast.org_admin),
        lambda: services.change_member_role(own, role="member", actor=cast.org_admin),
    ):
        with pytest.raises(Refused):
            act()
    inactive = make_member(cast.enterprise, "org_admin", is_active=False)
    with pytest.raises(Refused):
        services.remove_member(own, actor=cast.org_admin)
    inactive.is_active = True
    inactive.save()
    services.remove_member(own, actor=cast.org_admin)
    assert not Membership.objects.current().filter(user=cast.org_admin).exists()


def test_member_leaves(cast: Cast, drain: Any) -> None:
    services.remove_member(Membership.objects.get(user=cast.member), actor=cast.member)
    assert not cast.member.access.in_org(cast.enterprise.pk)
    assert Entry.objects.get().payload["left"] is True
    drain()
    assert not notices_of(cast.member).exists()


def test_removed_member_loses_rights_and_is_told(cast: Cast, drain: Any) -> None:
    services.remove_member(Membership.objects.get(user=cast.member), actor=cast.org_admin)
    person = type(cast.member).objects.get(pk=cast.member.pk)
    assert not person.has_perm("parties.view_members", cast.enterprise)
    drain()
    assert notices_of(person).get().title == "您已被移出“沂蒙磁材有限公司”"


def test_codes_of_another_organisation_are_not_found(cast: Cast) -> None:
    foreign = Membership.objects.get(user=cast.outsider)
    sent = invite(cast)
    with pytest.raises(NotVisible):
        queries.member_of(cast.enterprise, foreign.code)
    with pytest.raises(NotVisible):
        queries.invitation_in(cast.other_enterprise, sent.invitation.code)
    for code in ("", "CY2026-000000-0", "\x00", "1"):
        with pytest.raises(NotVisible):
            queries.member_of(cast.enterprise, code)


@pytest.mark.parametrize("token", ["", "x" * 5000, "\ud800", "\x00", "' OR 1=1"])
def test_no_invitation_behind_nonsense(token: str) -> None:
    with pytest.raises(NotVisible):
        queries.invitation_by_token(token)


def test_invited_person_with_account_is_told_without_the_token(cast: Cast, drain: Any) -> None:
    person = UserFactory(email="new@example.com")
    sent = invite(cast)
    drain()
    notice = notices_of(person).get()
    assert "沂蒙磁材有限公司" in notice.title
    assert sent.token not in str(notice.url)


def test_database_keeps_one_open_invitation_for_one_contact(cast: Cast) -> None:
    invite(cast)
    copy = Invitation.objects.get()
    copy.pk, copy.token_hash, copy.code = None, "x", "YQ2026-AAAAAA-A"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_members_cost_the_same_queries_for_one_and_thirty(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    few, many = OrganizationFactory(), OrganizationFactory()
    make_member(few)
    for _ in range(30):
        make_member(many)
    for org, count in ((few, 1), (many, 30)):
        with django_assert_num_queries(1):
            rows = [str(row.user) for row in queries.members_of(org)]
        assert len(rows) == count


def test_an_organisation_causes_a_hundred_messages_to_strangers_a_day(cast: Cast) -> None:
    for number in range(100):
        sent = invite(cast, email=f"p{number}@example.com")
        services.revoke_invitation(sent.invitation, actor=cast.org_admin)
    with pytest.raises(Refused, match="今天发出的邀请过多"):
        invite(cast, email="one-more@example.com")
    with clock.shift(timedelta(days=1, minutes=1)):
        assert invite(cast, email="one-more@example.com").token
