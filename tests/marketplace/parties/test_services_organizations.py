"""Entering, claiming, editing, suspending."""

from typing import Any

from django.db import IntegrityError, transaction

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.queries import notices_of
from marketplace.parties import queries, services
from marketplace.parties.models import Organization, Verification
from tests.cast import Cast
from tests.factories.parties import OrganizationFactory, UserFactory, make_member, make_uscc

pytestmark = pytest.mark.django_db


def data(**changes: Any) -> dict[str, Any]:
    return {
        "name": "临沂新材料有限公司",
        "kind": "enterprise",
        "uscc": make_uscc(),
        "district": "371302",
    } | changes


def test_create_makes_the_person_admin_and_opens_a_dossier() -> None:
    person = UserFactory()
    uscc = make_uscc()
    org = services.create_organization(data(uscc=uscc.lower()), actor=person)
    assert (org.status, org.uscc, org.code[:2]) == ("draft", uscc, "JG")
    assert person.access.is_admin_of(org.pk)
    dossier = Verification.objects.get()
    assert (dossier.organization, dossier.applicant, dossier.status) == (org, person, "draft")
    assert Entry.objects.get().event == "OrganizationCreated"


def test_create_takes_no_fields_of_its_own() -> None:
    org = services.create_organization(
        data(status="verified", is_sample=True, verified_at="2026-01-01", code="JG2026-000000-0"),
        actor=UserFactory(),
    )
    assert (org.status, org.is_sample, org.verified_at) == ("draft", False, None)
    assert org.code != "JG2026-000000-0"


