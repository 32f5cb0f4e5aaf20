"""The answer clock: reminders, leads and the questions that follow, at exact instants."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from django.core import mail
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

import pytest

from deploy.beat import schedule
from deploy.celery import app
from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry, Lead, MetQuestion
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.notices.sms import MemoryBackend
from marketplace.workbench import queries as workbench
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.parties import make_member, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def achievement(cast: Cast) -> Any:
    return make_achievement(
        cast.university, cast.university_member, title="低甲醛胶黏剂", state="published"
    )


def at(text: str) -> timedelta:
    """How far the clock must be moved to stand at this instant of Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI) - clock.now()


def run(task: str) -> None:
    """What beat would send."""
    app.loader.import_default_modules()
    app.tasks[schedule()[task]["task"]]()


def ask(cast: Cast, listing: Any, **values: Any) -> Enquiry:
    """The enterprise asks the university."""
    return make_enquiry(listing, cast.enterprise, cast.member, **values)


# --- the clock --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "reminded", "told"),
    [
        # Before the Spring Festival of 2026: Saturday the 14th is worked, 15th to 23rd is free.
        ("2026-02-12 10:00", "2026-02-15", "2026-02-27"),
        # Around the worked Sunday of 20 September and the Mid-autumn Festival on Friday the 25th.
        ("2026-09-18 23:30", "2026-09-22", "2026-09-25"),
        # A plain week.
        ("2026-03-09 00:10", "2026-03-12", "2026-03-17"),
    ],
)
def test_silence_becomes_a_lead_on_the_right_working_day(
    cast: Cast,
    achievement: Any,
    drain: Callable[[], int],
    asked: str,
    reminded: str,
    told: str,
) -> None:
    with clock.shift(at(asked)):
        enquiry = ask(cast, achievement, pool_consent=True)
        drain()
    assert clock.day_of(enquiry.answer_due_at).isoformat() == told
    assert not enquiry.due_is_estimated

    def notices(kind: str) -> int:
        drain()
        return Notice.objects.filter(kind=kind).count()

    with clock.shift(at(f"{reminded} 00:00") - timedelta(seconds=30)):
        run("enquiries.follow_silence")
        assert notices("enquiries.reminder") == 0
    with clock.shift(at(f"{reminded} 00:00") + timedelta(seconds=30)):
        run("enquiries.follow_silence")
        run("enquiries.follow_silence")
        assert notices("enquiries.reminder") == 1
        assert Notice.objects.get(kind="enquiries.reminder").recipient == cast.university_member
    with clock.shift(at(f"{told} 00:00") - timedelta(seconds=30)):
        run("enquiries.follow_silence")
        assert notices("enquiries.silent") == 0
        assert not Lead.objects.exists()
    with clock.shift(at(f"{told} 00:00") + timedelta(seconds=30)):
        run("enquiries.follow_silence")
        run("enquiries.follow_silence")
        assert notices("enquiries.silent") == 1
        assert Notice.objects.get(kind="enquiries.silent").recipient == cast.member
        lead = Lead.objects.get()
        assert (lead.status, lead.enquiry_id) == ("open", enquiry.pk)


def test_without_consent_nobody_else_learns_of_it(
    cast: Cast, achievement: Any, drain: Callable[[], int]
) -> None:
    with clock.shift(at("2026-03-09 10:00")):
        ask(cast, achievement)
    with clock.shift(at("2026-03-20 10:00")):
        run("enquiries.follow_silence")
        drain()
    assert not Lead.objects.exists()
    assert Notice.objects.filter(kind="enquiries.silent", recipient=cast.member).count() == 1


def test_a_second_question_does_not_begin_the_period_anew(cast: Cast, achievement: Any) -> None:
    with clock.shift(at("2026-03-09 10:00")):
        enquiry = ask(cast, achievement)
        due = enquiry.answer_due_at
    with clock.shift(at("2026-03-11 10:00")):
        services.write(enquiry, "补充一个问题", actor=cast.member)
    enquiry.refresh_from_db()
    assert enquiry.answer_due_at == due
    with clock.shift(at("2026-03-12 10:00")):
        services.write(enquiry, "收到，请看附件", actor=cast.university_member)
    enquiry.refresh_from_db()
    assert enquiry.answer_due_at is None
    assert clock.day_of(enquiry.remind_at).isoformat() == "2026-03-17"


