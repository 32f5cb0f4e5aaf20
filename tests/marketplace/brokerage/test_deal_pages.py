"""Pages of mandates, introductions and the desk: what is typed is kept, what is stale is refused."""

import re
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.brokerage.models import Broker, Introduction, Mandate, Pursuit
from marketplace.brokerage.services import commissions, desk, mandates
from marketplace.enquiries import services as enquiry_services
from marketplace.enquiries.models import Enquiry, Lead
from marketplace.journal import services as journal
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.files import pdf_bytes
from tests.factories.files import upload as uploaded
from tests.factories.mandates import make_introduction, make_mandate
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db


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


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def terms(**values: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=90)).isoformat(),
        "fee_kind": "percent",
        "rate_bp": "3.5",
        "payer": "client",
        "due_on": "signed",
        "due_days": "15",
        "protection_days": "180",
        "form": "two",
        **values,
    }


def drain() -> None:
    while journal.drain():
        pass


# --- mandates ---------------------------------------------------------------------------------
def test_a_mandate_from_the_page_of_a_listing_to_both_confirmations(
    cast: Cast, broker: Broker, need: Any, own_index: object
) -> None:
    client = signed_in(broker.user)
    address = reverse("brokerage:propose_for", args=["needs", need.code])
    assert address in client.get(reverse("needs:detail", args=[need.code])).content.decode()
    page = client.get(address).content.decode()
    typed = {**terms(), "form_key": hidden(page, "form_key")}
    first, second = (client.post(address, typed) for _time in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    mandate = Mandate.objects.get()
    assert mandate.agreed.rate_bp == 350
    drain()
    owner = signed_in(cast.approver)
    shown = owner.get(first["Location"]).content.decode()
    assert "在线确认委托" in shown
    assert "签署" not in re.sub(r"在线确认不等同于签署", "", shown)
    done = owner.post(first["Location"], {"act": "accept", "rev": hidden(shown, "rev")})
    assert done.status_code == 302
    drain()
    # Everybody reads on the listing who serves it.
    assert broker.name in Client().get(reverse("needs:detail", args=[need.code])).content.decode()
    org = reverse("parties:organization", args=[cast.enterprise.code])
    assert mandate.code in signed_in(cast.member).get(org).content.decode()
    assert mandate.code not in Client().get(org).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rate_bp": "100.01"}, "不超过 100%"),
        ({"rate_bp": "1e3"}, "请输入百分数"),
        ({"cap_fen": "1e3"}, "请输入数字"),
        ({"protection_days": "100000"}, "请输入 0 至 1095 之间的整数"),
        ({"ends_on": "2001-01-01"}, "日期不能早于今天"),
        ({"starts_on": "2001-01-01"}, "开始日期不能早于今天"),
        ({"note": "长" * 20_000}, "最多"),
    ],
)
def test_bad_terms_are_named_at_the_field_and_nothing_is_lost(
    broker: Broker, need: Any, change: dict[str, str], said: str
) -> None:
    client = signed_in(broker.user)
    address = reverse("brokerage:propose_for", args=["needs", need.code])
    answer = client.post(address, terms(floor_fen="2.5", **change))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert 'value="2.5"' in page
    [value] = change.values()
    assert value in page
    assert not Mandate.objects.exists()


