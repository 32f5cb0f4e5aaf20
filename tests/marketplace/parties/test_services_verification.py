"""The dossier: hand in, return, hand in again, verify; claims; nobody's own case."""

from typing import Any

import pytest

from marketplace.files import queries as files
from marketplace.files.policies import can_read
from marketplace.journal.models import Entry
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.notices.queries import notices_of
from marketplace.parties import queries, services
from marketplace.parties.models import Membership, Organization, Verification
from marketplace.parties.services.verification import DOCUMENTS
from tests.cast import Cast
from tests.factories.files import pdf_bytes, upload
from tests.factories.parties import OrganizationFactory, UserFactory, make_member, make_uscc

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path


def opened() -> Verification:
    """A dossier with one document, ready to be handed in."""
    person = UserFactory()
    services.create_organization(
        {
            "name": "临沂磁电有限公司",
            "kind": "enterprise",
            "uscc": make_uscc(),
            "district": "371302",
        },
        actor=person,
    )
    dossier = Verification.objects.select_related("applicant").get()
    done = services.add_documents(dossier, [upload(pdf_bytes(), "执照.pdf")], actor=person)
    assert done.reasons == []
    return dossier


def handed_in() -> Verification:
    dossier = opened()
    return services.submit_dossier(dossier, actor=dossier.applicant)


def test_submit_moves_both_and_tells_the_registrars(cast: Cast, drain: Any) -> None:
    dossier = handed_in()
    assert (dossier.status, dossier.rounds, dossier.organization.status) == (
        "pending",
        1,
        "pending",
    )
    drain()
    for role in ("registrar_county", "registrar_city", "operator"):
        assert notices_of(cast[role]).get().title == "“临沂磁电有限公司”提交了单位认证"
    assert not notices_of(cast.auditor).exists()


def test_submit_names_what_is_missing() -> None:
    person = UserFactory()
    org = services.create_organization(
        {"name": "甲", "kind": "enterprise", "uscc": make_uscc()}, actor=person
    )
    Organization.objects.filter(pk=org.pk).update(uscc=None)
    with pytest.raises(InvalidInput) as caught:
        services.submit_dossier(Verification.objects.get(), actor=person)
    assert set(caught.value.errors) == {"documents", "uscc"}
    assert Verification.objects.get().status == "draft"


def test_bad_document_costs_only_itself() -> None:
    dossier = opened()
    done = services.add_documents(
        dossier,
        [upload(b"MZ not a pdf", "virus.pdf"), upload(pdf_bytes(), "授权书.pdf")],
        actor=dossier.applicant,
    )
    assert len(done.reasons) == 1
    names = [row.name for row in files.attachments_of(DOCUMENTS, dossier.pk)]
    assert names == ["执照.pdf", "授权书.pdf"]


def test_verify_tells_the_applicant(cast: Cast, drain: Any) -> None:
    dossier = services.verify_dossier(handed_in(), actor=cast.registrar_county)
    org = Organization.objects.get(pk=dossier.organization_id)
    assert (dossier.status, org.status, dossier.decided_by) == (
        "verified",
        "verified",
        cast.registrar_county,
    )
    assert org.verified_at is not None
    drain()
    assert (
        notices_of(dossier.applicant).order_by("-id").first().title
        == "“临沂磁电有限公司”已通过单位认证"
    )


def test_return_keeps_everything_and_can_be_handed_in_again(cast: Cast, drain: Any) -> None:
    dossier = handed_in()
    person = dossier.applicant
    dossier = services.return_dossier(
        dossier,
        reasons=["expired", "unreadable"],
        remark="请上传 2026 年新照",
        actor=cast.registrar_city,
    )
    org = Organization.objects.get(pk=dossier.organization_id)
    assert (dossier.status, org.status) == ("returned", "returned")
    assert dossier.reasons == ["unreadable", "expired"]
    drain()
    assert "退回补正" in notices_of(person).order_by("-id").first().title
    assert len(files.attachments_of(DOCUMENTS, dossier.pk)) == 1
    services.save_dossier(dossier, note="已换新照", actor=person)
    again = services.submit_dossier(dossier, actor=person)
    assert (again.status, again.rounds, again.note) == ("pending", 2, "已换新照")
    services.verify_dossier(again, actor=cast.registrar_city)
    events = Entry.objects.filter(subject_kind="parties.organization", subject_id=org.pk).order_by(
        "id"
    )
    assert list(events.values_list("event", flat=True)) == [
        "OrganizationCreated",
        "VerificationSubmitted",
        "OrganizationReturned",
        "VerificationSubmitted",
        "OrganizationVerified",
    ]


@pytest.mark.parametrize(
    ("reasons", "remark", "field"),
    [([], "", "reasons"), (["nonsense"], "x", "reasons"), (["other"], "  ", "remark")],
)
def test_return_needs_a_reason(cast: Cast, reasons: list[str], remark: str, field: str) -> None:
    dossier = handed_in()
    with pytest.raises(InvalidInput) as caught:
        services.return_dossier(dossier, reasons=reasons, remark=remark, actor=cast.operator)
    assert set(caught.value.errors) == {field}


