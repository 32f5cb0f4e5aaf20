"""What a broker's record means for enquiries: visitors stay unknown to proxies, disputes keep, periods erase."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage import queries as brokerage
from marketplace.brokerage.models import Broker, BrokerFeedback, CommissionEntry, Introduction
from marketplace.brokerage.services import commissions, introductions
from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry, Hold, Lead, Message, RecordKind
from marketplace.enquiries.queries.inbox import Asked
from marketplace.journal import services as journal
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.notices.models import Notice
from marketplace.parties.models import Organization
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.mandates import answer, make_introduction, make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
#: What nobody but the owner may read of the visitor.
PRIVATE = ("卫访客", "费县卫家木业", "wei@example.com", "13800138000")


@pytest.fixture
def broker(cast: Cast) -> Broker:
    made = make_broker(cast.broker)
    cast.broker.forget_access()
    return made


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def drain() -> None:
    while journal.drain():
        pass


# --- visitors ---------------------------------------------------------------------------------
def test_who_writes_for_the_owner_learns_of_a_visitor_by_consent_alone(
    cast: Cast, broker: Broker, need: Any
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver)
    broker.user.forget_access()
    enquiry = make_visitor_enquiry(
        need,
        contact="wei@example.com",
        shares_contact=True,
        pool_consent=True,
        text="想了解甲醛含量，手机13800138000，微信同号。",
    )
    drain()
    pages = [
        reverse("enquiries:show", args=[enquiry.code]),
        reverse("api:enquiry_detail", args=[enquiry.code]),
    ]
    lists = [reverse("enquiries:inbox"), reverse("api:enquiry_list")]

    def read_by(person: Any) -> set[str]:
        """What of the visitor stands anywhere that the person can open, or was told in a notice."""
        client = signed_in(person)
        shown = [client.get(address).content.decode() for address in (*pages, *lists)]
        shown.append(str(list(Notice.objects.filter(recipient=person).values_list("params"))))
        return {word for word in PRIVATE if any(word in text for text in shown)}

    assert read_by(cast.member) == set(PRIVATE)
    assert read_by(cast.broker) == set()
    for address in pages:
        assert signed_in(cast.broker).get(address).status_code == 404
    # A hit would tell what is not shown.
    assert [row.pk for row in queries.inbox(cast.member, Asked(words="卫访客"))] == [enquiry.pk]
    assert not queries.inbox(cast.broker, Asked(words="卫访客")).exists()
    Lead.objects.create(
        enquiry=enquiry, status="confirmed", broker=cast.broker, confirmed_at=clock.now()
    )
    assert read_by(cast.broker) == set(PRIVATE)


# --- disputes and periods ---------------------------------------------------------------------
def claim(broker: Broker, enquiry: Enquiry) -> Introduction:
    """An introduction that the enquiry is the evidence of."""
    said = introductions.claim_of_enquiry(
        enquiry, note="双方电话谈过", evidence="enquiry", at=clock.now()
    )
    return introductions.record_introduction(broker, said, actor=broker.user)


def held(enquiry: Enquiry) -> bool:
    """Whether the enquiry is kept beyond its period."""
    return Hold.objects.filter(subject_id=enquiry.pk, lifted_at=None).exists()


def test_a_dispute_keeps_the_enquiry_until_it_is_settled(
    cast: Cast, broker: Broker, need: Any
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver)
    broker.user.forget_access()
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    row = claim(broker, enquiry)
    drain()
    assert not held(enquiry)
    answer(row, cast.university, cast.university_admin, "disputed")
    drain()
    assert held(enquiry)
    answer(row, cast.university, cast.university_admin)
    drain()
    assert not held(enquiry)
    answer(row, cast.enterprise, cast.approver, "disputed")
    drain()
    ruling = introductions.rule(row, winner=row.code, reason="有咨询记录", actor=cast.operator)
    drain()
    # It may be appealed.
    assert held(enquiry)
    Enquiry.objects.filter(pk=enquiry.pk).update(status="closed", closed_at=clock.now())
    with clock.shift(ruling.appeal_until - clock.now() + timedelta(seconds=30)):
        assert introductions.settle_rulings() == 1
        assert not held(enquiry)
    assert brokerage.disputed_claim_about(enquiry.pk) == ""


def test_what_an_operator_holds_stays_when_a_dispute_ends(
    cast: Cast, broker: Broker, need: Any
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver)
    broker.user.forget_access()
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    services.hold_enquiry(enquiry, reason="法院来函", actor=cast.operator)
    row = claim(broker, enquiry)
    for said in ("disputed", "acknowledged"):
        answer(row, cast.university, cast.university_admin, said)
        drain()
    assert held(enquiry)


def test_the_period_erases_texts_and_keeps_what_others_refer_to(
    cast: Cast, broker: Broker, need: Any
) -> None:
    mandate = make_mandate(broker, cast.enterprise, cast.approver)
    broker.user.forget_access()
    enquiry = make_enquiry(need, cast.university, cast.university_member, text="很秘密的一句话")
    disputed = make_enquiry(
        make_need(cast.enterprise, cast.member, title="另一难题", state="published"),
        cast.university,
        cast.university_member,
        text="有争议的一句话",
    )
    row, other = claim(broker, enquiry), claim(broker, disputed)
    answer(other, cast.university, cast.university_admin, "disputed")
    commissions.foresee(mandate, enquiry_id=enquiry.pk, amount_fen=100_000_000)
    BrokerFeedback.objects.create(
        broker=broker, enquiry=enquiry, side="owner", score=5, by=cast.member
    )
    drain()
    Enquiry.objects.update(status="closed", closed_at=clock.now(), closing_note="不合适")
    with clock.shift(timedelta(days=3 * 365 + 3)):
        assert services.purge_records()["enquiry"] == 1
    enquiry.refresh_from_db()
    assert enquiry.erased_at is not None
    assert (enquiry.closing_note, enquiry.owner_id) == ("", cast.enterprise.pk)
    assert [one.text for one in Message.objects.filter(enquiry=enquiry)] == [""]
    assert [one.text for one in Message.objects.filter(enquiry=disputed)] == ["有争议的一句话"]
    assert Introduction.objects.get(enquiry=enquiry).pk == row.pk
    assert CommissionEntry.objects.filter(enquiry=enquiry).count() == 1
    assert BrokerFeedback.objects.filter(enquiry=enquiry).count() == 1
    shown = signed_in(cast.approver).get(reverse("brokerage:introduction", args=[row.code]))
    assert shown.status_code == 200


def test_notes_and_evidence_of_introductions_and_texts_about_brokers_are_erased(
    cast: Cast, broker: Broker, need: Any
) -> None:
    row = make_introduction(broker, cast.enterprise, cast.university, need)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    said = BrokerFeedback.objects.create(
        broker=broker, enquiry=enquiry, side="owner", score=4, text="回复慢", by=cast.member
    )
    notes = RecordKind.objects.get(code="introduction_note")
    texts = RecordKind.objects.get(code="broker_feedback")
    over = row.protected_until - clock.now() + timedelta(days=notes.days)
    with clock.shift(over - timedelta(hours=1)):
        assert "introduction_note" not in services.purge_records()
    Introduction.objects.filter(pk=row.pk).update(status="disputed")
    with clock.shift(over + timedelta(hours=1)):
        assert "introduction_note" not in services.purge_records()
        Introduction.objects.filter(pk=row.pk).update(status="open")
        assert services.purge_records()["introduction_note"] == 1
    row.refresh_from_db()
    assert (row.evidence_note, row.sides.count()) == ("", 2)
    with clock.shift(timedelta(days=texts.days + 1)):
        services.purge_records()
    said.refresh_from_db()
    assert (said.text, said.score) == ("", 4)


def test_the_desk_leaves_out_listings_of_a_suspended_owner(
    cast: Cast, broker: Broker, need: Any
) -> None:
    type(need).objects.filter(pk=need.pk).update(
        published_at=clock.now() - timedelta(days=60), contact_route="broker"
    )
    assert [row.pk for row in brokerage.quiet_needs()] == [need.pk]
    assert [row.pk for row in brokerage.listings_through_brokers()] == [need.pk]
    Organization.objects.filter(pk=cast.enterprise.pk).update(status="suspended")
    assert brokerage.quiet_needs() == []
    assert brokerage.listings_through_brokers() == []


def test_the_subject_of_an_introduction_belongs_to_one_of_its_parties(
    cast: Cast, broker: Broker, need: Any
) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_introduction(broker, cast.university, cast.other_enterprise, need)
    assert set(refused.value.errors) == {"listing"}


def test_a_note_that_names_a_hidden_owner_is_refused_to_who_knows_it_alone(
    cast: Cast, broker: Broker
) -> None:
    hidden = make_need(
        cast.enterprise, cast.member, title="匿名难题", state="published", hide_owner=True
    )
    make_mandate(broker, cast.enterprise, cast.approver, listing=hidden)
    make_mandate(broker, cast.enterprise, cast.approver, exclusive=False)
    broker.user.forget_access()
    enquiry = make_enquiry(hidden, cast.university, cast.university_member)
    claim = introductions.claim_of_enquiry(
        enquiry, note=f"陪同到{cast.enterprise.name}看样", evidence="enquiry", at=clock.now()
    )
    with pytest.raises(InvalidInput) as refused:
        introductions.record_introduction(broker, claim, actor=broker.user)
    assert set(refused.value.errors) == {"note"}
    claim = introductions.claim_of_enquiry(
        enquiry, note="陪同到厂里看样", evidence="enquiry", at=clock.now()
    )
    row = introductions.record_introduction(broker, claim, actor=broker.user)
    with pytest.raises(InvalidInput) as named:
        introductions.answer_introduction(
            row,
            side=cast.enterprise.code,
            answer="disputed",
            reason=f"{cast.enterprise.name}与对方早已相识",
            actor=cast.approver,
        )
    assert set(named.value.errors) == {"reason"}