def test_a_stale_page_shows_both_versions(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    client = signed_in(cast.approver)
    address = reverse("brokerage:mandate_amend", args=[made.code])
    seen = hidden(client.get(address).content.decode(), "rev")
    show = client.get(reverse("brokerage:mandate", args=[made.code])).content.decode()
    last = clock.today() + timedelta(days=30)
    mandates.propose_amendment(
        made, terms=made.agreed.__class__(rate_bp=900), ends_on=last, actor=broker.user
    )
    mandates.decide_amendment(made, "agree", actor=cast.approver)
    typed = {**terms(rate_bp="4.25"), "rev": seen}
    del typed["starts_on"]
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "4.25" in page
    assert 'value="9"' in page or ">9<" in page
    ended = client.post(
        reverse("brokerage:mandate", args=[made.code]),
        {
            "act": "terminate",
            "reason": "换人合作",
            "rev": hidden(show, "rev"),
            "shown_status": "accepted",
            "shown_version": "1",
        },
    )
    page = ended.content.decode()
    assert ended.status_code == 409
    assert "换人合作" in page
    assert "3%" in page
    assert "9%" in page
    made.refresh_from_db()
    assert made.status == "accepted"


def test_only_a_pdf_or_a_picture_is_filed_and_only_the_sides_read_it(
    cast: Cast, broker: Broker
) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver)
    client = signed_in(cast.approver)
    address = reverse("brokerage:mandate_copy", args=[made.code])
    for name, data in (("委托.docx", b"PK"), ("委托.pdf", b"this is no pdf")):
        answer = client.post(address, {"file": uploaded(data, name)})
        assert answer.status_code == 400
    assert client.post(address, {"file": uploaded(pdf_bytes(), "委托.pdf")}).status_code == 302
    page = client.get(reverse("brokerage:mandate", args=[made.code])).content.decode()
    [link] = re.findall(r'href="(/[^"]*files/[^"]+)"', page)
    assert signed_in(broker.user).get(link).status_code == 200
    assert signed_in(cast.outsider).get(link).status_code == 404
    assert Client().get(link).status_code in {302, 404}


# --- introductions ----------------------------------------------------------------------------
def test_an_introduction_from_an_enquiry_is_acknowledged_by_both(
    cast: Cast, broker: Broker, need: Any, own_index: object
) -> None:
    make_mandate(broker, cast.enterprise, cast.approver, listing=need)
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    drain()
    client = signed_in(broker.user)
    show = reverse("enquiries:show", args=[enquiry.code])
    address = reverse("brokerage:introduce_enquiry", args=[enquiry.code])
    assert address in client.get(show).content.decode()
    page = client.get(address).content.decode()
    typed = {
        "evidence": "enquiry",
        "happened_at": clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        "note": "",
        "form_key": hidden(page, "form_key"),
    }
    answer = client.post(address, typed)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    row = Introduction.objects.get()
    for person, org in ((cast.approver, cast.enterprise), (cast.university_admin, cast.university)):
        side = signed_in(person)
        page = side.get(answer["Location"]).content.decode()
        sent = {
            "act": "answer",
            "side": org.code,
            "answer": "acknowledged",
            "rev": hidden(page, "rev"),
        }
        assert side.post(answer["Location"], sent).status_code == 302
    row.refresh_from_db()
    assert row.status == "acknowledged"
    drain()
    assert Pursuit.objects.get().stage == "introduced"
    assert row.code in signed_in(cast.university_member).get(show).content.decode()
    late = side.post(answer["Location"], {**sent, "answer": "disputed", "reason": "不对"})
    assert late.status_code == 400
    assert "不能再改变" in late.content.decode()


def test_the_ruling_is_shown_to_both_claimants(cast: Cast, broker: Broker, need: Any) -> None:
    first = make_introduction(broker, cast.enterprise, cast.university, need)
    rival = make_broker()
    second = make_introduction(rival, cast.enterprise, cast.university, need)
    judge = signed_in(cast.operator)
    address = reverse("brokerage:introduction_rule", args=[second.code])
    page = judge.get(address).content.decode()
    table = page.split("<table")[1]
    assert table.index(first.code) < table.index(second.code)
    sent = {"winner": first.code, "reason": "", "rev": hidden(page, "rev")}
    assert judge.post(address, sent).status_code == 400
    sent["reason"] = "第一项登记在先，双方会议纪要可查。"
    assert judge.post(address, sent).status_code == 302
    for claim, person in ((first, broker.user), (second, rival.user)):
        shown = signed_in(person).get(reverse("brokerage:introduction", args=[claim.code]))
        assert sent["reason"] in shown.content.decode()
        assert first.code in shown.content.decode()


