"""How what a visitor told comes to an end: by the visitor, by the clock, by the operator."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

import pytest

from deploy.celery import app
from marketplace.enquiries import services
from marketplace.enquiries.models import Enquiry, Message, RecordKind, VisitorContact
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.notices.models import Notice
from marketplace.notices.sms import MemoryBackend, SmsError
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.needs import make_need
from tests.marketplace.enquiries.test_visitors import asked

pytestmark = pytest.mark.django_db
CANARY = "金丝雀文字"


@pytest.fixture(autouse=True)
def code_lists(db: None) -> None:
    taxonomy.load_seeds()


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, state="published")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def run(name: str) -> None:
    app.loader.import_default_modules()
    app.tasks[name]()


def test_a_visitor_ends_the_enquiry_and_its_period_begins(
    cast: Cast, need: Any, drain: Callable[[], int]
) -> None:
    client, page = asked(need), reverse("enquiries:visit")
    shown = client.get(page)
    assert "结束咨询" in shown.text
    seen = str(Message.objects.latest("pk").pk)
    assert client.post(page, {"close": "1", "rev": seen}).status_code == 400
    services.write(Enquiry.objects.get(), "可以打样", actor=cast.member)
    # The owner has answered meanwhile: the visitor sees that before anything ends.
    stale = client.post(page, {"close": "1", "rev": seen, "reason": "has_source"})
    assert stale.status_code == 409
    assert "可以打样" in stale.text
    seen = str(Message.objects.latest("pk").pk)
    ended = client.post(page, {"close": "1", "rev": seen, "reason": "has_source"})
    assert ended.status_code == 302
    enquiry = Enquiry.objects.get()
    assert (enquiry.status, enquiry.closing_reason) == ("closed", "has_source")
    drain()
    assert Notice.objects.filter(kind="enquiries.closed", recipient=cast.member).exists()
    assert 'name="close"' not in client.get(page).text
    with clock.shift(timedelta(days=181)):
        run("enquiries.purge")
    assert CANARY not in "".join(Message.objects.values_list("text", flat=True))
    assert not VisitorContact.objects.filter(email="visitor@example.com").exists()


def test_what_nobody_writes_in_is_closed_by_the_clock_and_erased_in_time(
    cast: Cast, need: Any
) -> None:
    quiet = make_visitor_enquiry(need, text=CANARY)
    of_firm = make_enquiry(need, cast.university, cast.university_member)
    with clock.shift(timedelta(days=179)):
        run("enquiries.close_quiet")
        quiet.refresh_from_db()
        assert quiet.status == "open"
        # A message begins the period anew.
        services.write(quiet, "还需要吗？", actor=cast.member)
    with clock.shift(timedelta(days=181)):
        run("enquiries.close_quiet")
        quiet.refresh_from_db()
        assert quiet.status == "talking"
    with clock.shift(timedelta(days=360)):
        run("enquiries.close_quiet")
        quiet.refresh_from_db()
        of_firm.refresh_from_db()
        assert (quiet.status, of_firm.status) == ("closed", "open")
    with clock.shift(timedelta(days=541)):
        run("enquiries.purge")
    quiet.refresh_from_db()
    assert quiet.erased_at is not None
    assert CANARY not in "".join(Message.objects.values_list("text", flat=True))


def test_the_period_is_data(cast: Cast, need: Any) -> None:
    quiet = make_visitor_enquiry(need)
    kind = RecordKind.objects.get(code="visitor_quiet")
    services.change_period(kind, days=30, actor=cast.operator)
    with clock.shift(timedelta(days=31)):
        run("enquiries.close_quiet")
    quiet.refresh_from_db()
    assert quiet.status == "closed"


def test_the_operator_closes_and_erases_and_both_sides_are_told(
    cast: Cast, need: Any, drain: Callable[[], int]
) -> None:
    enquiry = make_visitor_enquiry(need, text=CANARY, contact="weg@example.com")
    drain()
    page, show = (
        reverse(name, args=[enquiry.code]) for name in ("enquiries:erase", "enquiries:show")
    )
    operator = signed_in(cast.operator)
    assert page in operator.get(show).text
    assert page not in signed_in(cast.member).get(show).text
    assert signed_in(cast.member).get(page).status_code == 403
    assert "不能恢复" in operator.get(page).text
    rev = str(Enquiry.objects.get().rev)
    assert operator.post(page, {"reason": "boredom", "rev": rev}).status_code == 400
    mail.outbox.clear()
    assert operator.post(page, {"reason": "withdrawn", "rev": rev}).status_code == 302
    [told] = [row for row in mail.outbox if row.to == ["weg@example.com"]]
    assert "已删除" in told.subject
    assert CANARY not in told.body
    enquiry.refresh_from_db()
    assert enquiry.status == "closed"
    assert enquiry.erased_at is not None
    assert not enquiry.links.exists()
    stored = str(list(Message.objects.values())) + str(list(VisitorContact.objects.values()))
    for text in (CANARY, "weg@example.com", "卫访客"):
        assert text not in stored
    mail.outbox.clear()
    drain()
    notices = Notice.objects.filter(kind="enquiries.closed", recipient=cast.member)
    assert any("已应请求删除" in row.title for row in notices)
    entry = Entry.objects.get(event="VisitorErased")
    assert entry.payload["reason"] == "withdrawn"
    assert page not in operator.get(show).text
    assert operator.post(page, {"reason": "withdrawn", "rev": enquiry.rev}).status_code == 409


def test_what_is_held_or_of_an_organisation_is_not_erased(cast: Cast, need: Any) -> None:
    enquiry = make_visitor_enquiry(need)
    services.hold_enquiry(enquiry, reason="双方有争议", actor=cast.operator)
    with pytest.raises(Refused):
        services.erase_visitor(enquiry, reason="withdrawn", actor=cast.operator)
    of_firm = make_enquiry(need, cast.university, cast.university_member)
    for actor, row in ((cast.operator, of_firm), (cast.auditor, enquiry), (cast.member, enquiry)):
        with pytest.raises(Forbidden):
            services.erase_visitor(row, reason="withdrawn", actor=actor)


def test_a_visitor_with_a_mobile_number_is_told_of_erasing_by_sms(cast: Cast, need: Any) -> None:
    enquiry = make_visitor_enquiry(need, contact="+8613800000001")
    MemoryBackend.outbox.clear()
    services.erase_visitor(enquiry, reason="withdrawn", actor=cast.operator)
    assert [row["template"] for row in MemoryBackend.outbox] == ["visitor_erased"]


@pytest.mark.parametrize("contact", ["weg@example.com", "+8613800000001"])
def test_a_message_that_fails_keeps_nothing_from_being_erased(
    cast: Cast, need: Any, contact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enquiry = make_visitor_enquiry(need, text=CANARY, contact=contact)

    def failing(*_args: Any, **_more: Any) -> None:
        if contact.startswith("+"):
            raise SmsError("away")
        raise SMTPRecipientsRefused({contact: (550, b"unknown")})

    for name in ("send_mail", "send_sms"):
        monkeypatch.setattr(f"marketplace.enquiries.services.visitors.{name}", failing)
    services.erase_visitor(enquiry, reason="withdrawn", actor=cast.operator)
    assert contact not in str(list(VisitorContact.objects.values()))


def test_an_erased_enquiry_of_a_visitor_is_not_opened_again(cast: Cast, need: Any) -> None:
    enquiry = make_visitor_enquiry(need, text=CANARY)
    services.erase_visitor(enquiry, reason="withdrawn", actor=cast.operator)
    with pytest.raises(Refused, match="已删除"):
        services.write(enquiry, "又有货了", actor=cast.member, reason="再谈")
    client, page = signed_in(cast.member), reverse("enquiries:show", args=[enquiry.code])
    newest = Message.objects.latest("pk").pk
    sent = client.post(page, {"text": "又有货了", "reason": "再谈", "rev": newest})
    assert sent.status_code in {404, 405, 409}
    enquiry.refresh_from_db()
    assert enquiry.status == "closed"


def test_what_a_firm_writes_after_erasing_is_erased_in_its_turn(cast: Cast, need: Any) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    services.close(enquiry, reason="no_answer", actor=cast.university_member)
    with clock.shift(timedelta(days=1200)):
        run("enquiries.purge")
        enquiry.refresh_from_db()
        assert enquiry.erased_at is not None
        services.write(enquiry, CANARY, actor=cast.university_member, reason="再问")
        services.close(enquiry, reason="no_answer", actor=cast.university_member)
    with clock.shift(timedelta(days=2400)):
        run("enquiries.purge")
    assert CANARY not in "".join(Message.objects.values_list("text", flat=True))
