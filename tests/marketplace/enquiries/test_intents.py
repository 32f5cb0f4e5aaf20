"""From a question to an intent and to its end: proposals, steps, notes, closing, contacts, keeping."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, rulebook, services
from marketplace.enquiries.models import Enquiry, Intent, LoggedContact, Message, RecordKind
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, Stale
from marketplace.matching.models import Match
from marketplace.parties.models import Membership, Organization
from marketplace.workbench import queries as workbench
from tests.cast import Cast
from tests.factories.enquiries import make_enquiry
from tests.factories.needs import make_need
from tests.marketplace.enquiries.way import signed_in, values

pytestmark = pytest.mark.django_db


# --- intents ----------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)")
def test_of_two_who_answer_an_intent_at_once_one_decides(cast: Cast, enquiry: Enquiry) -> None:
    intent = services.propose_intent(enquiry, values(), actor=cast.university_admin)
    gate = threading.Barrier(2, timeout=60)

    def decide(act: Callable[[], Intent]) -> str:
        gate.wait()
        try:
            return act().status
        except Refused:
            return "refused"
        finally:
            connections.close_all()

    acts: list[Callable[[], Intent]] = [
        lambda: services.accept_intent(intent, actor=cast.approver),
        lambda: services.decline_intent(intent, reason="price", actor=cast.org_admin),
    ]
    with ThreadPoolExecutor(2) as pool:
        went = list(pool.map(decide, acts))
    intent.refresh_from_db()
    assert went in (["accepted", "refused"], ["refused", "declined"])
    assert (intent.status, intent.rev) == (next(one for one in went if one != "refused"), 2)


def test_those_who_bind_propose_counter_and_confirm(
    cast: Cast, enquiry: Enquiry, drain: Callable[[], int]
) -> None:
    for person in (cast.member, cast.university_member, cast.outsider, cast.operator):
        with pytest.raises(Forbidden):
            services.propose_intent(enquiry, values(), actor=person)
    first = services.propose_intent(enquiry, values(), actor=cast.approver)
    assert (first.side, first.statement_sha256) == ("asker", rulebook.STATEMENTS[0].sha256)
    with pytest.raises(Refused):
        services.propose_intent(enquiry, values(), actor=cast.university_admin)
    for person in (cast.approver, cast.university_member):
        with pytest.raises(Forbidden):
            services.accept_intent(first, actor=person)
    second = services.propose_intent(
        enquiry, values(amount_fen=None), actor=cast.university_admin, counter_to=first, rev=1
    )
    first.refresh_from_db()
    assert (first.status, second.supersedes_id, second.side) == ("superseded", first.pk, "owner")
    with pytest.raises(Stale):
        services.accept_intent(second, actor=cast.org_admin, rev=second.rev + 1)
    accepted = services.accept_intent(second, actor=cast.org_admin, rev=second.rev)
    assert accepted.status == "accepted"
    payload = Entry.objects.get(event="IntentAgreed").payload
    assert payload == {
        "enquiry_code": enquiry.code,
        "intent_code": second.code,
        "kind": "achievements",
        "listing_id": enquiry.listing_id,
        "listing_code": enquiry.listing_code,
        "owner_id": cast.university.pk,
        "asker_id": cast.enterprise.pk,
        "contract_kind": "license",
        "amount_fen": None,
        "sha256": "",
    }
    drain()
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.remind_at, enquiry.tell_at) == ("agreed", None, None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"contract_kind": "gift"}, "contract_kind"),
        ({"subject": " "}, "subject"),
        ({"subject": "字" * 20_000}, "subject"),
        ({"amount_fen": -1}, "amount_fen"),
        ({"pricing_mode": "dice"}, "pricing_mode"),
        ({"checks": {}}, "checks"),
        (
            {"publicity_from": date(2026, 3, 2), "publicity_until": date(2026, 3, 1)},
            "publicity_until",
        ),
        ({"milestones": [{"what": "迟", "due": date(2020, 1, 1), "share": 10}]}, "milestones"),
        (
            {
                "milestones": [
                    {"what": "甲", "due": date(2099, 2, 1), "share": 60},
                    {"what": "乙", "due": date(2099, 3, 1), "share": 41},
                ]
            },
            "milestones",
        ),
        (
            {
                "milestones": [
                    {"what": "后", "due": date(2099, 3, 1), "share": 1},
                    {"what": "先", "due": date(2099, 2, 1), "share": 1},
                ]
            },
            "milestones",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, enquiry: Enquiry, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.propose_intent(enquiry, values(**wrong), actor=cast.approver)
    assert set(refused.value.errors) == {field}
    assert not Intent.objects.exists()


def test_publicity_of_a_state_held_transfer() -> None:
    warn = rulebook.publicity_warning
    assert rulebook.is_state_transfer("license", "university")
    assert not rulebook.is_state_transfer("development", "university")
    assert not rulebook.is_state_transfer("license", "enterprise")
    assert warn("negotiated", None, None)
    assert warn("negotiated", date(2026, 3, 1), date(2026, 3, 15))
    assert warn("negotiated", date(2026, 3, 1), date(2026, 3, 16)) == ""
    assert warn("auction", None, None) == ""


def test_the_page_of_a_proposal_loses_nothing_and_is_confirmed_on_line(
    cast: Cast, enquiry: Enquiry
) -> None:
    client = signed_in(cast.approver)
    address = reverse("enquiries:intent_new", args=[enquiry.code])
    page = client.get(address).content.decode()
    key = page.split('name="form_key" value="')[1].split('"')[0]
    typed = {
        "form_key": key,
        "rev": "0",
        "contract_kind": "license",
        "subject": "许可<b>一项</b>",
        "amount_fen": "1e3",
        "pricing_mode": "negotiated",
        "milestones-TOTAL_FORMS": "1",
        "milestones-INITIAL_FORMS": "0",
        "milestones-0-what": "首付",
        "milestones-0-due": "2099-01-01",
        "milestones-0-share": "101",
        **{f"check_{code}": "clear" for code in rulebook.CHECKS},
    }
    wrong = client.post(address, typed)
    assert wrong.status_code == 400
    text = wrong.content.decode()
    assert "许可&lt;b&gt;一项&lt;/b&gt;" in text
    assert 'value="1e3"' in text
    assert 'value="101"' in text
    right = {**typed, "amount_fen": "120.5", "milestones-0-share": "100"}
    made = client.post(address, right)
    assert made.status_code == 302
    intent = Intent.objects.get()
    assert (intent.amount_fen, intent.milestones[0]["share"]) == (120_500_000, 100)
    assert client.post(address, right)["Location"] == made["Location"]
    other = signed_in(cast.university_admin)
    shown = other.get(made["Location"]).content.decode()
    assert "在线确认" in shown
    assert "签署</button>" not in shown
    assert "还没有登记公示日期" in shown
    assert signed_in(cast.outsider).get(made["Location"]).status_code == 404
    declined = other.post(made["Location"], {"act": "decline", "rev": "1"})
    assert declined.status_code == 400
    stale = other.post(made["Location"], {"act": "accept", "rev": "9"})
    assert stale.status_code == 409
    assert other.post(made["Location"], {"act": "accept", "rev": "1"}).status_code == 302
    assert Intent.objects.get().status == "accepted"


# --- steps and notes --------------------------------------------------------------------------
def test_steps_have_a_day_a_side_and_a_rev(cast: Cast, enquiry: Enquiry) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(InvalidInput) as refused:
        services.add_step(enquiry, what=" ", side="both", due=date(2020, 1, 1), actor=cast.member)
    assert set(refused.value.errors) == {"what", "side", "due"}
    with pytest.raises(Forbidden):
        services.add_step(enquiry, what="寄样", side="asker", due=tomorrow, actor=cast.broker)
    step = services.add_step(enquiry, what="寄样", side="asker", due=tomorrow, actor=cast.member)
    assert list(queries.open_steps_for(cast.member)) == [step]
    inbox = signed_in(cast.university_member).get(reverse("enquiries:inbox")).content.decode()
    assert "下一步：寄样" in inbox
    # A to-do is due on the day itself, not at the midnight that ends it.
    [todo] = [row for row in workbench.todos(cast.member) if row.title == "寄样"]
    assert todo.due == tomorrow.isoformat()
    assert not queries.open_steps_for(cast.university_member)
    changed = services.edit_step(
        step, what="寄样品", side="owner", due=tomorrow, actor=cast.university_member, rev=1
    )
    with pytest.raises(Stale):
        services.finish_step(changed, actor=cast.member, rev=1)
    services.finish_step(changed, actor=cast.member, rev=2)
    with pytest.raises(Refused):
        services.remove_step(changed, actor=cast.member)


def test_a_note_is_private_unless_it_is_shared(cast: Cast, enquiry: Enquiry) -> None:
    services.add_note(enquiry, text="对方报价偏高", is_shared=False, actor=cast.member)
    services.add_note(enquiry, text="约定下周看样", is_shared=True, actor=cast.member)
    texts = {
        name: {note.text for note in queries.notes_for(cast[name], enquiry)}
        for name in ("approver", "university_member", "operator")
    }
    assert texts == {
        "approver": {"对方报价偏高", "约定下周看样"},
        "university_member": {"约定下周看样"},
        "operator": {"约定下周看样"},
    }
    address = reverse("enquiries:show", args=[enquiry.code])
    assert "对方报价偏高" not in signed_in(cast.university_member).get(address).content.decode()


# --- closing ----------------------------------------------------------------------------------
def test_a_closing_reason_reaches_the_owner_and_ends_the_suggestion(
    cast: Cast, enquiry: Enquiry, drain: Callable[[], int]
) -> None:
    need = make_need(cast.enterprise, cast.member, title="要低甲醛胶", state="published")
    match, _made = Match.objects.update_or_create(
        need=need,
        achievement_id=enquiry.listing_id,
        defaults={"score": 80, "weights_version": "t", "need_rev": 1, "achievement_rev": 1},
    )
    with pytest.raises(InvalidInput):
        services.close(enquiry, reason="because", actor=cast.member)
    with pytest.raises(Forbidden):
        services.close(enquiry, reason="price", actor=cast.outsider)
    closed = services.close(
        enquiry, reason="price", note="超预算", actor=cast.member, rev=enquiry.rev
    )
    drain()
    match.refresh_from_db()
    assert (closed.status, match.need_verdict, match.achievement_verdict) == (
        "closed",
        "dismissed",
        "",
    )
    page = signed_in(cast.university_admin).get(
        reverse("enquiries:feedback", args=["achievements", enquiry.listing_code])
    )
    assert "价格不合适" in page.content.decode()
    services.write(enquiry, "预算批下来了", actor=cast.member, reason="预算批准")
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.closing_reason) == ("open", "")


def test_one_person_of_both_sides_does_not_agree_with_himself(cast: Cast, enquiry: Enquiry) -> None:
    join_as(cast.approver, cast.university, "approver")
    intent = services.propose_intent(enquiry, values(), actor=cast.approver)
    assert intent.side == "owner"
    assert list(queries.intents_to_decide(cast.approver)) == []
    for act in (
        lambda: services.accept_intent(intent, actor=cast.approver),
        lambda: services.decline_intent(intent, reason="price", actor=cast.approver),
    ):
        with pytest.raises(Refused, match="另一位审核人"):
            act()
    page = signed_in(cast.approver).get(reverse("enquiries:intent", args=[intent.code]))
    assert 'value="accept"' not in page.content.decode()
    assert services.accept_intent(intent, actor=cast.org_admin).status == "accepted"


def join_as(user: Any, organization: Any, role: str) -> None:
    Membership.objects.create(user=user, organization=organization, role=role)
    user.forget_access()


def test_an_open_intent_is_settled_before_the_end(cast: Cast, enquiry: Enquiry) -> None:
    services.propose_intent(enquiry, values(), actor=cast.approver)
    with pytest.raises(Refused):
        services.close(enquiry, reason="price", actor=cast.member)


# --- on behalf --------------------------------------------------------------------------------
def log(cast: Cast, **more: Any) -> Any:
    """The officer of the city logs a visit to the enterprise."""
    return services.log_contact(
        cast.enterprise,
        **{
            "form": "visit",
            "day": clock.today(),
            "text": "企业说还在找低甲醛的胶",
            "actor": cast.registrar_city,
            **more,
        },
    )


def link_sent(drain: Callable[[], int]) -> str:
    """The address in the one mail to the firm, which says nothing of what was logged."""
    drain()
    [sent] = [row for row in mail.outbox if row.to == ["office@firm.example"]]
    assert "低甲醛" not in str(sent.body) + sent.subject
    found = re.search(r"/enquiries/confirm/[^/]+/", str(sent.body))
    assert found is not None
    return found[0]


def test_the_link_goes_to_the_firm_and_to_nobody_else(cast: Cast, drain: Callable[[], int]) -> None:
    address = reverse("enquiries:contact_new", args=[cast.enterprise.code])
    form = {"form": "visit", "day": clock.today().isoformat(), "text": "看了压机"}
    officer = signed_in(cast.registrar_city)
    page = officer.post(address, {**form, "form_key": new_key(officer, address)}, follow=True)
    assert page.status_code == 200
    assert "/enquiries/confirm/" not in page.content.decode()
    assert "该单位没有登记邮箱" in page.content.decode()
    mail.outbox.clear()
    drain()
    assert [row for row in mail.outbox if "/enquiries/confirm/" in row.body] == []
    assert not services.send_contact_link(LoggedContact.objects.get().pk)


def test_who_logged_it_sends_the_link_again_at_most_once_a_day(
    cast: Cast, drain: Callable[[], int]
) -> None:
    cast.enterprise.contact_email = "office@firm.example"
    cast.enterprise.save()
    contact = log(cast)
    first = link_sent(drain)
    again = reverse("enquiries:contact_renew", args=[contact.code])
    officer = signed_in(cast.registrar_city)
    mail.outbox.clear()
    assert "一天后才能再次发送" in officer.post(again, follow=True).content.decode()
    assert signed_in(cast.registrar_county).post(again).status_code in {403, 404}
    assert signed_in(cast.org_admin).post(again).status_code == 403
    drain()
    assert mail.outbox == []
    with clock.shift(timedelta(days=1, seconds=1)):
        assert "原链接失效" in officer.post(again, follow=True).content.decode()
        second = link_sent(drain)
        assert second != first
        assert Client().get(first).status_code == 404
        assert Client().get(second).status_code == 200
        services.answer_contact(contact, reply="confirmed", actor=cast.org_admin)
    with clock.shift(timedelta(days=3)):
        assert "已经答复过" in officer.post(again, follow=True).content.decode()


def new_key(client: Client, address: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def test_a_logged_visit_counts_when_the_firm_confirms_it(
    cast: Cast, enquiry: Enquiry, drain: Callable[[], int]
) -> None:
    for person in (cast.member, cast.broker, cast.operator):
        with pytest.raises(Forbidden):
            log(cast, actor=person)
    for wrong in (
        {"form": "fax"},
        {"day": date(2099, 1, 1)},
        {"day": date(2020, 1, 1)},
        {"text": ""},
    ):
        with pytest.raises(InvalidInput):
            log(cast, **wrong)
    Organization.objects.filter(pk=cast.enterprise.pk).update(contact_email="office@firm.example")
    log(cast, enquiry=enquiry)
    before = Message.objects.filter(enquiry=enquiry).count()
    link = link_sent(drain)
    visitor = Client()
    for _time in range(2):
        assert visitor.get(link).status_code == 200
    assert LoggedContact.objects.get().reply == ""
    assert Message.objects.filter(enquiry=enquiry).count() == before
    assert link.split("/")[-2] not in str(vars(LoggedContact.objects.get()))
    assert visitor.post(link, {"reply": "confirmed", "rev": "1"}).status_code == 200
    drain()
    drain()
    [entered] = Message.objects.filter(enquiry=enquiry, kind="visit")
    assert (entered.side, entered.on_behalf, entered.author) == ("asker", True, cast.registrar_city)
    assert visitor.post(link, {"reply": "disputed", "rev": "2"}).status_code == 409
    with clock.shift(timedelta(days=31)):
        assert visitor.get(link).status_code == 404
    assert visitor.get(reverse("enquiries:contact_link", args=["x" * 43])).status_code == 404


def test_who_logged_it_does_not_confirm_it_and_the_firm_has_the_last_word(
    cast: Cast, drain: Callable[[], int]
) -> None:
    Organization.objects.filter(pk=cast.enterprise.pk).update(contact_email="office@firm.example")
    logged = log(cast)
    link = link_sent(drain)
    officer = Client()
    officer.force_login(cast.registrar_city, backend="django.contrib.auth.backends.ModelBackend")
    assert officer.post(link, {"reply": "confirmed", "rev": "1"}).status_code == 403
    assert Client().post(link, {"reply": "confirmed", "rev": "1"}).status_code == 200
    done = services.answer_contact(logged, reply="disputed", actor=cast.member, rev=2)
    assert done.reply == "disputed"
    with pytest.raises(Refused):
        services.answer_contact(done, reply="confirmed", actor=cast.member, rev=3)


def test_the_firm_disputes_on_its_workbench(cast: Cast) -> None:
    contact = log(cast)
    assert list(queries.contacts_to_answer(cast.member)) == [contact]
    with pytest.raises(Forbidden):
        services.answer_contact(contact, reply="confirmed", actor=cast.registrar_city)
    services.answer_contact(contact, reply="disputed", actor=cast.member, rev=1)
    assert not queries.contacts_to_answer(cast.member)
    with pytest.raises(NotVisible):
        queries.contact_by_token("")


def test_the_county_officers_first_page(cast: Cast, enquiry: Enquiry) -> None:
    need = make_need(cast.enterprise, cast.member, title="从未走访的需求", state="published")
    late = make_enquiry(need, cast.other_enterprise, cast.outsider)
    Enquiry.objects.filter(pk=late.pk).update(answer_due_at=clock.now() - timedelta(hours=1))
    intent = services.propose_intent(enquiry, values(), actor=cast.approver)
    services.accept_intent(intent, actor=cast.university_admin)
    services.agree_enquiry(enquiry.pk, because=object())  # type: ignore[arg-type]
    assert [row.pk for row in queries.silent_in([])] == [late.pk]
    assert [row.pk for row in queries.unvisited_needs_in([])] == [need.pk]
    assert [row.pk for row in queries.intents_without_contract_in([])] == [intent.pk]
    assert list(queries.silent_in(["999999"])) == []
    page = signed_in(cast.registrar_county).get(reverse("enquiries:county")).content.decode()
    assert "从未走访的需求" in page
    home = signed_in(cast.registrar_city).get(reverse("workbench:home")).content.decode()
    for line in ("1 条咨询逾期没有答复", "1 条需求还没有走访", "1 项意向还没有签订合同"):
        assert line in home
    from marketplace.listings.kind import kind_named

    log(cast, kind=kind_named("needs"), listing=need)
    assert list(queries.unvisited_needs_in([])) == []


def test_what_an_officer_logs_from_the_list_of_the_silent_reaches_the_enquiry(
    cast: Cast, drain: Callable[[], int]
) -> None:
    need = make_need(cast.enterprise, cast.member, title="无人答复的需求", state="published")
    late = make_enquiry(need, cast.other_enterprise, cast.outsider)
    new = reverse("enquiries:contact_new", args=[cast.enterprise.code])
    officer = signed_in(cast.registrar_city)
    # While the owner has time, the officer does not even learn that there is an enquiry.
    assert officer.get(f"{new}?enquiry={late.code}").status_code == 400
    Enquiry.objects.filter(pk=late.pk).update(answer_due_at=clock.now() - timedelta(hours=1))
    county = officer.get(reverse("enquiries:county")).text
    assert f"{new}?enquiry={late.code}" in county
    form = officer.get(f"{new}?enquiry={late.code}")
    assert "无人答复的需求" in form.text
    sent = {"form": "call", "day": clock.today().isoformat(), "text": "企业说下周答复"}
    wrong = officer.post(f"{new}?enquiry=ZX2026-AAAAAA-A", sent)
    assert wrong.status_code == 400
    assert "没有找到这条咨询" in wrong.text
    assert "企业说下周答复" in wrong.text
    assert not LoggedContact.objects.exists()
    assert officer.post(f"{new}?enquiry={late.code}", sent).status_code == 302
    contact = LoggedContact.objects.get()
    assert contact.enquiry_id == late.pk
    services.answer_contact(contact, reply="confirmed", actor=cast.member, rev=1)
    drain()
    late.refresh_from_db()
    assert late.status == "talking"
    asker = signed_in(cast.outsider).get(reverse("enquiries:show", args=[late.code])).text
    assert "企业说下周答复" in asker
    # An officer of another district is told nothing of it.
    other = signed_in(cast.registrar_county)
    assert other.get(f"{new}?enquiry={late.code}").status_code in {400, 403}


def test_a_disputed_or_forgotten_visit_was_none(cast: Cast) -> None:
    from marketplace.listings.kind import kind_named

    need = make_need(cast.enterprise, cast.member, title="从未走访的需求", state="published")
    first = log(cast, kind=kind_named("needs"), listing=need)
    assert not queries.unvisited_needs_in([])
    services.answer_contact(first, reply="disputed", actor=cast.member, rev=1)
    assert list(queries.unvisited_needs_in([])) == [need]
    log(cast, kind=kind_named("needs"), listing=need)
    assert not queries.unvisited_needs_in([])
    with clock.shift(timedelta(days=31)):
        assert list(queries.unvisited_needs_in([])) == [need]


# --- keeping ----------------------------------------------------------------------------------
def test_what_is_over_is_erased_and_what_is_held_stays(cast: Cast, enquiry: Enquiry) -> None:
    services.add_note(enquiry, text="内部说明", is_shared=False, actor=cast.member)
    services.close(enquiry, reason="price", note="说明", actor=cast.member)
    kind = RecordKind.objects.get(code="enquiry")
    with clock.shift(timedelta(days=kind.days - 1)):
        assert "enquiry" not in services.purge_records()
    hold = services.hold_enquiry(enquiry, reason="双方有争议", actor=cast.operator)
    with clock.shift(timedelta(days=kind.days + 1)):
        assert "enquiry" not in services.purge_records()
        services.lift_hold(hold, actor=cast.operator)
        assert services.purge_records()["enquiry"] == 1
        assert "enquiry" not in services.purge_records()
    enquiry.refresh_from_db()
    assert (enquiry.closing_reason, enquiry.closing_note) == ("price", "")
    assert {row.text for row in Message.objects.filter(enquiry=enquiry)} == {""}
    assert not enquiry.notes.exists()
    assert Entry.objects.get(event="RecordsPurged").payload == {"code": "enquiry", "count": 1}


def test_a_deal_is_kept_at_least_as_long_as_the_law_says(cast: Cast, enquiry: Enquiry) -> None:
    intent = services.propose_intent(enquiry, values(), actor=cast.approver)
    services.accept_intent(intent, actor=cast.university_admin)
    services.close(enquiry, reason="done_elsewhere", actor=cast.member)
    deal = RecordKind.objects.get(code="enquiry_with_deal")
    with pytest.raises(InvalidInput):
        services.change_period(deal, days=3 * 365, actor=cast.operator)
    with pytest.raises(Forbidden):
        services.change_period(deal, days=2000, actor=cast.auditor)
    services.change_period(deal, days=2000, actor=cast.operator, rev=1)
    with pytest.raises(Stale):
        services.change_period(deal, days=1900, actor=cast.operator, rev=1)
    with clock.shift(timedelta(days=1999)):
        assert services.purge_records() == {}
    with clock.shift(timedelta(days=2001)):
        assert services.purge_records() == {"enquiry_with_deal": 1}
    intent.refresh_from_db()
    assert (intent.subject, intent.status, intent.amount_fen) == ("", "accepted", 80_000_000)


def test_the_table_is_public_and_the_operator_holds_by_code(cast: Cast, enquiry: Enquiry) -> None:
    assert "180" in Client().get(reverse("enquiries:kept")).content.decode()
    client = signed_in(cast.operator)
    assert client.get(reverse("enquiries:keeping")).status_code == 200
    address = reverse("enquiries:hold")
    assert client.post(address, {"code": "ZX", "reason": "争议"}).status_code == 400
    held = client.post(address, {"code": enquiry.code, "reason": "争议"})
    assert held.status_code == 302
    assert client.post(address, {"code": enquiry.code, "reason": "争议"}).status_code == 400
    [hold] = queries.holds()
    assert client.post(address, {"lift": str(hold.pk)}).status_code == 302
    assert list(queries.holds()) == []
