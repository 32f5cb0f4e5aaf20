"""Asking and answering: one conversation for a pair, nothing lost between two people, nobody asks themselves."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry, Message
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.listings import services as listings
from marketplace.needs.kind import KIND as NEEDS
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.enquiries import QUESTION, make_enquiry
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(cast: Cast) -> Any:
    """Published by the enterprise."""
    return make_need(cast.enterprise, cast.member, state="published")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def hidden(page: Any, name: str) -> str:
    """The value of a hidden field of a page."""
    return str(page.content.decode().split(f'name="{name}" value="')[1].split('"')[0])


def texts(enquiry: Enquiry) -> list[str]:
    return [row.text for row in reversed(queries.messages_of(enquiry))]


def test_a_second_question_of_a_pair_goes_into_the_first(cast: Cast, need: Any) -> None:
    first = make_enquiry(need, cast.university, cast.university_member)
    second = make_enquiry(need, cast.university, cast.university_admin, text="能否先看样品？")
    assert second.pk == first.pk
    assert texts(first) == [QUESTION, "能否先看样品？"]
    other = make_enquiry(need, cast.other_enterprise, cast.outsider)
    assert other.pk != first.pk


def test_nobody_asks_themselves_or_for_others(cast: Cast, need: Any) -> None:
    with pytest.raises(InvalidInput):
        make_enquiry(need, cast.enterprise, cast.member)
    with pytest.raises(Forbidden):
        make_enquiry(need, cast.university, cast.outsider)
    assert not Enquiry.objects.exists()


def test_a_listing_that_was_withdrawn_meanwhile_takes_no_question(cast: Cast, need: Any) -> None:
    asked = make_enquiry(need, cast.university, cast.university_member)
    listings.move(need, "withdraw", actor=cast.member, reason="不再需要")
    with pytest.raises(Refused):
        services.ask(NEEDS, need, asker=cast.other_enterprise, text="还在吗", actor=cast.outsider)
    # What was begun goes on, and still says what it was about.
    services.write(asked, "已找到合作方，谢谢。", actor=cast.member)
    page = signed_in(cast.university_member).get(reverse("enquiries:show", args=[asked.code]))
    assert need.title in page.content.decode()


def test_the_first_answer_moves_it_and_is_kept(cast: Cast, need: Any) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    assert (enquiry.status, enquiry.last_side, enquiry.first_answer_at) == ("open", "asker", None)
    services.write(enquiry, "可以的。", actor=cast.member)
    enquiry.refresh_from_db()
    answered = enquiry.first_answer_at
    assert (enquiry.status, enquiry.last_side) == ("talking", "owner")
    assert answered is not None
    services.write(enquiry, "补充一份说明。", actor=cast.approver)
    enquiry.refresh_from_db()
    assert enquiry.first_answer_at == answered


def test_a_closed_enquiry_is_opened_again_with_a_reason(cast: Cast, need: Any) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member, state="closed")
    with pytest.raises(InvalidInput) as refused:
        services.write(enquiry, "又有新进展", actor=cast.university_member)
    assert list(refused.value.errors) == ["reason"]
    services.write(enquiry, "又有新进展", actor=cast.university_member, reason="完成了中试")
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.closed_at, enquiry.closing_reason) == ("open", None, "")
    assert texts(enquiry)[-2:] == ["完成了中试", "又有新进展"]


def test_who_has_not_seen_an_answer_is_shown_it_and_loses_nothing(cast: Cast, need: Any) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    address = reverse("enquiries:show", args=[enquiry.code])
    client = signed_in(cast.member)
    page = client.get(address)
    services.write(enquiry, "我是同事，已经答复过了。", actor=cast.approver)
    typed = {
        "text": "我也来答复一下",
        "rev": hidden(page, "rev"),
        "form_key": hidden(page, "form_key"),
    }
    refused = client.post(address, typed)
    shown = refused.content.decode()
    assert refused.status_code == 409
    assert "我是同事，已经答复过了。" in shown
    assert "我也来答复一下" in shown
    assert Message.objects.count() == 2
    again = {**typed, "rev": hidden(refused, "rev"), "form_key": hidden(refused, "form_key")}
    assert client.post(address, again).status_code == 302
    assert client.post(address, again).status_code == 302
    assert texts(enquiry)[1:] == ["我是同事，已经答复过了。", "我也来答复一下"]
    with pytest.raises(Stale):
        services.write(enquiry, "晚了", actor=cast.university_admin, seen=1)


@pytest.mark.parametrize("text", ["", "  \n ", "字" * 20_000])
def test_a_bad_text_is_refused_at_its_field_and_kept(cast: Cast, need: Any, text: str) -> None:
    client = signed_in(cast.university_member)
    address = reverse("enquiries:ask", args=["needs", need.code])
    page = client.get(address)
    sent = {"text": text, "form_key": hidden(page, "form_key")}
    answer = client.post(address, sent)
    assert answer.status_code == 400
    assert 'id="id_text_error"' in answer.content.decode()
    assert not Enquiry.objects.exists()


def test_the_other_side_is_told_without_text_or_name(
    cast: Cast, need: Any, drain: Callable[[], int]
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member, text="机密的问题")
    drain()
    [told] = Notice.objects.filter(kind="enquiries.asked")
    assert told.recipient == cast.member
    assert "机密" not in told.title + told.body
    assert cast.university.name not in told.title + told.body
    services.write(enquiry, "机密的答复", actor=cast.approver)
    drain()
    assert {row.recipient for row in Notice.objects.filter(kind="enquiries.message")} == {
        cast.university_member
    }


def test_a_kind_that_does_not_exist_is_a_missing_page(cast: Cast, need: Any) -> None:
    client = signed_in(cast.university_member)
    for kind, code in (
        ("nothing", need.code),
        ("needs", "XQ2026-000000-0"),
        ("achievements", need.code),
    ):
        assert client.get(reverse("enquiries:ask", args=[kind, code])).status_code == 404
