"""Who is invited, who may not be, who accepts, who ends the office."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.custody import queries, services
from marketplace.custody.models import Custodian, CustodianKey
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.parties.models import Delegation, Membership, PlatformRole
from tests.cast import Cast
from tests.factories.custody import make_custodian, make_key, new_record
from tests.factories.parties import make_member

pytestmark = pytest.mark.django_db
ROLE = "在平台上担任其他职务的人不能保管密钥"
POWER = "所在单位行使平台管理或监督职责，其人员不能保管密钥"


def reasons_of(cast: Cast, person: Any, *, actor: Any = None) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        services.invite_custodian(cast.university, person, "other", actor=actor or cast.operator)
    assert list(caught.value.errors) == ["person"]
    return [str(reason) for reason in caught.value.errors["person"]]


def test_a_binder_invites_for_the_own_organisation_and_the_operator_for_any(cast: Cast) -> None:
    for actor in (cast.university_admin, cast.operator):
        row = make_custodian(cast.university, inviter=actor, state="invited")
        assert (row.status, row.kind, row.code[:2], row.rev) == ("invited", "legal", "MG", 1)
    for actor in (cast.university_member, cast.approver, cast.authority, cast.security_admin):
        with pytest.raises(Forbidden):
            make_custodian(cast.university, cast.university_member, inviter=actor)


@pytest.mark.parametrize(
    "role",
    [
        *("operator", "authority", "security_admin", "auditor", "registrar_city"),
        *("registrar_county", "editor", "expert", "broker"),
    ],
)
def test_nobody_with_another_platform_role_keeps_a_key(cast: Cast, role: str) -> None:
    person = make_member(cast.university)
    PlatformRole.objects.create(user=person, role=role)
    reasons = reasons_of(cast, person)
    # Experts and brokers of a university do not bar their colleagues.
    assert reasons == ([ROLE] if role in {"expert", "broker"} else [ROLE, POWER])


def test_nobody_of_an_organisation_with_powers_keeps_a_key(cast: Cast) -> None:
    """Also where the power is in another organisation for which the person works."""
    Membership.objects.create(user=cast.authority, organization=cast.enterprise)
    person = make_member(cast.university)
    assert queries.fit(Custodian(organization=cast.university, person=person)) == []
    Membership.objects.create(user=person, organization=cast.enterprise)
    assert reasons_of(cast, person) == [POWER]


def test_the_role_of_a_custodian_is_no_bar_and_a_deputy_is(cast: Cast) -> None:
    person = make_member(cast.university)
    PlatformRole.objects.create(user=person, role="custodian")
    row = Custodian(organization=cast.university, person=person)
    assert queries.fit(row) == []
    now = clock.now()
    Delegation.objects.create(
        holder=cast.registrar_city,
        deputy=person,
        role="registrar_city",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
        reason="休假",
    )
    assert [str(reason) for reason in queries.fit(row)] == [ROLE]


def test_strangers_the_inactive_and_superusers_are_refused(cast: Cast) -> None:
    assert reasons_of(cast, cast.outsider) == ["不是该单位的成员"]
    person = make_member(cast.university, is_active=False)
    assert reasons_of(cast, person) == ["账号已停用"]
    person = make_member(cast.university, is_superuser=True)
    assert reasons_of(cast, person) == [ROLE]
    cast.university.status = "suspended"
    cast.university.save()
    assert reasons_of(cast, cast.university_member) == ["所在单位未通过认证"]
    assert not Custodian.objects.exists()


def test_a_person_is_invited_once(cast: Cast) -> None:
    row = make_custodian(
        cast.university, cast.university_member, inviter=cast.operator, state="invited"
    )
    assert reasons_of(cast, cast.university_member) == ["此人已被邀请或已在任"]
    services.decline_invitation(row, actor=cast.university_member)
    again = make_custodian(cast.university, cast.university_member, inviter=cast.operator)
    assert (again.status, again.code == row.code) == ("active", False)


def test_the_person_alone_answers(cast: Cast) -> None:
    row = make_custodian(
        cast.university, cast.university_member, inviter=cast.operator, state="invited"
    )
    for actor in (cast.university_admin, cast.operator, cast.outsider):
        with pytest.raises(Forbidden):
            services.accept_invitation(row, actor=actor)
    with pytest.raises(Stale):
        services.accept_invitation(row, actor=cast.university_member, rev="0")
    row = services.accept_invitation(row, actor=cast.university_member, rev="1")
    assert (row.status, row.rev) == ("active", 2)
    with pytest.raises(Refused):
        services.accept_invitation(row, actor=cast.university_member)
    with pytest.raises(Refused):
        services.decline_invitation(row, actor=cast.university_member)


def test_who_became_unfit_meanwhile_cannot_accept_or_make_a_key(cast: Cast) -> None:
    row = make_custodian(
        cast.university, cast.university_member, inviter=cast.operator, state="invited"
    )
    role = PlatformRole.objects.create(user=cast.university_member, role="auditor")
    with pytest.raises(Refused, match=ROLE):
        services.accept_invitation(row, actor=cast.university_member)
    role.delete()
    row = services.accept_invitation(row, actor=cast.university_member)
    PlatformRole.objects.create(user=cast.university_member, role="auditor")
    with pytest.raises(Refused, match=ROLE):
        services.keep_key(row, new_record()[1], actor=cast.university_member)
    assert not CustodianKey.objects.exists()


def test_the_end_retires_the_key_and_needs_a_reason(cast: Cast) -> None:
    row = make_custodian(cast.university, cast.university_member, inviter=cast.operator)
    _private, key, _rehearsal = make_key(row)
    row.refresh_from_db()
    for reason in ("", "  ", "长" * 201):
        with pytest.raises(InvalidInput) as caught:
            services.retire_custodian(row, reason=reason, actor=cast.university_admin)
        assert list(caught.value.errors) == ["reason"]
    for actor in (cast.approver, cast.outsider, cast.authority):
        with pytest.raises(Forbidden):
            services.retire_custodian(row, reason="调离", actor=actor)
    row = services.retire_custodian(row, reason="调离", actor=cast.university_admin)
    key.refresh_from_db()
    assert (row.status, row.retire_reason, key.retired_at) == ("retired", "调离", row.retired_at)
    with pytest.raises(Refused):
        services.retire_custodian(row, reason="再次", actor=cast.operator)


def test_who_is_told(cast: Cast, drain: Any) -> None:
    drain()
    Notice.objects.all().delete()
    row = make_custodian(
        cast.university, cast.university_member, inviter=cast.operator, state="invited"
    )
    drain()
    told = Notice.objects.get()
    assert (told.recipient, told.kind) == (cast.university_member, "custody.invitation")
    assert told.title == "沂州理工大学 邀请您担任密钥保管人"
    Notice.objects.all().delete()
    services.accept_invitation(row, actor=cast.university_member)
    drain()
    told_now = {notice.recipient for notice in Notice.objects.all()}
    assert told_now == {cast.operator, cast.university_admin}


def test_a_list_asks_as_often_for_many_as_for_one(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    rows = [make_custodian(cast.university, inviter=cast.operator) for _ in range(4)]
    loaded = list(Custodian.objects.select_related("organization", "person").order_by("pk"))
    with django_assert_num_queries(5):
        assert queries.unfit(loaded[:1]) == {rows[0].pk: []}
    with django_assert_num_queries(5):
        assert queries.unfit(loaded) == {row.pk: [] for row in rows}
