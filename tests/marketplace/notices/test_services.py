"""Notifying: whom, in which words, once, and by mail."""

import smtplib
from dataclasses import dataclass

from django.core import mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

import pytest

from marketplace.journal.models import Delivery, Entry
from marketplace.journal.services import publish
from marketplace.kernel import events
from marketplace.kernel.events import Event
from marketplace.notices import kinds, queries, services
from marketplace.notices.models import Notice
from tests.factories.notices import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(monkeypatch):
    """English words for our msgids, without a catalogue."""
    words = {"需求“%(title)s”被退回": "Need “%(title)s” was returned", "您好": "Hello"}

    def fake(msgid):
        return words.get(msgid, msgid) if translation.get_language() == "en" else msgid

    monkeypatch.setattr("marketplace.notices.models.gettext", fake)


def send(reader, **more):
    more.setdefault("title", _("需求“%(title)s”被退回"))
    more.setdefault("params", {"title": "低温催化"})
    more.setdefault("url", "/workbench/needs/XQ2026-7KQ4ZM-H/")
    people = reader if isinstance(reader, list) else [reader]
    return services.notify(more.pop("kind", "tests.returned"), people, **more)


def test_notice_is_put_before_its_reader(reader, other):
    assert send(reader, body="请补充指标") == 1
    notice = queries.notices_of(reader).get()
    assert notice.code.startswith("TZ")
    assert notice.title == "需求“低温催化”被退回"
    assert notice.title_id == "需求“%(title)s”被退回"
    assert notice.body == "请补充指标"
    assert notice.read_at is None
    assert not queries.notices_of(other).exists()


def test_words_are_in_the_language_of_the_moment(reader, english):
    with translation.override("en"):
        send(reader)
        notice = queries.notices_of(reader).get()
        assert notice.title == "Need “低温催化” was returned"
    assert notice.title == "需求“低温催化”被退回"


@pytest.mark.parametrize(
    ("title", "params", "shown"),
    [
        ("成功率 100%", {}, "成功率 100%"),
        ("缺少 %(absent)s", {"title": "x"}, "缺少 %(absent)s"),
        ("%(title)s", {"title": "<script>%(x)s"}, "<script>%(x)s"),
        ("共 %(count)d 项", {"count": 3}, "共 3 项"),
    ],
)
def test_odd_words_never_break_the_list(reader, title, params, shown):
    send(reader, title=title, params=params)
    assert queries.notices_of(reader).get().title == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "needs/",
    ],
)
def test_foreign_addresses_are_refused(reader, url):
    with pytest.raises(ValueError, match="this site"):
        send(reader, url=url)


def test_unknown_kind_is_a_mistake(reader):
    with pytest.raises(LookupError):
        send(reader, kind="tests.unknown")
    with pytest.raises(TypeError):
        kinds.register("tests.returned", "另一个名字")


def test_inactive_people_and_nobody_get_nothing(reader):
    reader.is_active = False
    reader.save()
    assert send([reader]) == 0
    assert send([]) == 0
    assert not Entry.objects.exists()


def test_dedupe_key_makes_it_once_for_each_reader(reader, other):
    assert send(reader, dedupe="due:1") == 1
    assert send([reader, other], dedupe="due:1") == 1
    assert send(reader, dedupe="due:2") == 1
    assert send(reader, dedupe="due:1", kind="tests.matched") == 1
    assert queries.notices_of(reader).count() == 3
    assert queries.notices_of(other).count() == 1


def test_without_a_key_outside_a_handler_each_call_counts(reader):
    assert send(reader) == 1
    assert send(reader) == 1


def test_repeated_handler_makes_nothing_twice(reader, drain, monkeypatch):
    for table in ("_events", "_handlers", "_listeners"):
        monkeypatch.setattr(events, table, dict(getattr(events, table)))

    @dataclass(frozen=True, kw_only=True)
    class ThingReturned(Event):
        subject_kind = "tests.thing"
        label = "退回"

    @events.on(ThingReturned)
    def tell(event):
        send(reader, subject=("tests.thing", event.subject_id))
        send(reader, kind="tests.matched")

    with transaction.atomic():
        entry = publish(ThingReturned(subject_id=5), actor=None)
    drain()
    assert queries.notices_of(reader).count() == 2
    assert set(queries.notices_of(reader).values_list("entry_id", flat=True)) == {entry.pk}
    assert len(mail.outbox) == 1
    Delivery.objects.update(status="pending")
    drain()
    assert queries.notices_of(reader).count() == 2
    assert len(mail.outbox) == 1
    with transaction.atomic():
        publish(ThingReturned(subject_id=5), actor=None)
    drain()
    assert queries.notices_of(reader).count() == 4


def test_many_readers_cost_few_queries(reader, django_assert_max_num_queries):
    people = [make_reader(f"p{number}@example.com") for number in range(600)]
    with django_assert_max_num_queries(24):
        assert send(people) == 600
    assert Entry.objects.filter(event="NoticesPosted").count() == 2


