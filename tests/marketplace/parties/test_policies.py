"""Rights: the list and the object agree for the whole cast; who may decide what."""

import pytest

from marketplace.parties import queries
from marketplace.parties.models import Membership, PlatformRole
from marketplace.parties.policies import STAFF_ROLES, Role, access_of, platform_role
from marketplace.parties.workflow import OrgStatus
from tests.cast import Cast
from tests.factories.parties import (
    DossierFactory,
    OrganizationFactory,
    UserFactory,
    make_member,
    make_staff,
)

READERS = {"registrar_county", "registrar_city", "operator", "authority", "auditor"}


def test_visible_to_is_the_twin_of_the_permission(cast: Cast) -> None:
    orgs = [cast.enterprise, cast.university]
    orgs += [OrganizationFactory(status=status) for status in OrgStatus.values]
    Membership.objects.create(user=cast.outsider, organization=orgs[-1], role="member")
    cast.outsider.forget_access()
    for role, person in cast.people():
        visible = set(queries.visible_to(person).values_list("pk", flat=True))
        for org in orgs:
            allowed = person.has_perm("parties.view_organization", org)
            assert (org.pk in visible) == allowed, (role, org.status)


def test_hidden_organisations_are_seen_by_staff_and_members_only(cast: Cast) -> None:
    for status in ("draft", "pending", "returned", "suspended"):
        org = OrganizationFactory(status=status)
        seen = {
            role
            for role, person in cast.people()
            if person.has_perm("parties.view_organization", org)
        }
        assert seen == READERS


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("parties.view_members", {"member", "approver", "org_admin"} | READERS),
        ("parties.edit_organization", {"org_admin"}),
        ("parties.manage_members", {"org_admin"}),
        ("parties.apply_organization", {"org_admin"}),
        ("parties.verify_organization", {"registrar_county", "registrar_city", "operator"}),
        ("parties.suspend_organization", {"registrar_city", "operator"}),
    ],
)
def test_who_may_do_what_with_an_organisation(
    cast: Cast, permission: str, allowed: set[str]
) -> None:
    got = {role for role, person in cast.people() if person.has_perm(permission, cast.enterprise)}
    assert got == allowed


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("parties.grant_role", {"security_admin"}),
        ("parties.review_organizations", {"registrar_county", "registrar_city", "operator"}),
    ],
)
def test_who_may_do_what_without_an_object(cast: Cast, permission: str, allowed: set[str]) -> None:
    assert {role for role, person in cast.people() if person.has_perm(permission)} == allowed


def test_who_may_do_what_with_a_dossier(cast: Cast) -> None:
    dossier = DossierFactory(organization=cast.enterprise, applicant=cast.org_admin)
    sees, edits, decides = (
        {role for role, person in cast.people() if person.has_perm(name, dossier)}
        for name in (
            "parties.view_verification",
            "parties.edit_verification",
            "parties.decide_verification",
        )
    )
    assert sees == {"org_admin"} | READERS
    assert edits == {"org_admin"}
    assert decides == {"registrar_county", "registrar_city", "operator"}


def test_claims_are_no_business_of_the_present_admins(cast: Cast) -> None:
    claim = DossierFactory(organization=cast.enterprise, applicant=cast.outsider, is_claim=True)
    assert not cast.org_admin.has_perm("parties.view_verification", claim)
    assert cast.outsider.has_perm("parties.edit_verification", claim)


def test_nobody_decides_their_own_case(cast: Cast) -> None:
    registrar = make_staff("registrar_city")
    Membership.objects.create(user=registrar, organization=cast.enterprise)
    registrar.forget_access()
    dossier = DossierFactory(organization=cast.enterprise, applicant=cast.org_admin)
    own = DossierFactory(applicant=registrar, is_claim=True)
    assert not registrar.has_perm("parties.decide_verification", dossier)
    assert not registrar.has_perm("parties.verify_organization", cast.enterprise)
    assert not registrar.has_perm("parties.suspend_organization", cast.enterprise)
    assert not registrar.has_perm("parties.decide_verification", own)
    assert registrar.has_perm("parties.decide_verification", DossierFactory())


def test_unconfirmed_person_can_do_nothing_that_counts(cast: Cast) -> None:
    person = make_member(cast.enterprise, "org_admin", email_verified_at=None)
    for permission in (
        "parties.create_organization",
        "parties.edit_organization",
        "parties.manage_members",
        "parties.apply_organization",
    ):
        assert not person.has_perm(permission, cast.enterprise)
    assert queries.publishing_organizations(person) == []


def test_inactive_person_has_no_access(cast: Cast) -> None:
    person = make_member(cast.enterprise, "org_admin", is_active=False)
    PlatformRole.objects.create(user=person, role="operator")
    assert access_of(person).orgs == {}
    assert access_of(person).roles == frozenset()
    assert not person.has_perm("parties.edit_organization", cast.enterprise)


def test_two_organisations_do_not_mix(cast: Cast) -> None:
    person = make_member(cast.enterprise, "org_admin")
    Membership.objects.create(user=person, organization=cast.university, role="member")
    assert person.has_perm("parties.edit_organization", cast.enterprise)
    assert not person.has_perm("parties.edit_organization", cast.university)
    assert person.has_perm("parties.view_members", cast.university)
    assert not person.has_perm("parties.view_members", cast.other_enterprise)


def test_predicate_factory_names_roles() -> None:
    predicate = platform_role(Role.EXPERT, Role.BROKER)
    assert predicate.name == "platform_role:expert|broker"
    assert not predicate(None)


def test_access_is_read_once(cast: Cast, django_assert_num_queries: object) -> None:
    person = type(cast.member).objects.get(pk=cast.member.pk)
    with django_assert_num_queries(2):  # type: ignore[operator]
        for _ in range(5):
            assert access_of(person).in_org(cast.enterprise.pk)


def test_experts_and_brokers_need_no_second_factor() -> None:
    assert {Role.EXPERT, Role.BROKER} == set(Role) - STAFF_ROLES
    assert not UserFactory.build().is_superuser


def test_approvers_and_admins_make_promises_for_their_own_organisation(cast: Cast) -> None:
    def binding(org_id: int | None) -> set[str]:
        return {role for role, person in cast.people() if access_of(person).binds(org_id)}

    assert binding(cast.enterprise.pk) == {"approver", "org_admin"}
    assert binding(cast.university.pk) == {"university_admin"}
    assert binding(None) == set()
