"""What brokers hear of the way to an intent: stage, foreseen fee, the question after ten days."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker, CommissionEntry, Pursuit
from marketplace.brokerage.services import introductions
from marketplace.enquiries import services as enquiries
from marketplace.enquiries.models import MetQuestion
from marketplace.enquiries.rulebook import CHECKS, CLEAR
from marketplace.journal import services as journal
from marketplace.kernel import clock
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import make_mandate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def drain() -> None:
    while journal.drain():
        pass


def test_a_broker_of_the_asker_follows_is_named_and_has_a_fee(
    cast: Cast, client: Client, own_index: object
) -> None:
    broker: Broker = make_broker(cast.broker)
    need: Any = make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")
    mandate = make_mandate(broker, cast.university, cast.university_admin, rate_bp=200)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    drain()
    assert Pursuit.objects.get().broker == broker
    address = reverse("enquiries:show", args=[enquiry.code])
    for person, sees_code in ((cast.university_member, True), (cast.member, False)):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(address).text
        assert "受咨询方委托" in page
        assert (mandate.code in page) is sees_code
    intent = enquiries.propose_intent(
        enquiry,
        {
            "contract_kind": "development",
            "subject": "胶黏剂应用开发",
            "amount_fen": 100_000_000,
            "checks": {code: {"answer": CLEAR} for code in CHECKS},
        },
        actor=cast.university_admin,
    )
    enquiries.accept_intent(intent, actor=cast.approver)
    drain()
    fee = CommissionEntry.objects.get()
    assert (fee.mandate_id, fee.amount_fen) == (mandate.pk, 2_000_000)
    assert Notice.objects.filter(kind="brokerage.intent", recipient=broker.user).exists()


def test_a_new_mandate_of_an_asker_takes_up_what_was_asked(cast: Cast) -> None:
    broker: Broker = make_broker(cast.broker)
    need: Any = make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    make_mandate(broker, cast.university, cast.university_admin)
    drain()
    assert Pursuit.objects.get().enquiry == enquiry


def test_an_intent_moves_the_card_and_lets_the_fee_be_foreseen(
    cast: Cast, own_index: object
) -> None:
    broker: Broker = make_broker(cast.broker)
    need: Any = make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")
    mandate = make_mandate(broker, cast.enterprise, cast.approver, listing=need, rate_bp=350)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    drain()
    assert Pursuit.objects.get().stage == "lead"
    person = type(broker.user).objects.get(pk=broker.user_id)
    claim = introductions.claim_of_enquiry(enquiry, note="", evidence="enquiry", at=clock.now())
    row = introductions.record_introduction(broker, claim, actor=person)
    drain()
    assert Pursuit.objects.get().stage == "introduced"
    question = MetQuestion.objects.get(occasion=f"introduction:{row.code}")
    assert question.ask_at == row.at + timedelta(days=10)
    intent = enquiries.propose_intent(
        enquiry,
        {
            "contract_kind": "development",
            "subject": "胶黏剂应用开发",
            "amount_fen": 100_000_000,
            "checks": {code: {"answer": CLEAR} for code in CHECKS},
        },
        actor=cast.university_admin,
    )
    enquiries.accept_intent(intent, actor=cast.approver)
    drain()
    assert Pursuit.objects.get().stage == "intent"
    fee = CommissionEntry.objects.get()
    assert (fee.status, fee.amount_fen, fee.mandate_id) == ("foreseen", 3_500_000, mandate.pk)
    assert Notice.objects.filter(recipient=broker.user, kind="brokerage.intent").count() == 1
    drain()
    assert CommissionEntry.objects.count() == 1