@pytest.mark.parametrize("uscc", ["", None, "91371302MA3YX00971", "x"])
def test_create_refuses_a_bad_code(uscc: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.create_organization(data(uscc=uscc), actor=UserFactory())
    assert set(caught.value.errors) == {"uscc"}
    assert not Organization.objects.exists()


def test_create_refuses_a_known_code() -> None:
    org = OrganizationFactory()
    with pytest.raises(InvalidInput) as caught:
        services.create_organization(data(uscc=org.uscc), actor=UserFactory())
    assert "已登记" in str(caught.value.errors["uscc"][0])


def test_a_code_entered_meanwhile_is_a_known_code(monkeypatch: pytest.MonkeyPatch) -> None:
    org = OrganizationFactory()
    asked = queries.organization_with_uscc
    answers = iter([None])
    monkeypatch.setattr(queries, "organization_with_uscc", lambda uscc: next(answers, asked(uscc)))
    with pytest.raises(InvalidInput) as caught:
        services.create_organization(data(uscc=org.uscc), actor=UserFactory())
    assert "已登记" in str(caught.value.errors["uscc"][0])


def test_another_refusal_of_the_database_is_not_blamed_on_the_credit_code() -> None:
    org = OrganizationFactory()
    admin = make_member(org, "org_admin")
    Organization.objects.filter(pk=org.pk).update(status="draft")
    for wrong in ({"kind": "club"}, {"name": ""}, {"scale": "giant"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            services.create_organization(data(**wrong), actor=UserFactory())
        with pytest.raises(IntegrityError), transaction.atomic():
            services.edit_organization(org, wrong, rev=org.rev, actor=admin)


def test_a_public_code_that_is_taken_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = OrganizationFactory().code
    field = Organization._meta.get_field("code")
    fresh = field.get_default
    answers = iter([taken])
    monkeypatch.setattr(field, "get_default", lambda: next(answers, None) or fresh())
    monkeypatch.setattr(field, "_get_default", lambda: next(answers, None) or fresh())
    org = services.create_organization(data(), actor=UserFactory())
    assert org.code != taken


def test_create_waits_for_a_confirmed_contact() -> None:
    with pytest.raises(Forbidden):
        services.create_organization(data(), actor=UserFactory(email_verified_at=None))


def test_create_is_bounded() -> None:
    person = UserFactory()
    for _ in range(services.organizations.MOST_PER_PERSON):
        services.create_organization(data(), actor=person)
    with pytest.raises(Refused):
        services.create_organization(data(), actor=person)


# --- claims -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "with_admin", "claimable"),
    [
        ("verified", False, True),
        ("verified", True, False),
        ("draft", True, True),
        ("pending", True, True),
        ("returned", True, True),
        ("suspended", False, False),
    ],
)
def test_claim_where_nobody_speaks_with_a_registrars_word(
    status: str, with_admin: bool, claimable: bool
) -> None:
    org = OrganizationFactory(status=status, verified_at=None)
    if with_admin:
        make_member(org, "org_admin")
    person = UserFactory()
    assert queries.can_be_claimed(org) == claimable
    if claimable:
        claim = services.claim_organization(org, actor=person)
        assert claim.is_claim
        assert services.claim_organization(org, actor=person) == claim
        assert not person.access.in_org(org.pk)
    else:
        with pytest.raises(Refused):
            services.claim_organization(org, actor=person)


def test_members_do_not_claim(cast: Cast) -> None:
    org = OrganizationFactory(status="draft")
    person = make_member(org)
    with pytest.raises(Refused):
        services.claim_organization(org, actor=person)


# --- profile ----------------------------------------------------------------------------------
def test_edit_counts_and_names_what_changed(cast: Cast) -> None:
    org = services.edit_organization(
        cast.enterprise,
        {"summary": "磁性材料", "name": cast.enterprise.name},
        rev=1,
        actor=cast.org_admin,
    )
    assert (org.summary, org.rev) == ("磁性材料", 2)
    entry = Entry.objects.get()
    assert entry.payload == {"fields": ["summary"]}


def test_edit_without_change_leaves_no_trace(cast: Cast) -> None:
    org = services.edit_organization(
        cast.enterprise, {"summary": cast.enterprise.summary}, rev=1, actor=cast.org_admin
    )
    assert org.rev == 1
    assert not Entry.objects.exists()


def test_edit_of_a_stale_page_is_refused(cast: Cast) -> None:
    services.edit_organization(cast.enterprise, {"summary": "甲"}, rev=1, actor=cast.org_admin)
    with pytest.raises(Refused):
        services.edit_organization(cast.enterprise, {"summary": "乙"}, rev=1, actor=cast.org_admin)


@pytest.mark.parametrize("status", ["pending", "verified", "suspended"])
def test_identity_is_fixed_under_a_registrars_word(status: str) -> None:
    org = OrganizationFactory(status=status)
    admin = make_member(org, "org_admin")
    for change in ({"name": "新名称"}, {"uscc": make_uscc()}, {"kind": "university"}):
        with pytest.raises(Refused):
            services.edit_organization(org, change, rev=1, actor=admin)


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_identity_may_be_corrected_before(status: str) -> None:
    org = OrganizationFactory(status=status)
    admin = make_member(org, "org_admin")
    uscc = make_uscc()
    org = services.edit_organization(org, {"name": "新名称", "uscc": uscc}, rev=1, actor=admin)
    assert (org.name, org.uscc) == ("新名称", uscc)


@pytest.mark.parametrize("role", ["member", "approver", "outsider", "university_admin", "operator"])
def test_only_the_admin_edits(cast: Cast, role: str) -> None:
    with pytest.raises(Forbidden):
        services.edit_organization(cast.enterprise, {"summary": "x"}, rev=1, actor=cast[role])


# --- suspension -------------------------------------------------------------------------------
def test_suspend_and_restore(cast: Cast, drain: Any) -> None:
    org = services.suspend_organization(cast.enterprise, remark="材料造假", actor=cast.operator)
    assert org.status == "suspended"
    assert not cast.visitor.has_perm("parties.view_organization", org)
    assert queries.publishing_organizations(cast.member) == []
    with pytest.raises(Refused):
        services.suspend_organization(org, remark="again", actor=cast.operator)
    org = services.restore_organization(org, actor=cast.registrar_city)
    assert org.status == "verified"
    drain()
    titles = [n.title for n in notices_of(cast.org_admin).order_by("id")]
    assert titles == ["“沂蒙磁材有限公司”已被暂停", "“沂蒙磁材有限公司”已恢复"]
    assert notices_of(cast.org_admin).order_by("id").first().body == "原因：材料造假"


@pytest.mark.parametrize("role", ["org_admin", "registrar_county", "auditor", "outsider"])
def test_others_do_not_suspend(cast: Cast, role: str) -> None:
    with pytest.raises(Forbidden):
        services.suspend_organization(cast.enterprise, remark="x", actor=cast[role])


# --- samples ----------------------------------------------------------------------------------
def test_samples_are_found_again_and_removed() -> None:
    sample = data(verified=True, key="x", honors=["甲"], is_sample=True)
    org = services.load_sample_organization(sample)
    again = services.load_sample_organization(sample | {"summary": "新"})
    assert (org.pk, again.summary, again.status, again.is_sample) == (
        again.pk,
        "新",
        "verified",
        True,
    )
    user = services.create_sample_user(
        "Admin@Example.com",
        name="示例",
        password="x" * 12,
        org=org,
        org_role="org_admin",
        roles=["broker"],
    )
    same = services.create_sample_user("admin@example.com", name="示例二", password=None, org=org)
    assert (user.pk, same.name, same.is_sample) == (same.pk, "示例二", True)
    assert same.access.orgs == {org.pk: {"member"}}
    assert user.access.roles == {"broker"}
    services.claim_organization(OrganizationFactory(), actor=UserFactory())
    assert services.remove_samples() == ({"organizations": 1, "users": 1}, [])
    assert Organization.objects.count() == 1


def test_samples_never_touch_the_real() -> None:
    real = OrganizationFactory()
    with pytest.raises(ValueError, match="no sample"):
        services.load_sample_organization(data(uscc=real.uscc))
    person = UserFactory()
    with pytest.raises(ValueError, match="no sample"):
        services.create_sample_user(person.email, name="x", password=None)
