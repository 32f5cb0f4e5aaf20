"""Visitors without an account: nothing kept before the code, one enquiry by a link, a GET changes nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.enquiries import services
from marketplace.enquiries.models import Enquiry, Message, VisitorCode, VisitorContact, VisitorLink
from marketplace.enquiries.services import sealing
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.notices.sms import MemoryBackend
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

SAID = {
    "name": "卫访客",
    "organization": "费县卫家木业",
    "contact": "visitor@example.com",
    "text": "请问小批量打样需要多久？金丝雀文字",
    "consent": "on",
}


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, state="published")


def sealed_in(page: Any) -> str:
    return str(page.content.decode().split('name="sealed" value="')[1].split('"')[0])


def code_sent() -> str:
    return re.findall(r"\b\d{6}\b", mail.outbox[-1].body)[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def link_sent() -> str:
    """The path of the newest link."""
    [url] = re.findall(r"https?://\S+", mail.outbox[-1].body)
    return "/" + url.split("/", 3)[3]


def ask(need: Any, client: Client | None = None, **said: str) -> tuple[Client, Any, str]:
    """The two steps up to the code."""
    client = client or Client()
    address = reverse("enquiries:ask_visitor", args=["needs", need.code])
    page = client.post(address, {**SAID, **said})
    assert page.status_code == 200, page.content.decode()
    return client, page, address


def asked(need: Any, **said: str) -> Client:
    """A visitor who has confirmed."""
    client, page, address = ask(need, **said)
    answer = client.post(address, {"sealed": sealed_in(page), "code": code_sent()})
    assert answer.status_code == 302
    return client


def everything_stored() -> str:
    rows = [
        str(list(model._default_manager.values()))
        for model in apps.get_models()
        if model._meta.managed
    ]
    return "".join(rows)


def test_before_the_code_nothing_of_the_visitor_is_kept(need: Any) -> None:
    _client, page, _address = ask(need)
    assert "金丝雀" in page.content.decode()
    assert "金丝雀" not in mail.outbox[0].body + mail.outbox[0].subject
    assert "卫访客" not in mail.outbox[0].body
    kept = everything_stored()
    for secret in ("金丝雀", "卫访客", "visitor@example.com", "卫家木业", code_sent()):
        assert secret not in kept
    assert "金丝雀" not in sealed_in(page)
    assert VisitorCode.objects.count() == 1
    assert not Enquiry.objects.exists()


def test_the_code_makes_the_enquiry_and_the_link_opens_it_alone(cast: Cast, need: Any) -> None:
    client = asked(need)
    enquiry = Enquiry.objects.get()
    assert enquiry.visitor is not None
    assert (enquiry.visitor.email, enquiry.asker, enquiry.status) == (
        "visitor@example.com",
        None,
        "open",
    )
    assert "金丝雀" in client.get(reverse("enquiries:visit")).content.decode()
    path = link_sent()
    assert VisitorLink.objects.get().token_hash not in path
    assert path.rstrip("/").split("/")[-1] not in everything_stored()
    other = Client()
    page = other.get(path)
    assert page.status_code == 200
    assert "金丝雀" not in page.content.decode()
    # A program that scans mails has only looked: the page behind is still shut.
    assert other.get(reverse("enquiries:visit")).status_code == 404
    assert other.post(path).status_code == 302
    assert "金丝雀" in other.get(reverse("enquiries:visit")).content.decode()
    assert other.get(reverse("enquiries:inbox")).status_code == 302


def test_a_visitor_and_the_owner_talk(cast: Cast, need: Any, drain: Callable[[], int]) -> None:
    client = asked(need)
    enquiry = Enquiry.objects.get()
    services.write(enquiry, "一周左右，机密答复", actor=cast.member)
    drain()
    drain()
    told = [row for row in mail.outbox if row.to == ["visitor@example.com"]]
    assert len(told) == 3
    assert "机密答复" not in told[-1].body
    address = reverse("enquiries:visit")
    page = client.get(address).content.decode()
    assert "机密答复" in page
    rev = page.split('name="rev" value="')[1].split('"')[0]
    assert client.post(address, {"text": "好的，谢谢", "rev": rev}).status_code == 302
    assert Message.objects.latest("pk").side == "asker"
    # The owner has the name, and the address only where it was agreed to.
    owner = Client()
    owner.force_login(cast.member, backend="django.contrib.auth.backends.ModelBackend")
    shown = owner.get(reverse("enquiries:show", args=[enquiry.code])).content.decode()
    assert "卫家木业" in shown
    assert "visitor@example.com" not in shown


def test_a_second_question_of_the_same_contact_goes_into_the_first(need: Any) -> None:
    asked(need)
    asked(need, text="再问一句", name="卫先生")
    assert Enquiry.objects.count() == 1
    assert [row.text for row in Message.objects.order_by("pk")][-1] == "再问一句"
    assert VisitorContact.objects.count() == 1


def test_a_double_click_asks_once_and_a_used_code_confirms_nothing_else(need: Any) -> None:
    client, page, address = ask(need)
    sent = {"sealed": sealed_in(page), "code": code_sent()}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302
    assert Message.objects.count() == 1
    values = sealing.unseal(sealed_in(page), of=("needs", need.pk))
    with pytest.raises(InvalidInput):
        services.confirm({**values, "text": "另一个问题"}, sent["code"], network="n")


def test_wrong_late_and_too_many_codes_are_refused_at_the_field(need: Any) -> None:
    client, page, address = ask(need)
    sealed, code = sealed_in(page), code_sent()
    for _time in range(5):
        answer = client.post(address, {"sealed": sealed, "code": wrong(code)})
        assert answer.status_code == 400
        assert "金丝雀" in answer.content.decode()
    assert client.post(address, {"sealed": sealed, "code": code}).status_code == 400
    assert "再" not in str(Enquiry.objects.count())
    client.post(address, {"sealed": sealed, "again": "1"})
    with clock.shift(timedelta(minutes=11)):
        late = client.post(address, {"sealed": sealed, "code": code_sent()})
        assert "已过期" in late.content.decode()
    back = client.post(address, {"sealed": sealed, "edit": "1"})
    assert "金丝雀" in back.content.decode()
    assert not Enquiry.objects.exists()


def test_what_was_sealed_holds_for_an_hour_and_for_its_own_listing(cast: Cast, need: Any) -> None:
    other = make_need(cast.enterprise, cast.member, title="另一条需求", state="published")
    _client, page, _address = ask(need)
    sealed = sealed_in(page)
    with pytest.raises(InvalidInput):
        sealing.unseal(sealed, of=("needs", other.pk))
    with pytest.raises(InvalidInput):
        sealing.unseal(sealed[:-4] + "AAAA", of=("needs", need.pk))
    with clock.shift(timedelta(hours=1, minutes=1)), pytest.raises(InvalidInput):
        sealing.unseal(sealed, of=("needs", need.pk))


def test_codes_are_few_for_one_contact(need: Any) -> None:
    client = Client()
    for _time in range(3):
        ask(need, client)
    refused = client.post(reverse("enquiries:ask_visitor", args=["needs", need.code]), SAID)
    assert refused.status_code == 429
    assert "金丝雀" in refused.content.decode()
    assert len(mail.outbox) == 3


def test_links_end_are_renewed_and_can_be_made_useless(need: Any) -> None:
    client = asked(need)
    path = link_sent()
    with clock.shift(timedelta(days=31)):
        assert client.get(reverse("enquiries:visit")).status_code == 404
        assert client.post(path).status_code == 200
        fresh = link_sent()
        assert fresh != path
        assert client.post(fresh).status_code == 302
        assert client.post(reverse("enquiries:visit"), {"revoke": "1"}).status_code == 200
        assert client.get(reverse("enquiries:visit")).status_code == 404
        assert client.post(fresh).status_code == 409
    assert client.post("/enquiries/by-link/nothing/").status_code == 404


def test_a_mobile_number_is_told_by_sms(need: Any) -> None:
    MemoryBackend.outbox.clear()
    client, page, address = ask(need, contact="138 0013 8000")
    [sent] = MemoryBackend.outbox
    assert "金丝雀" not in str(sent)
    answer = client.post(address, {"sealed": sealed_in(page), "code": sent["code"]})
    assert answer.status_code == 302
    assert MemoryBackend.outbox[-1]["template"] == "visitor_link"


def test_without_consent_or_contact_nothing_is_sent_and_everything_is_kept(need: Any) -> None:
    address = reverse("enquiries:ask_visitor", args=["needs", need.code])
    for missing in ({"consent": ""}, {"contact": "nobody"}, {"text": " "}, {"name": ""}):
        said = {name: value for name, value in {**SAID, **missing}.items() if value}
        page = Client().post(address, said)
        assert page.status_code == 400
        assert "卫家木业" in page.content.decode()
    assert not mail.outbox


def test_a_message_that_a_visitor_sends_twice_is_one(need: Any) -> None:
    client = asked(need)
    page = client.get(reverse("enquiries:visit")).content.decode()
    typed = {"text": "补充一点", "rev": page.split('name="rev" value="')[1].split('"')[0]}
    for _press in range(2):
        assert client.post(reverse("enquiries:visit"), typed).status_code == 302
    assert Message.objects.filter(text="补充一点").count() == 1
    later = client.get(reverse("enquiries:visit")).content.decode()
    typed["rev"] = later.split('name="rev" value="')[1].split('"')[0]
    assert client.post(reverse("enquiries:visit"), typed).status_code == 302
    assert Message.objects.filter(text="补充一点").count() == 2