def test_a_year_without_a_calendar_is_estimated(cast: Cast, achievement: Any) -> None:
    with clock.shift(at("2027-01-29 10:00")):
        enquiry = ask(cast, achievement)
    assert enquiry.due_is_estimated
    assert clock.day_of(enquiry.answer_due_at).isoformat() == "2027-02-06"


# --- leads ------------------------------------------------------------------------------------
@pytest.fixture
def lead(cast: Cast, achievement: Any) -> Lead:
    enquiry = ask(cast, achievement, pool_consent=True)
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now())
    services.tell_waiting()
    return Lead.objects.get()


def test_a_broker_sees_the_text_only_when_the_asker_names_him(cast: Cast, lead: Lead) -> None:
    assert list(queries.open_leads(cast.broker)) == [lead]
    # A broker may work alone: the first page asks for leads, not for an organisation.
    titles = [row.title for row in workbench.todos(cast.broker)]
    assert "1 条线索可以领取" in titles
    assert "登记或加入你的单位" not in titles
    assert list(queries.open_leads(cast.member)) == []
    assert not cast.broker.has_perm("enquiries.view_enquiry", lead.enquiry)
    for person in (cast.member, cast.operator, cast.expert):
        with pytest.raises(Forbidden):
            services.take_lead(lead, actor=person)
    taken = services.take_lead(lead, actor=cast.broker, rev=lead.rev)
    assert not cast.broker.has_perm("enquiries.view_enquiry", taken.enquiry)
    assert list(queries.visible_to(cast.broker)) == []
    for person in (cast.university_member, cast.broker, cast.outsider):
        with pytest.raises(Forbidden):
            services.confirm_broker(taken, broker_id=cast.broker.pk, actor=person)
    with pytest.raises(Stale):
        services.confirm_broker(taken, broker_id=cast.expert.pk, actor=cast.member)
    confirmed = services.confirm_broker(
        taken, broker_id=cast.broker.pk, actor=cast.member, rev=taken.rev
    )
    assert confirmed.status == "confirmed"
    [seen] = queries.visible_to(cast.broker)
    assert cast.broker.has_perm("enquiries.view_enquiry", seen)
    assert not cast.broker.has_perm("enquiries.write_enquiry", seen)
    back = services.hand_back_lead(confirmed, actor=cast.broker, reason="领域不熟")
    assert (back.status, back.broker_id) == ("open", None)
    assert list(queries.visible_to(cast.broker)) == []
    assert [row.outcome for row in back.takings.all()] == ["handed_back"]


def test_a_lead_on_which_nothing_happens_goes_back_and_an_old_one_lapses(
    cast: Cast, lead: Lead
) -> None:
    services.take_lead(lead, actor=cast.broker)
    with clock.shift(timedelta(days=7, minutes=-1)):
        run("enquiries.lapse_leads")
        lead.refresh_from_db()
        assert lead.status == "taken"
    with clock.shift(timedelta(days=7, minutes=1)):
        run("enquiries.lapse_leads")
        lead.refresh_from_db()
        assert (lead.status, lead.broker_id) == ("open", None)
        assert [row.outcome for row in lead.takings.all()] == ["lapsed"]
    with clock.shift(timedelta(days=70)):
        run("enquiries.lapse_leads")
        lead.refresh_from_db()
        assert lead.status == "lapsed"
        with pytest.raises(Refused):
            services.take_lead(lead, actor=cast.broker)


def test_the_asker_may_refuse_and_the_first_answer_ends_the_lead(
    cast: Cast, lead: Lead, drain: Callable[[], int]
) -> None:
    taken = services.take_lead(lead, actor=cast.broker)
    services.refuse_broker(taken, actor=cast.member)
    again = services.take_lead(lead, actor=cast.broker)
    assert [row.outcome for row in again.takings.order_by("id")] == ["declined", ""]
    services.write(lead.enquiry, "抱歉晚了，可以谈", actor=cast.university_member)
    drain()
    lead.refresh_from_db()
    assert lead.status == "closed"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)")
def test_of_brokers_who_take_a_lead_at_once_one_has_it(cast: Cast, lead: Lead) -> None:
    people = [cast.broker, *(make_staff("broker", email=f"b{n}@example.com") for n in range(3))]
    gate = threading.Barrier(len(people), timeout=60)

    def take(person: Any) -> bool:
        gate.wait()
        try:
            services.take_lead(lead, actor=person)
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        assert sorted(pool.map(take, people)) == [False, False, False, True]
    assert lead.takings.count() == 1