# --- the desk -----------------------------------------------------------------------------------
def follow(cast: Cast, broker: Broker, count: int) -> None:
    """So many followed enquiries, each of another asker."""
    need = make_need(cast.enterprise, cast.member, title="跟进用难题", state="published")
    for number in range(count):
        org = OrganizationFactory(name=f"咨询单位{number}号")
        enquiry = make_enquiry(need, org, make_member(org))
        stage = ("lead", "contact", "introduced", "intent")[number % 4]
        Pursuit.objects.create(broker=broker, enquiry=enquiry, stage=stage)


def test_board_and_list_have_the_same_content(cast: Cast, broker: Broker) -> None:
    follow(cast, broker, 8)
    client = signed_in(broker.user)
    address = reverse("brokerage:pipeline")
    pages = [client.get(f"{address}?show={how}").content.decode() for how in ("board", "list")]
    codes = set(Enquiry.objects.values_list("code", flat=True))
    for page in pages:
        assert codes <= set(re.findall(r"ZX\d{4}-\w{6}-\w", page))
        # Each card leads on by a select and a button, without script and without dragging.
        assert page.count("<select") >= 8
    only = client.get(f"{address}?show=list&stage=lead").content.decode()
    assert len({code for code in codes if code in only}) == 2


def test_moving_a_card_leads_to_where_it_is_recorded(cast: Cast, broker: Broker) -> None:
    follow(cast, broker, 1)
    code = Enquiry.objects.get().code
    client = signed_in(broker.user)
    move = reverse("brokerage:move", args=[code])
    assert client.get(f"{move}?to=introduce")["Location"].endswith(f"/introductions/new/{code}/")
    assert code in client.get(f"{move}?to=contact")["Location"]


@pytest.mark.parametrize(
    "page", ["pipeline", "pipeline?list", "desk", "introductions", "mandates", "tasks"]
)
def test_pages_ask_as_much_for_two_rows_as_for_thirty(
    cast: Cast, broker: Broker, page: str
) -> None:
    client = signed_in(broker.user)
    name, _by, how = page.partition("?")
    address = reverse(f"brokerage:{name}") + (f"?show={how}" if how else "")

    def more(count: int) -> None:
        follow(cast, broker, count)
        for number, enquiry in enumerate(Enquiry.objects.filter(lead=None)):
            held = {"status": "taken", "broker": broker.user} if number % 2 else {}
            Lead.objects.create(enquiry=enquiry, **held)
        for number in range(count):
            org = OrganizationFactory(name=f"委托单位{number}")
            mandate = make_mandate(broker, org, make_member(org, "org_admin"))
            commissions.add_commission(
                mandate, amount_fen=100, due_on=clock.today(), actor=broker.user
            )
            need = make_need(org, make_member(org), title="更多难题", state="published")
            make_introduction(broker, org, cast.university, need)
            desk.add_task(broker, title=f"事项{number}", due_on=clock.today(), actor=broker.user)

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    more(2)
    few = asked()
    more(28)
    assert asked() == few


def test_a_side_rates_the_broker_once_after_closing(cast: Cast, broker: Broker, need: Any) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    Pursuit.objects.create(broker=broker, enquiry=enquiry)
    client = signed_in(cast.member)
    address = reverse("brokerage:rate", args=[enquiry.code, broker.code])
    assert client.post(address, {"score": "5"}).status_code == 409
    Enquiry.objects.filter(pk=enquiry.pk).update(
        status="closed", closed_at=clock.now(), closing_reason="other"
    )
    assert client.post(address, {"score": "9"}).status_code == 400
    assert client.post(address, {"score": "5", "text": "很尽责"}).status_code == 302
    assert client.post(address, {"score": "1"}).status_code == 409
    assert "很尽责" in signed_in(broker.user).get(reverse("brokerage:desk")).content.decode()