@pytest.mark.parametrize(
    "role", ["org_admin", "outsider", "auditor", "authority", "editor", "security_admin", "broker"]
)
def test_others_decide_nothing(cast: Cast, role: str) -> None:
    dossier = handed_in()
    with pytest.raises(Forbidden):
        services.verify_dossier(dossier, actor=cast[role])
    with pytest.raises(Forbidden):
        services.return_dossier(dossier, reasons=["expired"], actor=cast[role])


def test_applicant_does_not_decide(cast: Cast) -> None:
    dossier = handed_in()
    with pytest.raises(Forbidden):
        services.verify_dossier(dossier, actor=dossier.applicant)


def test_decided_is_decided(cast: Cast) -> None:
    dossier = services.verify_dossier(handed_in(), actor=cast.operator)
    for act in (
        lambda: services.verify_dossier(dossier, actor=cast.operator),
        lambda: services.return_dossier(dossier, reasons=["expired"], actor=cast.operator),
        lambda: services.submit_dossier(dossier, actor=dossier.applicant),
        lambda: services.save_dossier(dossier, note="x", actor=dossier.applicant),
        lambda: services.add_documents(dossier, [upload(pdf_bytes())], actor=dossier.applicant),
    ):
        with pytest.raises(Refused):
            act()


def test_strangers_touch_no_dossier(cast: Cast) -> None:
    dossier = opened()
    code = files.attachments_of(DOCUMENTS, dossier.pk)[0].code
    for person in (cast.outsider, cast.registrar_city, cast.operator):
        for act in (
            lambda p=person: services.save_dossier(dossier, note="x", actor=p),
            lambda p=person: services.add_documents(dossier, [upload(pdf_bytes())], actor=p),
            lambda p=person: services.submit_dossier(dossier, actor=p),
        ):
            with pytest.raises(Forbidden):
                act()
    other = Verification.objects.create(
        organization=OrganizationFactory(status="draft"), applicant=cast.outsider, is_claim=True
    )
    with pytest.raises(NotVisible):
        services.save_dossier(other, note="x", remove=[code], actor=cast.outsider)


def test_documents_are_for_applicant_and_staff(cast: Cast) -> None:
    dossier = opened()
    document = files.attachments_of(DOCUMENTS, dossier.pk)[0]
    readers = {role for role, person in cast.people() if can_read(person, document)}
    assert readers == {"registrar_county", "registrar_city", "operator", "authority", "auditor"}
    assert can_read(dossier.applicant, document)


# --- claims -----------------------------------------------------------------------------------
def claimed(org: Organization) -> Verification:
    person = UserFactory(name="认领人")
    claim = services.claim_organization(org, actor=person)
    services.add_documents(claim, [upload(pdf_bytes())], actor=person)
    return services.submit_dossier(claim, actor=person)


def test_claim_of_an_imported_organisation(cast: Cast) -> None:
    org = OrganizationFactory()
    colleague = make_member(org)
    claim = services.verify_dossier(claimed(org), actor=cast.registrar_city)
    roles = dict(Membership.objects.filter(organization=org).values_list("user", "role"))
    assert roles == {colleague.pk: "member", claim.applicant_id: "org_admin"}


def test_claim_of_a_squatted_organisation_drops_the_squatter(cast: Cast, drain: Any) -> None:
    squatted = handed_in()
    org = squatted.organization
    claim = services.verify_dossier(claimed(org), actor=cast.registrar_city)
    org.refresh_from_db()
    squatted.refresh_from_db()
    assert org.status == "verified"
    members = Membership.objects.current().filter(organization=org).values_list("user", "role")
    assert list(members) == [(claim.applicant_id, "org_admin")]
    assert (squatted.status, squatted.reasons) == ("returned", ["duplicate"])
    squatter = type(squatted.applicant).objects.get(pk=squatted.applicant_id)
    with pytest.raises((Refused, Forbidden)):
        services.submit_dossier(squatted, actor=squatter)
    drain()


def test_returned_claim_changes_nothing(cast: Cast) -> None:
    org = OrganizationFactory()
    claim = services.return_dossier(
        claimed(org), reasons=["not_authorized"], actor=cast.registrar_city
    )
    org.refresh_from_db()
    assert (claim.status, org.status) == ("returned", "verified")
    assert not Membership.objects.filter(organization=org).exists()


def test_queue_is_oldest_first_and_without_own_cases(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    first = claimed(OrganizationFactory())
    second = claimed(OrganizationFactory())
    own = OrganizationFactory()
    Membership.objects.create(user=cast.registrar_city, organization=own)
    cast.registrar_city.forget_access()
    claimed(own)
    waiting = list(queries.verifications_to_decide(cast.registrar_city))
    assert waiting == [first, second]
    assert queries.verifications_to_decide(cast.operator).count() == 3
    assert not queries.verifications_to_decide(cast.auditor).exists()
    with django_assert_num_queries(1):
        for row in queries.verification_queue():
            assert row.organization.name
            assert row.applicant.name
