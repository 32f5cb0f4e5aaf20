"""The inbox: what waits for whom, what is new, how much it costs; slots and to-dos lead to it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry, Message
from marketplace.enquiries.queries.inbox import Asked, is_unread
from marketplace.kernel import clock
from marketplace.matching.models import Match
from marketplace.parties.models import Membership
from marketplace.workbench import queries as workbench
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.needs import make_need
from tests.factories.parties import make_member

pytestmark = pytest.mark.django_db
INBOX = "/workbench/enquiries/"


@pytest.fixture
def need(cast: Cast) -> Any:
    return make_need(cast.enterprise, cast.member, state="published")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def codes(user: Any, **asked: Any) -> list[str]:
    return [row.code for row in queries.inbox(user, Asked(**asked))]


def test_turns_states_kinds_and_words(cast: Cast, need: Any) -> None:
    offer = make_achievement(cast.enterprise, cast.member, title="降噪驾驶室", state="published")
    first = make_enquiry(need, cast.university, cast.university_member)
    second = make_enquiry(
        offer, cast.other_enterprise, cast.outsider, state="talking", owner=cast.member
    )
    visitor = make_visitor_enquiry(need)
    assert codes(cast.member) == [visitor.code, second.code, first.code]
    assert codes(cast.member, turn="mine") == [visitor.code, first.code]
    assert codes(cast.member, turn="theirs") == [second.code]
    assert codes(cast.member, kind="achievements") == [second.code]
    assert codes(cast.member, status="open", listing=need.code) == [visitor.code, first.code]
    assert codes(cast.member, words="降噪") == [second.code]
    assert codes(cast.member, words="理工") == [first.code]
    assert codes(cast.member, words="卫家木业") == [visitor.code]
    assert codes(cast.university_admin) == [first.code]
    assert codes(cast.expert) == []
    Enquiry.objects.filter(pk=first.pk).update(answer_due_at=clock.now() - timedelta(hours=1))
    assert codes(cast.member, overdue=True) == [first.code]


def test_unread_is_each_persons_own(cast: Cast, need: Any) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    address = reverse("enquiries:show", args=[enquiry.code])
    assert codes(cast.university_member, unread=True) == []
    assert codes(cast.member, unread=True) == [enquiry.code]
    signed_in(cast.member).get(address)
    assert codes(cast.member, unread=True) == []
    assert is_unread(queries.inbox(cast.approver).get())
    services.write(enquiry, "补充一点", actor=cast.university_member)
    assert codes(cast.member, unread=True) == [enquiry.code]


def test_menu_to_do_and_pages_of_the_listing_lead_to_it(cast: Cast, need: Any) -> None:
    ask = reverse("enquiries:ask", args=["needs", need.code])
    public = reverse("needs:detail", args=[need.code])
    assert ask in Client().get(public).content.decode()
    assert ask not in signed_in(cast.approver).get(public).content.decode()
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    assert "已咨询" in signed_in(cast.university_admin).get(public).content.decode()
    managed = signed_in(cast.member).get(reverse("needs:manage", args=[need.code]))
    assert "收到 1 条咨询" in managed.content.decode()
    [todo] = [row for row in workbench.todos(cast.member) if row.text == enquiry.code]
    assert todo.url == reverse("enquiries:show", args=[enquiry.code])
    assert queries.waiting_count(cast.member) == 1
    assert queries.waiting_count(cast.university_member) == 0


def test_the_reasons_of_a_match_travel_along_to_both_sides(cast: Cast, need: Any) -> None:
    offer = make_achievement(cast.university, cast.university_member, state="published")
    match = Match.objects.create(
        need=need, achievement=offer, score=88, need_rev=1, achievement_rev=1, evidence={"rows": []}
    )
    client = signed_in(cast.university_member)
    address = reverse("enquiries:ask", args=["needs", need.code])
    assert (
        f"{address}?match={match.code}"
        in client.get(reverse("matching:for_achievement", args=[offer.code])).content.decode()
    )
    page = client.get(f"{address}?match={match.code}").content.decode()
    assert offer.title in page
    key = page.split('name="form_key" value="')[1].split('"')[0]
    sent = {"text": "我们能解决", "match": match.code, "form_key": key}
    assert client.post(address, sent).status_code == 302
    enquiry = Enquiry.objects.get()
    assert (enquiry.evidence["score"], enquiry.evidence["with_code"]) == (88, offer.code)
    shown = signed_in(cast.member).get(reverse("enquiries:show", args=[enquiry.code]))
    assert "匹配理由" in shown.content.decode()
    # A match of other listings is no evidence here.
    assert (
        queries.evidence_of(
            cast.university_member, match.code, make_need(cast.enterprise, cast.member)
        )
        == {}
    )


def test_the_inbox_costs_the_same_for_one_row_and_for_thirty(cast: Cast) -> None:
    client, counts = signed_in(cast.member), []
    for number in range(30):
        need = make_need(cast.enterprise, cast.member, title=f"需求 {number}", state="published")
        enquiry = make_enquiry(need, cast.university, cast.university_member)
        if number % 2:
            services.write(enquiry, "可以", actor=cast.member)
        if number in {1, 29}:
            client.get(INBOX)
            with CaptureQueriesContext(connection) as counted:
                client.get(INBOX)
            counts.append(len(counted))
    assert counts[0] == counts[1]


def test_the_page_of_one_costs_the_same_for_one_message_and_for_thirty(
    cast: Cast, need: Any
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    client, counts = signed_in(cast.member), []
    address = reverse("enquiries:show", args=[enquiry.code])
    for number in range(30):
        services.write(
            enquiry,
            f"第 {number} 条",
            actor=cast.approver if number % 2 else cast.university_member,
        )
        if number in {1, 29}:
            client.get(address)
            with CaptureQueriesContext(connection) as counted:
                client.get(address)
            counts.append(len(counted))
    assert counts[0] == counts[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)")
def test_two_tabs_that_ask_at_once_meet_in_one_enquiry(cast: Cast, need: Any) -> None:
    gate = threading.Barrier(4, timeout=60)

    def ask(number: int) -> None:
        gate.wait()
        try:
            make_enquiry(need, cast.university, cast.university_member, text=f"问题 {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(ask, number) for number in range(4)]:
            future.result()
    assert Enquiry.objects.count() == 1
    assert {row.text for row in Message.objects.all()} == {f"问题 {n}" for n in range(4)}


EACH = (
    Asked(),
    *(Asked(turn=turn) for turn in ("mine", "theirs")),
    *(
        Asked(unread=True),
        Asked(turn="mine", unread=True),
        Asked(kind="needs"),
        Asked(words="理工"),
    ),
)


@pytest.mark.parametrize("asked", EACH, ids=str)
def test_the_pages_have_the_rows_of_the_inbox(cast: Cast, need: Any, asked: Asked) -> None:
    """Also of somebody who works for both sides, who gets an enquiry between them once."""
    offer = make_achievement(cast.enterprise, cast.member, title="降噪驾驶室", state="published")
    rows = [make_enquiry(need, cast.university, cast.university_member)]
    rows.append(
        make_enquiry(
            offer, cast.other_enterprise, cast.outsider, state="talking", owner=cast.member
        )
    )
    rows.append(make_visitor_enquiry(need))
    both = make_member(cast.enterprise, name="两头兼职")
    Membership.objects.create(user=both, organization=cast.university, role="member")
    services.mark_read(rows[0], actor=cast.member)
    for name, who in [*cast.people(), ("both", both)]:
        if who.is_authenticated:
            pages, whole = queries.paged_inbox(who, asked), list(queries.inbox(who, asked))
            assert [row.pk for row in pages[0:20]] == [row.pk for row in whole], name
            assert pages.count() == len(whole), name
            assert [row.read_to for row in pages[0:20]] == [row.read_to for row in whole], name


def test_deep_pages_go_on_where_the_one_before_ends(cast: Cast) -> None:
    for number in range(45):
        need = make_need(cast.enterprise, cast.member, title=f"需求 {number}", state="published")
        make_enquiry(need, cast.university, cast.university_member)
    whole = [row.pk for row in queries.inbox(cast.member)]
    pages = queries.paged_inbox(cast.member, Asked(turn="mine"))
    assert pages.count() == 45
    found = [[row.pk for row in pages[start : start + 20]] for start in (0, 20, 40)]
    assert [len(page) for page in found] == [20, 20, 5]
    assert [pk for page in found for pk in page] == whole