def test_scores_are_public_from_five_on(cast: Cast, broker: Broker) -> None:
    from marketplace.brokerage.models import BrokerFeedback
    from marketplace.brokerage.queries import feedback_summary

    follow(cast, broker, 5)
    for number, enquiry in enumerate(Enquiry.objects.all()):
        assert feedback_summary(broker.pk) is None
        BrokerFeedback.objects.create(
            broker=broker, enquiry=enquiry, side="owner", score=5 - number % 2, by=cast.member
        )
    found = feedback_summary(broker.pk)
    assert found is not None
    assert (found.count, found.mean) == (5, 4.6)
    page = Client().get(reverse("brokerage:detail", args=[broker.code])).content.decode()
    assert "平均 4.6 分（满分 5 分），共 5 份" in page
    assert reverse("brokerage:propose_to", args=[broker.code]) in page


# --- the API ------------------------------------------------------------------------------------
def test_the_api_says_what_may_be_done_and_does_it(cast: Cast, broker: Broker) -> None:
    made = make_mandate(broker, cast.enterprise, cast.approver, state="proposed")
    client = signed_in(cast.approver)
    address = reverse("api:mandate_detail", args=[made.code])
    shown = client.get(address)
    assert shown.json()["available_actions"] == ["accept", "decline"]
    assert shown.json()["terms"]["rate_bp"] == 300
    act = reverse("api:mandate_act", args=[made.code, "accept"])
    stale = client.post(act, {"rev": 99}, content_type="application/json")
    assert (stale.status_code, stale.json()["present"]["rev"]) == (409, made.rev)
    done = client.post(
        act, {}, content_type="application/json", headers={"If-Match": shown["ETag"]}
    )
    assert (done.status_code, done.json()["status"]) == (200, "accepted")
    assert done.json()["available_actions"] == ["terminate", "amend"]


def test_a_taken_lead_stands_in_the_first_column_and_in_the_list(
    cast: Cast, broker: Broker, need: Any
) -> None:
    enquiry = make_enquiry(need, cast.university, cast.university_member, pool_consent=True)
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now() - timedelta(minutes=1))
    enquiry_services.tell_waiting()
    lead = Lead.objects.get(enquiry=enquiry)
    client = signed_in(broker.user)
    desk = client.get(reverse("brokerage:desk")).content.decode()
    assert 'value="take"' in desk
    taken = client.post(
        reverse("enquiries:lead", args=[lead.code]), {"act": "take", "rev": lead.rev}
    )
    assert taken.status_code == 302
    board = reverse("brokerage:pipeline")
    for address in (board, f"{board}?show=list", f"{board}?show=list&stage=lead"):
        text = client.get(address).content.decode()
        assert (lead.code in text, "待咨询方确认" in text) == (True, True), address
        assert enquiry.code not in text
        assert need.title not in text
    assert lead.code not in client.get(f"{board}?show=list&stage=contact").content.decode()
    enquiry_services.confirm_broker(
        Lead.objects.get(), broker_id=broker.user.pk, actor=cast.university_member
    )
    while journal.drain():
        pass
    text = client.get(board).content.decode()
    assert (lead.code in text, enquiry.code in text) == (False, True)


def test_an_introduction_by_hand_is_found_by_words_and_not_by_typed_codes(
    cast: Cast, broker: Broker, need: Any
) -> None:
    hidden = make_need(
        cast.enterprise, cast.member, title="匿名胶黏剂难题", state="published", hide_owner=True
    )
    client, address = signed_in(broker.user), reverse("brokerage:introduce_meeting")
    text = client.get(address, {"q": need.title[:4]}).content.decode()
    assert f"listing={need.code}" in text
    assert hidden.code not in text
    text = client.get(address, {"q": "理工", "listing": need.code}).content.decode()
    link = f"listing={need.code}&amp;other={cast.university.code}"
    assert link in text
    filled = client.get(address, {"listing": need.code, "other": cast.university.code})
    form = filled.context["form"]
    assert (form["listing"].value(), form["other"].value()) == (need.code, cast.university.code)
    assert client.get(address, {"listing": "<b>", "q": "\0%" * 40}).status_code == 200
    made = client.post(
        address,
        {
            "listing": need.code,
            "other": cast.university.code,
            "happened_at": "2026-11-01T09:00",
            "note": "在厂里看样，双方技术负责人在场。",
        },
    )
    assert made.status_code == 302
