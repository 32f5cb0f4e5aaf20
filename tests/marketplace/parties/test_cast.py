"""The cast is who it says."""

from django.contrib.auth.models import AnonymousUser

from marketplace.parties.policies import STAFF_ROLES, access_of
from tests.cast import STAFF, Cast


def test_each_staff_holds_their_role_alone(cast: Cast) -> None:
    for role in STAFF:
        assert access_of(cast[role]).roles == {role}
        assert access_of(cast[role]).is_staff == (role in STAFF_ROLES)


def test_members_work_for_one_organisation(cast: Cast) -> None:
    assert cast.member.access.orgs == {cast.enterprise.pk: {"member"}}
    assert cast.org_admin.access.is_admin_of(cast.enterprise.pk)
    assert not cast.org_admin.access.is_admin_of(cast.university.pk)
    assert cast.approver.access.orgs == {cast.enterprise.pk: {"approver"}}
    assert not cast.outsider.access.in_org(cast.enterprise.pk)


def test_visitor_has_no_access(cast: Cast) -> None:
    access = access_of(cast.visitor)
    assert (access.roles, access.orgs, access.is_confirmed) == (frozenset(), {}, False)
    assert not access.in_org(None)
    assert not AnonymousUser().has_perm("parties.create_organization")
    assert cast.visitor.has_perm("parties.view_organization", cast.enterprise)