def test_a_visitor_names_the_broker_and_takes_the_enquiry_along(
    cast: Cast, achievement: Any, drain: Callable[[], int]
) -> None:
    enquiry = make_visitor_enquiry(achievement, contact="wei@example.com", pool_consent=True)
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now())
    services.tell_waiting()
    lead = services.take_lead(Lead.objects.get(), actor=cast.broker)
    stranger, guest = services.Guest(0), services.Guest(enquiry.pk)
    with pytest.raises(Forbidden):
        services.confirm_broker(lead, broker_id=cast.broker.pk, actor=stranger)
    services.confirm_broker(lead, broker_id=cast.broker.pk, actor=guest, rev=lead.rev)
    assert [row.pk for row in queries.visible_to(cast.broker)] == [enquiry.pk]
    with pytest.raises(Forbidden):
        services.move_visitor_enquiry(enquiry, to=cast.enterprise, actor=cast.member)
    person = make_member(cast.enterprise, email="wei@example.com")
    assert [row.pk for row in queries.visitor_enquiries_of(person)] == [enquiry.pk]
    moved = services.move_visitor_enquiry(enquiry, to=cast.enterprise, actor=person)
    assert (moved.asker_id, moved.visitor_id) == (cast.enterprise.pk, None)
    assert cast.member.has_perm("enquiries.write_enquiry", moved)


# --- have they met? ---------------------------------------------------------------------------
def test_ten_days_after_the_first_answer_both_sides_are_asked_once(
    cast: Cast, achievement: Any, drain: Callable[[], int]
) -> None:
    enquiry = ask(cast, achievement, state="talking", owner=cast.university_member)
    drain()
    question = MetQuestion.objects.get()
    assert not services.ask_whether_they_met(enquiry, occasion="answer")
    with pytest.raises(Refused):
        services.answer_met(question, answer="yes", actor=cast.member)
    with clock.shift(timedelta(days=10, minutes=1)):
        run("enquiries.ask_whether_met")
        run("enquiries.ask_whether_met")
    drain()
    kind = Notice.objects.filter(kind="enquiries.met")
    assert {row.recipient for row in kind} == {cast.member, cast.university_member}
    services.answer_met(question, answer="yes", actor=cast.member)
    services.answer_met(question, answer="no", actor=cast.university_admin)
    question.refresh_from_db()
    assert (question.asker_answer, question.owner_answer) == ("yes", "no")
    with pytest.raises(Forbidden):
        services.answer_met(question, answer="yes", actor=cast.outsider)
    assert queries.met_answers([enquiry.pk])[enquiry.pk] == [question]


# --- how fast an organisation answers ---------------------------------------------------------
def test_the_median_counts_working_days_from_five_enquiries_on(cast: Cast) -> None:
    starts = ("2026-02-12", "2026-03-09", "2026-03-09", "2026-03-09", "2026-03-09")
    answers = ("2026-02-24", "2026-03-09", "2026-03-10", "2026-03-16", None)
    for number, (start, answer) in enumerate(zip(starts, answers, strict=True)):
        listing = make_achievement(
            cast.university, cast.university_member, title=f"成果{number}", state="published"
        )
        if number == 4:
            found = queries.responses_of([cast.university.pk])[cast.university.pk]
            assert (found.count, found.days) == (4, None)
        with clock.shift(at(f"{start} 10:00")):
            enquiry = ask(cast, listing)
        if answer:
            with clock.shift(at(f"{answer} 16:00")):
                services.write(enquiry, "可以", actor=cast.university_member)
    found = queries.responses_of([cast.university.pk])[cast.university.pk]
    # 2, 0, 1 and 5 working days, and one without an answer.
    assert (found.count, found.answered, found.days) == (5, 4, 1)
    assert found.last_active is not None
    assert found.last_active.isoformat() == "2026-03-16"


# --- visitors ---------------------------------------------------------------------------------
def test_a_visitor_is_told_of_silence_and_of_each_broker_by_a_link(
    cast: Cast, achievement: Any, drain: Callable[[], int]
) -> None:
    with clock.shift(at("2026-03-09 10:00")):
        enquiry = make_visitor_enquiry(achievement, pool_consent=True, text="金丝雀的问题")
        drain()
    mail.outbox.clear()
    with clock.shift(at("2026-03-17 10:00")):
        for _time in range(2):
            run("enquiries.follow_silence")
            drain()
        [told] = [row for row in mail.outbox if row.to == ["visitor@example.com"]]
        assert "您的咨询还没有得到答复" in told.subject
        assert "金丝雀" not in told.subject + told.body
        assert "/enquiries/by-link/" in told.body
        lead = Lead.objects.get(enquiry=enquiry)
        first, second = cast.broker, make_staff("broker", name="第二经纪")
        for broker in (first, second):
            mail.outbox.clear()
            lead = services.take_lead(lead, actor=broker)
            drain()
            drain()
            [asked] = [row for row in mail.outbox if row.to == ["visitor@example.com"]]
            assert "有技术经纪人愿意跟进您的咨询" in asked.subject
            assert "金丝雀" not in asked.subject + asked.body
            lead = services.hand_back_lead(lead, actor=broker)


