"""Ten days after an introduction without an enquiry both sides are asked whether the other got in touch."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage import queries, tasks
from marketplace.brokerage.models import Broker, Introduction
from marketplace.brokerage.services import introductions, met
from marketplace.brokerage.services.introductions import Claim, Party
from marketplace.enquiries.models import Enquiry, MetQuestion
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import kind_of, make_introduction
from tests.factories.needs import make_need
from tests.factories.parties import make_uscc

pytestmark = pytest.mark.django_db

TEN_DAYS = timedelta(days=10)
ASKED = "关于“胶黏剂难题”，对方与您联系上了吗？"
Drain = Callable[[], int]


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, title="胶黏剂难题", state="published")


@pytest.fixture
def broker(cast: Cast) -> Broker:
    return make_broker(cast.broker)


@pytest.fixture
def claim(cast: Cast, broker: Broker, need: Any, drain: Drain) -> Introduction:
    """After a meeting: there is no enquiry."""
    row = make_introduction(broker, cast.enterprise, cast.university, need)
    drain()
    row.refresh_from_db()
    return row


def asked() -> set[str]:
    """Who has been asked, by name."""
    rows = Notice.objects.filter(kind="brokerage.introduction")
    return {row.recipient.name for row in rows if ASKED in row.title}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_both_sides_are_asked_on_the_tenth_day_once(
    cast: Cast, claim: Introduction, drain: Drain
) -> None:
    assert claim.ask_met_at == claim.at + TEN_DAYS
    assert not MetQuestion.objects.exists()
    due = claim.at + TEN_DAYS - clock.now()
    with clock.shift(due - timedelta(seconds=5)):
        tasks.ask_whether_met()
        assert Entry.objects.filter(event="MeetingAsked").count() == 0
    with clock.shift(due + timedelta(seconds=5)):
        with pytest.raises(Refused, match="还没有到询问的日期"):
            met.answer_met(claim, answer="yes", actor=cast.approver)
        for _time in range(2):
            tasks.ask_whether_met()
            drain()
    assert Entry.objects.filter(event="MeetingAsked").count() == 1
    expected = {cast.approver, cast.org_admin, cast.university_admin}
    assert asked() == {person.name for person in expected}


def test_each_side_answers_by_one_click_and_may_change_it(
    cast: Cast, claim: Introduction, drain: Drain
) -> None:
    Introduction.objects.update(ask_met_at=clock.now())
    url = reverse("brokerage:introduction", args=[claim.code])
    client = signed_in(cast.approver)
    assert 'name="met"' not in client.get(url).content.decode()
    assert client.post(url, {"act": "met", "met": "yes", "rev": 1}).status_code == 409
    tasks.ask_whether_met()
    page = client.get(url).content.decode()
    assert page.count('name="met"') == 2
    claim.refresh_from_db()
    before = (claim.rev, claim.status)
    assert client.post(url, {"act": "met", "met": "perhaps"}).status_code == 400
    wrong = {"act": "met", "met": "yes", "side": cast.university.code}
    assert client.post(url, wrong).status_code == 400
    assert list(claim.sides.values_list("met", flat=True)) == ["", ""]
    # No version is needed: it rests on nothing that others have written.
    assert client.post(url, {"act": "met", "met": "no"}).status_code == 302
    own, other = claim.sides.order_by("pk")
    assert (own.met, own.organization_id, other.met) == ("no", cast.enterprise.pk, "")
    assert 'name="met"' not in client.get(url).content.decode()
    assert "没有联系" in signed_in(cast.university_admin).get(url).content.decode()
    for _time in range(2):
        met.answer_met(claim, answer="yes", actor=cast.org_admin)
    own.refresh_from_db()
    assert own.met == "yes"
    said = Entry.objects.filter(event="MeetingAnswered").order_by("pk")
    assert [row.payload["answer"] for row in said] == ["no", "yes"]
    claim.refresh_from_db()
    assert (claim.rev, claim.status) == before


def test_only_who_binds_a_side_answers(cast: Cast, claim: Introduction) -> None:
    Introduction.objects.update(ask_met_at=clock.now())
    tasks.ask_whether_met()
    claim.refresh_from_db()
    for person in (cast.member, cast.broker, cast.operator, cast.outsider):
        with pytest.raises(Forbidden):
            met.answer_met(claim, answer="yes", actor=person)
    with pytest.raises(InvalidInput):
        met.answer_met(claim, answer="", actor=cast.approver)
    with pytest.raises(InvalidInput):
        met.answer_met(claim, answer="yes", side="JG-none", actor=cast.approver)
    assert set(claim.sides.values_list("met", flat=True)) == {""}
    assert queries.sides_asked_whether_met(cast.broker, claim) == []


def test_the_api_takes_the_answer(cast: Cast, claim: Introduction) -> None:
    client = signed_in(cast.university_admin)
    detail = reverse("api:introduction_detail", args=[claim.code])
    url = reverse("api:introduction_met", args=[claim.code])
    assert "met" not in client.get(detail).json()["available_actions"]
    early = client.post(url, {"answer": "yes"}, content_type="application/json")
    assert early.status_code == 409
    Introduction.objects.update(ask_met_at=clock.now())
    tasks.ask_whether_met()
    assert "met" in client.get(detail).json()["available_actions"]
    bad = client.post(url, {"answer": "maybe"}, content_type="application/json")
    assert bad.status_code == 400
    done = client.post(url, {"answer": "yes"}, content_type="application/json")
    assert done.status_code == 200
    assert [side["met"] for side in done.json()["sides"]] == ["", "yes"]
    assert "met" not in done.json()["available_actions"]


@pytest.mark.parametrize("asker_is_first", [True, False])
def test_the_enquiry_of_the_pair_asks_where_there_is_one(
    cast: Cast, broker: Broker, need: Any, drain: Drain, asker_is_first: bool
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    pair = (cast.university, cast.enterprise)
    one, other = pair if asker_is_first else pair[::-1]
    row = make_introduction(broker, one, other, need)
    drain()
    question = MetQuestion.objects.get(occasion=f"introduction:{row.code}")
    assert (question.enquiry_id, question.ask_at) == (enquiry.pk, row.at + TEN_DAYS)
    row.refresh_from_db()
    assert row.ask_met_at is None


def test_an_erased_enquiry_and_that_of_another_listing_ask_nothing(
    cast: Cast, broker: Broker, need: Any, drain: Drain
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    Enquiry.objects.filter(pk=enquiry.pk).update(erased_at=clock.now())
    other = make_need(cast.enterprise, cast.member, title="涂布难题", state="published")
    make_enquiry(other, cast.university, cast.university_member)
    row = make_introduction(broker, cast.enterprise, cast.university, need)
    drain()
    row.refresh_from_db()
    assert row.ask_met_at == row.at + TEN_DAYS
    assert not MetQuestion.objects.filter(occasion=f"introduction:{row.code}").exists()


def test_a_party_from_outside_is_not_asked_and_the_other_is(
    cast: Cast, broker: Broker, need: Any, drain: Drain
) -> None:
    stranger = Party(uscc=make_uscc(77), name="外地研究院")
    made = Claim(
        (Party(cast.enterprise), stranger),
        kind_of(need),
        need,
        "meeting",
        clock.now() - timedelta(hours=1),
        "在开发区会议室谈了中试条件。",
    )
    row = introductions.record_introduction(broker, made, actor=broker.user)
    drain()
    Introduction.objects.update(ask_met_at=clock.now())
    tasks.ask_whether_met()
    drain()
    assert asked() == {cast.approver.name, cast.org_admin.name}
    assert met.answer_met(row, answer="no", actor=cast.approver).met == "no"


def test_a_claim_that_was_taken_back_asks_nobody(
    cast: Cast, broker: Broker, claim: Introduction, drain: Drain
) -> None:
    introductions.withdraw_introduction(claim, reason="登记有误", actor=broker.user)
    Introduction.objects.update(ask_met_at=clock.now())
    tasks.ask_whether_met()
    drain()
    assert asked() == set()
    assert Introduction.objects.get().met_asked_at is None
