"""The register: who applies, who decides, which role follows, what stays hidden from whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from marketplace.brokerage import queries, services
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.services.entry import LETTER, SCAN
from marketplace.files.policies import can_read
from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.parties import services as parties
from marketplace.parties.models import Membership, PlatformRole, User
from tests.cast import Cast
from tests.factories.brokerage import make_broker, make_certificate
from tests.factories.files import pdf_bytes, upload
from tests.factories.parties import UserFactory, make_staff

pytestmark = pytest.mark.django_db

CERTIFICATE = {
    "scheme": "torch",
    "level": "middle",
    "name": "",
    "number": "JJR-2024-0001",
    "issuer": "科技部火炬中心",
    "valid_from": date(2024, 5, 1),
    "valid_until": date(2029, 4, 30),
}


def roles_of(user: User) -> set[str]:
    return set(PlatformRole.objects.filter(user=user).values_list("role", flat=True))


# --- the role ---------------------------------------------------------------------------------
def test_a_registrar_makes_brokers_and_nothing_else(cast: Cast) -> None:
    person = UserFactory()
    for role in ("operator", "auditor", "registrar_city", "expert"):
        with pytest.raises(Forbidden):
            parties.appoint(person, role, actor=cast.registrar_city)
        with pytest.raises(Forbidden):
            parties.dismiss(person, role, actor=cast.registrar_city)
    for actor in (cast.member, cast.authority, cast.auditor, cast.broker, cast.security_admin):
        with pytest.raises(Forbidden):
            parties.appoint(person, "broker", actor=actor)
    parties.appoint(person, "broker", actor=cast.registrar_county)
    assert roles_of(person) == {"broker"}
    with pytest.raises(Forbidden):
        parties.appoint(cast.operator, "broker", actor=cast.operator)
    deputy, today = UserFactory(), clock.today()
    parties.delegate_role(
        "registrar_city",
        deputy,
        starts=today + timedelta(days=3),
        until=today + timedelta(days=9),
        reason="年休假",
        actor=cast.registrar_city,
    )
    with pytest.raises(Refused):
        parties.appoint(deputy, "broker", actor=cast.operator)


@pytest.mark.parametrize("role", ["operator", "registrar_county", "registrar_city", "authority"])
def test_who_decides_cannot_be_a_broker_and_no_broker_decides(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        parties.appoint(make_staff(role), "broker", actor=cast.registrar_city)
    with pytest.raises(Refused):
        parties.grant_role(make_staff(role), "broker", actor=cast.security_admin)
    with pytest.raises(Refused):
        parties.grant_role(cast.broker, role, actor=cast.security_admin)
    with pytest.raises(Refused):
        services.apply(actor=cast[role])
    assert roles_of(cast.broker) == {"broker"}


# --- the way of an entry ----------------------------------------------------------------------
def test_the_role_follows_the_entry_through_all_its_states(cast: Cast) -> None:
    person, registrar = UserFactory(), cast.registrar_county
    broker = make_broker(person, state="submitted")
    assert roles_of(person) == set()
    with pytest.raises(Stale):
        services.enter(broker, actor=registrar, rev=broker.rev + 1)
    broker = services.enter(broker, actor=registrar, rev=broker.rev)
    assert (broker.status, roles_of(person)) == ("entered", {"broker"})
    with pytest.raises(InvalidInput):
        services.decide(broker, "suspend", remark=" ", actor=registrar)
    broker = services.decide(broker, "suspend", remark="核查", actor=registrar)
    assert (broker.status, roles_of(person)) == ("suspended", set())
    broker = services.decide(broker, "restore", actor=registrar)
    assert roles_of(person) == {"broker"}
    with pytest.raises(InvalidInput):
        services.decide(broker, "remove", reasons=["nothing"], actor=registrar)
    broker = services.decide(broker, "leave", actor=person)
    assert (broker.status, roles_of(person)) == ("removed", set())
    broker = services.decide(broker, "renew", actor=person)
    assert (broker.status, broker.code) == ("draft", queries.broker_of(person).code)  # type: ignore[union-attr]


def test_nobody_decides_on_himself_or_on_a_colleague(cast: Cast) -> None:
    registrar = make_staff("registrar_city")
    Membership.objects.create(user=registrar, organization=cast.enterprise)
    colleague = make_broker(cast.member, state="submitted", organization=cast.enterprise)
    assert colleague not in queries.brokers_to_decide(registrar)
    with pytest.raises(Forbidden):
        services.enter(colleague, actor=registrar)
    assert colleague in queries.brokers_to_decide(cast.registrar_city)
    for actor in (cast.member, cast.authority, cast.auditor, cast.outsider):
        with pytest.raises(Forbidden):
            services.enter(colleague, actor=actor)


def test_a_civil_servant_is_refused_with_the_law_and_without_loss(cast: Cast) -> None:
    broker = make_broker(cast.member, state="draft")
    with pytest.raises(InvalidInput) as refused:
        services.save_entry(broker, {"employment": "civil_servant"}, actor=cast.member)
    assert "公务员法第五十九条" in str(refused.value.errors["employment"][0])
    broker.refresh_from_db()
    assert broker.employment == "independent"


def test_university_staff_need_the_consent_of_their_unit(cast: Cast) -> None:
    person, approver = cast.university_member, cast.university_admin
    broker = make_broker(person, state="draft", employment="university")
    broker = services.save_entry(broker, {"organization": cast.university.code}, actor=person)
    with pytest.raises(InvalidInput) as refused:
        services.submit(broker, actor=person)
    assert set(refused.value.errors) == {"consent_letter"}
    for actor in (person, cast.outsider, cast.org_admin, cast.registrar_city):
        with pytest.raises(Forbidden):
            services.give_consent(broker, actor=actor)
    broker = services.give_consent(broker, actor=approver, rev=broker.rev)
    assert services.submit(broker, actor=person).status == "submitted"
    # A letter does as well, for a unit without an account.
    other = make_broker(state="draft", employment="university", unit="外地某大学")
    with pytest.raises(InvalidInput):
        services.submit(other, actor=other.user)
    services.add_letters(other, [upload(pdf_bytes(), "同意函.pdf")], actor=other.user)
    assert services.submit(other, actor=other.user).status == "submitted"


def test_no_certificate_and_no_organisation_are_demanded() -> None:
    broker = make_broker(state="draft", districts=["000000"])
    assert queries.missing_of(broker) == {}


def test_a_foreign_number_stops_the_entry_and_tells_the_applicant_nothing(cast: Cast) -> None:
    first, second = make_broker(), make_broker(state="draft")
    make_certificate(first, number="A-1", checked_at=None)
    services.save_certificate(second, {**CERTIFICATE, "number": "A-1"}, actor=second.user)
    second = services.submit(second, actor=second.user)
    with pytest.raises(Refused):
        services.enter(second, actor=cast.registrar_city)
    assert [row.broker for row in queries.holders_of_number(second)] == [first]


# --- the entry --------------------------------------------------------------------------------
def test_what_was_checked_stays_and_the_rest_changes_at_once(cast: Cast) -> None:
    broker = make_broker(cast.member)
    with pytest.raises(InvalidInput) as refused:
        services.save_entry(broker, {"name": "另一人"}, actor=cast.member)
    assert set(refused.value.errors) == {"name"}
    saved = services.save_entry(
        broker, {"consents": ["entry", "phone"]}, actor=cast.member, rev=broker.rev
    )
    since = saved.consents["entry"]
    again = services.save_entry(saved, {"consents": ["entry"]}, actor=cast.member)
    assert again.consents == {"entry": since}
    with pytest.raises(InvalidInput):
        services.save_entry(again, {"consents": []}, actor=cast.member)


@pytest.mark.parametrize("state", ["submitted", "declined", "removed"])
def test_nothing_is_edited_while_or_after_it_is_decided(cast: Cast, state: str) -> None:
    broker = make_broker(cast.member, state=state)
    certificate = make_certificate(broker)
    for act in (
        lambda: services.save_entry(broker, {"name_en": "X"}, actor=cast.member),
        lambda: services.save_certificate(broker, CERTIFICATE, actor=cast.member),
        lambda: services.remove_certificate(broker, certificate, actor=cast.member),
    ):
        with pytest.raises(Refused):
            act()


def test_contacts_do_not_belong_into_texts(cast: Cast) -> None:
    broker = make_broker(cast.member)
    with pytest.raises(InvalidInput) as refused:
        services.save_entry(broker, {"introduction": "请打 13905390001 找我"}, actor=cast.member)
    assert "13905390001" in str(refused.value.errors["introduction"][0])


def test_only_ones_own_organisation_is_named_and_leaving_it_ends_that(
    cast: Cast, drain: Callable[[], int], own_index: object
) -> None:
    broker = make_broker(cast.member)
    with pytest.raises(InvalidInput):
        services.save_entry(broker, {"organization": cast.university.code}, actor=cast.member)
    services.save_entry(broker, {"organization": cast.enterprise.code}, actor=cast.member)
    membership = Membership.objects.current().get(user=cast.member)
    parties.remove_member(membership, actor=cast.org_admin)
    drain()
    broker.refresh_from_db()
    assert broker.organization is None


# --- certificates -----------------------------------------------------------------------------
def test_a_certificate_is_checked_before_it_is_shown(cast: Cast) -> None:
    broker = make_broker(cast.member, consents={"entry": "x", "certificates": "x"}, state="entered")
    made = services.save_certificate(broker, CERTIFICATE, actor=cast.member)
    assert queries.face_of(broker).certificates == []
    assert broker in queries.to_check(cast.registrar_city)
    broker.refresh_from_db()
    services.check_certificate(broker, made, actor=cast.registrar_city, rev=broker.rev)
    [shown] = queries.face_of(broker).certificates
    assert (shown.label, shown.number) == ("中级技术经纪人", "")
    services.save_certificate(broker, {**CERTIFICATE, "level": "senior"}, made, actor=cast.member)
    assert queries.face_of(broker).certificates == []


def test_a_reversed_period_and_a_number_twice_are_refused_at_the_field(cast: Cast) -> None:
    broker = make_broker(cast.member, state="draft")
    with pytest.raises(InvalidInput) as refused:
        services.save_certificate(
            broker, {**CERTIFICATE, "valid_until": date(2024, 4, 30)}, actor=cast.member
        )
    assert set(refused.value.errors) == {"valid_until"}
    services.save_certificate(broker, CERTIFICATE, actor=cast.member)
    with pytest.raises(InvalidInput) as refused:
        services.save_certificate(broker, CERTIFICATE, actor=cast.member)
    assert set(refused.value.errors) == {"number"}
    assert Certificate.objects.count() == 1


def test_reminders_come_sixty_and_seven_days_before_the_end_and_once_each(cast: Cast) -> None:
    broker = make_broker(cast.member)
    today = clock.today()
    make_certificate(broker, valid_until=today + timedelta(days=61))
    told = []
    for days in (0, 1, 1, 53, 54, 54, 70):
        with clock.shift(timedelta(days=days)):
            told.append(services.remind_of_certificates())
    assert told == [0, 1, 0, 0, 1, 0, 0]
    assert Notice.objects.filter(kind="brokerage.certificate_ends").count() == 2
    broker.refresh_from_db()
    assert broker.status == "entered"


def test_scans_and_letters_are_for_the_broker_and_those_who_decide(cast: Cast) -> None:
    broker = make_broker(cast.member, state="draft")
    made = services.save_certificate(broker, CERTIFICATE, actor=cast.member)
    services.add_scans(made, [upload(pdf_bytes(), "证书.pdf")], actor=cast.member)
    services.add_letters(broker, [upload(pdf_bytes(), "同意.pdf")], actor=cast.member)
    scan, letter = attachments_of(SCAN, made.pk)[0], attachments_of(LETTER, broker.pk)[0]
    readers = {name for name, person in cast.people() if can_read(person, scan)}
    assert readers == {
        *("member", "registrar_county", "registrar_city", "operator", "auditor"),
    }
    assert readers == {name for name, person in cast.people() if can_read(person, letter)}


def test_a_scan_that_is_none_is_refused_with_its_name(cast: Cast) -> None:
    broker = make_broker(cast.member, state="draft")
    made = services.save_certificate(broker, CERTIFICATE, actor=cast.member)
    done = services.add_scans(made, [upload(b"no pdf at all", "证书.pdf")], actor=cast.member)
    assert done.taken == []
    assert "证书.pdf" in str(done.reasons[0])


# --- who learns of it -------------------------------------------------------------------------
def test_each_side_is_told(cast: Cast, drain: Callable[[], int], own_index: object) -> None:
    person = cast.university_member
    broker = make_broker(person, state="draft", employment="university")
    broker = services.save_entry(broker, {"organization": cast.university.code}, actor=person)
    drain()
    wanted = Notice.objects.filter(kind="brokerage.consent_wanted")
    assert [row.recipient for row in wanted] == [cast.university_admin]
    broker = services.give_consent(broker, actor=cast.university_admin)
    broker = services.submit(broker, actor=person)
    drain()
    told = set(
        Notice.objects.filter(kind="brokerage.application_waiting").values_list(
            "recipient", flat=True
        )
    )
    assert told == {cast.registrar_county.pk, cast.registrar_city.pk, cast.operator.pk}
    services.decide(broker, "return", reasons=["unit"], remark="缺章", actor=cast.registrar_city)
    drain()
    result = Notice.objects.get(kind="brokerage.application_decided")
    assert result.recipient == person


def test_the_content_that_was_decided_on_is_kept(cast: Cast) -> None:
    from marketplace.journal.versions import version_before

    broker = make_broker(cast.member, state="returned")
    services.save_entry(broker, {"introduction": "改写" * 20}, actor=cast.member)
    broker.refresh_from_db()
    before: Any = version_before("brokerage.broker", broker.pk, broker.rev)
    assert before["introduction"].startswith("从事磁性材料")


def test_two_applications_of_one_person_are_one(cast: Cast) -> None:
    services.apply(actor=cast.member)
    with pytest.raises(Refused):
        services.apply(actor=cast.member)
    assert Broker.objects.count() == 1


def test_a_refused_application_goes_with_its_files_after_its_time(cast: Cast) -> None:
    broker = make_broker(cast.member, state="draft")
    made = services.save_certificate(broker, CERTIFICATE, actor=cast.member)
    services.add_scans(made, [upload(pdf_bytes(), "证书.pdf")], actor=cast.member)
    broker = services.submit(broker, actor=cast.member)
    services.decide(broker, "decline", reasons=["servant"], actor=cast.registrar_city)
    kept = make_broker(cast.outsider, state="removed")
    assert services.purge_declined(clock.now() - timedelta(days=1)) == 0
    assert services.purge_declined(clock.now() + timedelta(days=1)) == 1
    assert list(Broker.objects.all()) == [kept]
    assert attachments_of(SCAN, made.pk) == []