def test_a_visitor_with_a_mobile_number_is_told_by_sms(
    cast: Cast, achievement: Any, drain: Callable[[], int]
) -> None:
    with clock.shift(at("2026-03-09 10:00")):
        make_visitor_enquiry(achievement, contact="+8613800000001")
        drain()
    MemoryBackend.outbox.clear()
    with clock.shift(at("2026-03-17 10:00")):
        run("enquiries.follow_silence")
        drain()
    assert [row["template"] for row in MemoryBackend.outbox] == ["visitor_silent"]
    assert not Lead.objects.exists()


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_visitor_is_asked_by_a_link_and_answers_by_one_click(
    cast: Cast, achievement: Any, drain: Callable[[], int], answer: str
) -> None:
    with clock.shift(at("2026-03-09 10:00")):
        enquiry = make_visitor_enquiry(achievement, text="金丝雀的问题")
        services.write(enquiry, "金丝雀的答复", actor=cast.university_member, seen=None)
        drain()
    mail.outbox.clear()
    with clock.shift(at("2026-03-19 09:59")):
        run("enquiries.ask_whether_met")
        drain()
        assert [row.to for row in mail.outbox if row.to == ["visitor@example.com"]] == []
    with clock.shift(at("2026-03-19 10:01")):
        for _time in range(2):
            run("enquiries.ask_whether_met")
            drain()
        [asked] = [row for row in mail.outbox if row.to == ["visitor@example.com"]]
        assert "对方与您联系上了吗？" in asked.subject
        assert "金丝雀" not in asked.subject + asked.body
        [path] = re.findall(r"/enquiries/by-link/\S+", asked.body)
        question = MetQuestion.objects.get()
        client = Client()
        for _time in range(2):
            page = client.get(path).content.decode()
            assert 'name="met" value="yes"' in page
            assert "金丝雀" not in page
        question.refresh_from_db()
        assert (question.asker_answer, question.owner_answer) == ("", "")
        assert client.get(reverse("enquiries:visit")).status_code == 404
        # A word that is no answer, then the one click.
        assert client.post(path, {"met": "perhaps"}).status_code == 400
        question.refresh_from_db()
        assert question.asker_answer == ""
        assert client.post(path, {"met": answer}).status_code == 302
        question.refresh_from_db()
        assert (question.asker_answer, question.owner_answer) == (answer, "")
        assert 'name="met"' not in client.get(path).content.decode()
        assert 'name="met"' not in client.get(reverse("enquiries:visit")).content.decode()


def test_a_visitor_answers_on_the_page_of_the_enquiry_and_changes_the_answer(
    cast: Cast, achievement: Any, drain: Callable[[], int]
) -> None:
    enquiry = make_visitor_enquiry(achievement)
    services.ask_whether_they_met(enquiry, occasion="answer", at=clock.now() - timedelta(days=11))
    early = services.send_link
    client = Client()
    with transaction.atomic():
        early(enquiry)
    [path] = re.findall(r"/enquiries/by-link/\S+", mail.outbox[-1].body)
    assert 'name="met"' not in client.get(path).content.decode()
    assert client.post(path, {"met": "yes"}).status_code == 404
    assert MetQuestion.objects.get().asker_answer == ""
    run("enquiries.ask_whether_met")
    drain()
    visit = reverse("enquiries:visit")
    assert 'name="met" value="no"' in client.get(visit).content.decode()
    for answer in ("no", "yes"):
        assert client.post(visit, {"met": answer}).status_code == 302
        assert MetQuestion.objects.get().asker_answer == answer
    # A link that was made useless takes no answer.
    services.revoke_links(enquiry)
    assert client.post(path, {"met": "no"}).status_code == 409
    assert client.post(visit, {"met": "no"}).status_code == 404
    assert MetQuestion.objects.get().asker_answer == "yes"