# --- mail -------------------------------------------------------------------------------------
def test_mail_is_plain_text_with_a_link(reader, drain, settings):
    settings.SITE_URL = "https://market.example"
    send(reader, body="请补充指标")
    drain()
    message = mail.outbox[0]
    notice = queries.notices_of(reader).get()
    assert message.to == ["reader@example.com"]
    assert message.subject == f"[{settings.SITE_NAME}] 需求“低温催化”被退回"
    assert f"https://market.example/workbench/notices/{notice.code}/" in message.body
    assert "李明，您好：" in message.body
    assert "请补充指标" in message.body
    assert message.content_subtype == "plain"
    assert message.alternatives == [] if hasattr(message, "alternatives") else True
    assert message.extra_headers["Message-ID"] == f"<{notice.code}@market.example>"
    assert (notice.mail, notice.mailed_at is not None) == ("sent", True)


def test_mail_speaks_the_readers_language(reader, drain, english):
    reader.language = "en"
    reader.save()
    send(reader)
    drain()
    assert "Need “低温催化” was returned" in mail.outbox[0].subject
    assert "/en/workbench/notices/" in mail.outbox[0].body


def test_line_breaks_in_a_title_do_not_reach_the_headers(reader, drain):
    send(reader, params={"title": "a\r\nBcc: evil@example.com"})
    drain()
    assert mail.outbox[0].subject.endswith("需求“a Bcc: evil@example.com”被退回")
    assert mail.outbox[0].recipients() == ["reader@example.com"]


def test_kind_default_and_own_choice_decide(reader, other, drain):
    services.choose_mail(other, ["tests.matched"])
    send([reader, other], kind="tests.returned")
    send([reader, other], kind="tests.matched")
    drain()
    assert sorted((message.to[0], message.subject[-4:]) for message in mail.outbox) == [
        ("other@example.com", "”被退回"),
        ("reader@example.com", "”被退回"),
    ]
    assert [notice.kind for notice in Notice.objects.filter(mail="sent", recipient=other)] == [
        "tests.matched"
    ]


def test_unconfirmed_address_gets_no_mail(drain):
    send(make_reader("new@example.com", email_verified_at=None))
    send(make_reader(email=None, phone="+8613800138000"))
    drain()
    assert mail.outbox == []
    assert set(Notice.objects.values_list("mail", flat=True)) == {"none"}


def test_failed_mail_is_tried_again_and_the_others_go_once(reader, other, drain, monkeypatch):
    down = {"reader@example.com"}
    original = services._mail_of

    def flaky(notice):
        if notice.recipient.email in down:
            raise smtplib.SMTPServerDisconnected
        return original(notice)

    monkeypatch.setattr(services, "_mail_of", flaky)
    send([reader, other])
    drain()
    assert [message.to for message in mail.outbox] == [["other@example.com"]]
    delivery = Delivery.objects.get(handler="notices.handlers.send_mails")
    assert (delivery.status, delivery.attempts) == ("pending", 1)
    down.clear()
    Delivery.objects.update(next_try_at=delivery.entry.at)
    drain()
    assert [message.to[0] for message in mail.outbox] == ["other@example.com", "reader@example.com"]


def test_refused_recipient_is_not_tried_again(reader, drain, monkeypatch):
    def refuse(_notice):
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr(services, "_mail_of", refuse)
    send(reader)
    drain()
    assert queries.notices_of(reader).get().mail == "failed"
    assert Delivery.objects.get(handler="notices.handlers.send_mails").status == "done"


# --- reading ----------------------------------------------------------------------------------
def test_first_reading_counts(reader):
    send(reader)
    notice = queries.notices_of(reader).get()
    services.mark_read(notice)
    notice.refresh_from_db()
    first = notice.read_at
    services.mark_read(notice)
    notice.refresh_from_db()
    assert notice.read_at == first


def test_unread_count_is_one_query_and_capped(
    reader, other, django_assert_num_queries, monkeypatch
):
    send([reader, other])
    send(reader)
    with django_assert_num_queries(1):
        assert queries.unread_count(reader) == 2
    monkeypatch.setattr(queries, "COUNTED", 1)
    assert queries.unread_count(reader) == 1
    assert services.mark_all_read(reader) == 2
    assert (queries.unread_count(reader), queries.unread_count(other)) == (0, 1)


def test_unread_come_first_then_the_newest(reader):
    for name in ("a", "b", "c"):
        send(reader, params={"title": name})
    services.mark_read(Notice.objects.get(params={"title": "c"}))
    assert [notice.params["title"] for notice in queries.notices_of(reader)] == ["b", "a", "c"]


def test_choices_are_kept_for_every_kind(reader):
    assert [(c.kind, c.mail) for c in queries.mail_choices(reader)] == [
        ("tests.returned", True),
        ("tests.matched", False),
    ]
    services.choose_mail(reader, ["tests.matched", "tests.unknown"])
    services.choose_mail(reader, ["tests.matched"])
    assert [(c.kind, c.mail) for c in queries.mail_choices(reader)] == [
        ("tests.returned", False),
        ("tests.matched", True),
    ]


def test_an_address_is_kept_in_the_default_language() -> None:
    with translation.override("en"):
        assert services.address_of("needs:manage", "XQ2026-7KQ4ZM-H") == (
            "/workbench/needs/XQ2026-7KQ4ZM-H/"
        )
