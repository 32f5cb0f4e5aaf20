"""The way to an intent over REST: the rights and refusals of the pages, keys, what was seen, and a canary."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marketplace.enquiries import rulebook, services
from marketplace.enquiries.models import (
    Enquiry,
    Intent,
    Lead,
    LoggedContact,
    MetQuestion,
    Note,
    Step,
)
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.parties import make_staff
from tests.marketplace.api.conftest import Call, call, fields, problem

pytestmark = pytest.mark.django_db
__all__ = ["call"]
API = "/api/v1/"
CANARY = "金丝雀问题"


@pytest.fixture
def enquiry(cast: Cast) -> Enquiry:
    """The enterprise asks the university about an achievement, and was answered."""
    listing = make_achievement(
        cast.university, cast.university_member, title="低甲醛胶黏剂", state="published"
    )
    return make_enquiry(
        listing, cast.enterprise, cast.member, state="talking", owner=cast.university_member
    )


def proposal(**more: Any) -> dict[str, Any]:
    """A body in which nothing is wrong."""
    day = clock.today() + timedelta(days=30)
    return {
        "contract_kind": "license",
        "subject": "胶黏剂配方及工艺许可",
        "amount_fen": 80_000_000,
        "milestones": [{"what": "小试", "due": day.isoformat(), "share": 30}],
        "checks": {code: {"answer": "clear", "note": ""} for code in rulebook.CHECKS},
        **more,
    }


def actions(call: Call, person: Any, address: str) -> list[str]:
    found: list[str] = call(person, "get", address).json()["available_actions"]
    return found


# --- intents ----------------------------------------------------------------------------------
def test_an_intent_from_the_proposal_to_both_confirmations(
    cast: Cast, enquiry: Enquiry, call: Call, drain: Callable[[], int]
) -> None:
    of_enquiry = f"{API}enquiries/{enquiry.code}/"
    assert "propose" in actions(call, cast.approver, of_enquiry)
    assert "propose" not in actions(call, cast.member, of_enquiry)
    refused = call(cast.member, "post", f"{of_enquiry}intents/", proposal())
    assert (refused.status_code, Intent.objects.count()) == (403, 0)
    sent = [
        call(cast.approver, "post", f"{of_enquiry}intents/", proposal(), HTTP_IDEMPOTENCY_KEY="k")
        for _time in range(2)
    ]
    assert [row.status_code for row in sent] == [201, 200]
    first = sent[0].json()
    assert (first["status"], first["side"], sent[1].json()) == ("proposed", "asker", first)
    assert first["available_actions"] == ["seal", "withdraw", "counter"]
    assert "close" not in actions(call, cast.approver, of_enquiry)
    second = call(cast.approver, "post", f"{of_enquiry}intents/", proposal())
    assert (second.status_code, problem(second)["type"]) == (409, "/api/problems/refused")

    address = f"{API}intents/{first['code']}/"
    shown = call(cast.university_admin, "get", address)
    assert shown.json()["available_actions"] == ["accept", "decline", "counter"]
    assert call(cast.university_admin, "post", f"{address}counter/", proposal()).status_code == 428
    changed = proposal(amount_fen=None, milestones=[])
    countered = call(
        cast.university_admin, "post", f"{address}counter/", changed, HTTP_IF_MATCH=shown["ETag"]
    )
    assert (countered.status_code, countered.json()["supersedes"]) == (201, first["code"])
    late = call(cast.approver, "post", f"{address}withdraw/", {"rev": 1})
    assert (late.status_code, Intent.objects.get(code=first["code"]).status) == (409, "superseded")

    newer = f"{API}intents/{countered.json()['code']}/"
    wrong = call(cast.org_admin, "post", f"{newer}accept/", HTTP_IF_MATCH='"7"')
    assert (wrong.status_code, wrong.json()["present"]["status"]) == (412, "proposed")
    for person, code in ((cast.university_admin, 403), (cast.member, 403), (cast.outsider, 404)):
        assert call(person, "post", f"{newer}accept/", {"rev": 1}).status_code == code
    agreed = call(cast.org_admin, "post", f"{newer}accept/", HTTP_IF_MATCH=countered["ETag"])
    assert (agreed.status_code, agreed.json()["status"]) == (200, "accepted")
    assert agreed.json()["available_actions"] == []
    drain()
    listed = call(cast.member, "get", f"{of_enquiry}intents/").json()
    assert [row["status"] for row in listed] == ["accepted", "superseded"]
    assert call(cast.member, "get", of_enquiry).json()["status"] == "agreed"
    assert call(cast.org_admin, "post", f"{newer}sign/", {"rev": 2}).status_code == 404


def test_who_declines_says_why(cast: Cast, enquiry: Enquiry, call: Call) -> None:
    made = services.propose_intent(enquiry, _values(), actor=cast.approver)
    address = f"{API}intents/{made.code}/decline/"
    unsaid = call(cast.university_admin, "post", address, {"rev": 1})
    assert (unsaid.status_code, fields(unsaid)) == (400, ["reason"])
    body = {"rev": 1, "reason": "price", "note": "预算不足"}
    declined = call(cast.university_admin, "post", address, body).json()
    said = declined["status"], declined["reason"], declined["note"]
    assert said == ("declined", "price", "预算不足")


def _values() -> dict[str, Any]:
    return proposal(milestones=[])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"contract_kind": "gift"}, "contract_kind"),
        ({"subject": "字" * 20_000}, "subject"),
        ({"amount_fen": -1}, "amount_fen"),
        ({"amount_fen": 10**30}, "amount_fen"),
        ({"checks": "全部"}, "checks"),
        ({"checks": {}}, "checks"),
        ({"checks": {"ownership": "clear"}}, "checks.ownership"),
        ({"checks": {"weather": {"answer": "clear"}}}, "checks"),
        ({"milestones": [{"what": "迟", "due": "2020-01-01"}]}, "milestones"),
        ({"milestones": [{"what": "无", "due": "2026-02-30"}]}, "milestones.0.due"),
        ({"milestones": [{"what": "多", "due": "2099-01-01", "share": 101}]}, "milestones.0.share"),
        ({"publicity_from": "2026-03-02", "publicity_until": "2026-03-01"}, "publicity_until"),
    ],
)
def test_hostile_proposals_are_refused_at_the_field(
    cast: Cast, enquiry: Enquiry, call: Call, wrong: dict[str, Any], field: str
) -> None:
    address = f"{API}enquiries/{enquiry.code}/intents/"
    answer = call(cast.approver, "post", address, proposal(**wrong))
    assert (answer.status_code, set(fields(answer))) == (400, {field})
    broken = call(cast.approver, "post", address, proposal(subject="\ud800坏"))
    assert broken.status_code == 400
    assert not Intent.objects.exists()


# --- steps, notes, the end ----------------------------------------------------------------------
def test_steps_and_notes(cast: Cast, enquiry: Enquiry, call: Call) -> None:
    of_enquiry = f"{API}enquiries/{enquiry.code}/"
    body = {"what": "寄送样品", "side": "owner", "due": clock.today().isoformat()}
    sent = [
        call(cast.member, "post", f"{of_enquiry}steps/", body, HTTP_IDEMPOTENCY_KEY="k")
        for _time in range(2)
    ]
    assert ([row.status_code for row in sent], Step.objects.count()) == ([201, 200], 1)
    step = f"{API}steps/{sent[0].json()['code']}/"
    for wrong, field in (
        ({"due": "2020-01-01"}, "due"),
        ({"side": "both"}, "side"),
        ({"what": "长" * 201}, "what"),
    ):
        refused = call(cast.member, "post", f"{of_enquiry}steps/", {**body, **wrong})
        assert (refused.status_code, fields(refused)) == (400, [field])
    assert actions(call, cast.university_member, step) == ["done", "edit", "remove"]
    assert call(cast.operator, "post", f"{step}done/", {"rev": 1}).status_code == 403
    stale = call(cast.member, "post", f"{step}done/", {"rev": 5})
    assert (stale.status_code, stale.json()["present"]["done_at"]) == (409, None)
    done = call(cast.university_member, "post", f"{step}done/", {"rev": 1})
    assert (done.status_code, done.json()["available_actions"]) == (200, [])
    assert call(cast.member, "post", f"{step}done/", {"rev": 2}).status_code == 409
    assert [row["rev"] for row in call(cast.operator, "get", f"{of_enquiry}steps/").json()] == [2]

    for text, shared in (("只给本单位", False), ("双方都看", True)):
        noted = call(
            cast.member, "post", f"{of_enquiry}notes/", {"text": text, "is_shared": shared}
        )
        assert (noted.status_code, noted.json()["side"]) == (201, "asker")
    empty = call(cast.member, "post", f"{of_enquiry}notes/", {"text": " "})
    assert (empty.status_code, fields(empty), Note.objects.count()) == (400, ["text"], 2)
    for person in (cast.university_member, cast.operator):
        seen = call(person, "get", f"{of_enquiry}notes/").json()
        assert [row["text"] for row in seen] == ["双方都看"]


def test_a_step_is_changed_and_taken_out(cast: Cast, enquiry: Enquiry, call: Call) -> None:
    day = clock.today()
    made = services.add_step(enquiry, what="寄样", side="owner", due=day, actor=cast.member)
    address = f"{API}steps/{made.code}/"
    body = {"what": "寄两份样品", "side": "asker", "due": day.isoformat()}
    assert call(cast.member, "post", f"{address}edit/", body).status_code == 428
    assert call(cast.outsider, "post", f"{address}edit/", {**body, "rev": 1}).status_code == 404
    past = call(cast.member, "post", f"{address}edit/", {**body, "due": "2020-01-01", "rev": 1})
    assert (past.status_code, fields(past)) == (400, ["due"])
    edited = call(cast.university_member, "post", f"{address}edit/", {**body, "rev": 1})
    said = edited.json()
    assert (edited.status_code, said["what"], said["side"], said["rev"]) == (
        200,
        "寄两份样品",
        "asker",
        2,
    )
    stale = call(cast.member, "post", f"{address}edit/", {**body, "what": "不寄", "rev": 1})
    assert (stale.status_code, stale.json()["present"]["what"]) == (409, "寄两份样品")
    assert call(cast.operator, "post", f"{address}remove/", {"rev": 2}).status_code == 403
    assert call(cast.member, "post", f"{address}remove/", {"rev": 1}).status_code == 409
    assert call(cast.member, "post", f"{address}remove/", {"rev": 2}).status_code == 204
    assert not Step.objects.exists()


def test_whether_they_met_is_answered_once_a_side(cast: Cast, enquiry: Enquiry, call: Call) -> None:
    address = f"{API}enquiries/{enquiry.code}/met/"
    services.ask_whether_they_met(enquiry, occasion="answer", at=clock.now())
    assert call(cast.member, "get", address).json() == []
    pk = MetQuestion.objects.get().pk
    early = call(cast.member, "post", address, {"id": pk, "answer": "yes"})
    assert (early.status_code, fields(early)) == (400, ["id"])
    MetQuestion.objects.update(ask_at=clock.now() - timedelta(days=1))
    services.ask_due_questions()
    [asked] = call(cast.operator, "get", address).json()
    assert (asked["id"], asked["owner_answer"], asked["asker_answer"]) == (pk, "", "")
    assert call(cast.operator, "post", address, {"id": pk, "answer": "yes"}).status_code == 403
    assert call(cast.outsider, "post", address, {"id": pk, "answer": "yes"}).status_code == 404
    wrong = call(cast.member, "post", address, {"id": pk, "answer": "maybe"})
    assert (wrong.status_code, fields(wrong)) == (400, ["answer"])
    for answer in ("no", "yes", "yes"):
        said = call(cast.member, "post", address, {"id": pk, "answer": answer})
        assert (said.status_code, said.json()["asker_answer"]) == (200, answer)
    assert MetQuestion.objects.get().owner_answer == ""


def test_closing_and_reopening(cast: Cast, enquiry: Enquiry, call: Call) -> None:
    of_enquiry = f"{API}enquiries/{enquiry.code}/"
    seen = call(cast.member, "get", of_enquiry)["ETag"]
    too_early = call(
        cast.member, "post", f"{of_enquiry}reopen/", {"reason": "再谈", "text": "还在吗"},
        HTTP_IF_MATCH=seen,
    )  # fmt: skip
    assert too_early.status_code == 409
    services.write(enquiry, "补充一句", actor=cast.university_member)
    body = {"reason": "price", "note": "超出预算"}
    stale = call(cast.member, "post", f"{of_enquiry}close/", body, HTTP_IF_MATCH=seen)
    assert (stale.status_code, stale.json()["present"]["status"]) == (412, "talking")
    unknown = call(
        cast.member, "post", f"{of_enquiry}close/", {"reason": "mood"}, HTTP_IF_MATCH=stale["ETag"]
    )
    assert (unknown.status_code, fields(unknown)) == (400, ["reason"])
    closed = call(cast.member, "post", f"{of_enquiry}close/", body, HTTP_IF_MATCH=stale["ETag"])
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    enquiry.refresh_from_db()
    assert (enquiry.closing_reason, enquiry.closing_note) == ("price", "超出预算")
    assert (
        call(cast.member, "post", f"{of_enquiry}close/", body, HTTP_IF_MATCH="*").status_code == 409
    )

    assert actions(call, cast.member, of_enquiry) == ["write", "note", "ask_again"]
    assert actions(call, cast.university_member, of_enquiry) == ["write", "note", "reopen"]
    again = {"reason": "预算已批", "text": "可以继续谈了"}
    opened = [
        call(
            cast.member, "post", f"{of_enquiry}reopen/", again,
            HTTP_IF_MATCH=closed["ETag"], HTTP_IDEMPOTENCY_KEY="k",
        )
        for _time in range(2)
    ]  # fmt: skip
    assert [row.status_code for row in opened] == [201, 200]
    said = opened[0].json()
    assert (said["status"], said["messages"][-1]["text"]) == ("open", "可以继续谈了")


# --- leads --------------------------------------------------------------------------------------
def lead_of(enquiry: Enquiry) -> Lead:
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now() - timedelta(minutes=1))
    services.tell_waiting()
    return Lead.objects.get(enquiry=enquiry)


def test_a_lead_gives_field_district_and_age_until_the_asker_names_the_broker(
    cast: Cast, call: Call
) -> None:
    listing = make_achievement(
        cast.university, cast.university_member, title=f"{CANARY}标题", state="published"
    )
    asked = make_enquiry(listing, cast.enterprise, cast.member, text=CANARY, pool_consent=True)
    by_visitor = make_visitor_enquiry(
        listing, text=CANARY, name=f"{CANARY}卫", contact="canary@example.com", pool_consent=True
    )
    lead, _other = lead_of(asked), lead_of(by_visitor)
    secrets = (
        *(CANARY, "canary@example.com", asked.code, by_visitor.code, listing.code),
        *(cast.enterprise.name, cast.enterprise.code, cast.member.name, cast.university.name),
    )
    second = make_staff("broker", phone="+8613800000177")
    address = f"{API}leads/{lead.code}/"
    seen = call(cast.broker, "get", f"{API}leads/")
    assert len(seen.json()) == 2
    assert set(seen.json()[0]) == {
        *("code", "rev", "status", "field", "district", "opened_at", "days", "enquiry"),
        "available_actions",
    }
    shown = call(cast.broker, "get", address)
    assert (shown.json()["enquiry"], shown.json()["available_actions"]) == ("", ["take"])
    taken = call(cast.broker, "post", f"{address}take/", HTTP_IF_MATCH=shown["ETag"])
    assert (taken.status_code, taken.json()["available_actions"]) == (200, ["hand_back"])
    late = call(second, "post", f"{address}take/", HTTP_IF_MATCH=shown["ETag"])
    assert late.status_code == 404
    held = call(cast.broker, "get", f"{API}leads/?of=held")
    stale = call(cast.broker, "post", f"{address}hand_back/", {"rev": 1})
    assert (stale.status_code, stale.json()["present"]["status"]) == (409, "taken")
    for answer in (seen, shown, taken, late, held, stale):
        for secret in secrets:
            assert secret not in answer.content.decode()
    for path in (f"enquiries/{asked.code}/", f"enquiries/{asked.code}/steps/"):
        assert call(cast.broker, "get", API + path).status_code == 404
    assert call(cast.member, "get", f"{API}leads/").status_code == 403
    assert call(cast.broker, "get", f"{API}leads/?of=all").status_code == 400

    consent = f"{API}enquiries/{asked.code}/broker/"
    asks = call(cast.member, "get", consent)
    assert (asks.json()["broker"], asks.json()["available_actions"]) == (
        cast.broker.name,
        ["confirm", "refuse"],
    )
    nobody = call(cast.member, "post", consent, {"answer": "confirm"}, HTTP_IF_MATCH="*")
    assert (nobody.status_code, fields(nobody)) == (400, ["rev"])
    # The lead comes back, and another broker takes it: what was seen is consent to the first alone.
    services.hand_back_lead(Lead.objects.get(pk=lead.pk), actor=cast.broker)
    services.take_lead(Lead.objects.get(pk=lead.pk), actor=second)
    for_another = call(
        cast.member, "post", consent, {"answer": "confirm"}, HTTP_IF_MATCH=asks["ETag"]
    )
    assert (for_another.status_code, for_another.json()["present"]["broker"]) == (412, second.name)
    agreed = call(
        cast.member, "post", consent, {"answer": "confirm"}, HTTP_IF_MATCH=for_another["ETag"]
    )
    assert (agreed.status_code, agreed.json()["status"]) == (200, "confirmed")
    opened = call(second, "get", address).json()
    assert opened["enquiry"] == asked.code
    assert CANARY in call(second, "get", f"{API}enquiries/{asked.code}/").content.decode()
    assert call(cast.broker, "get", address).status_code == 404


# --- on behalf ----------------------------------------------------------------------------------
def test_a_contact_is_the_firms_word_once_the_firm_says_so(
    cast: Cast, enquiry: Enquiry, call: Call, drain: Callable[[], int]
) -> None:
    body = {
        "firm": cast.enterprise.code,
        "form": "visit",
        "day": clock.today().isoformat(),
        "text": "走访记录",
    }
    assert call(cast.member, "post", f"{API}contacts/", body).status_code == 403
    for wrong, field in (
        ({"firm": "JG"}, "firm"),
        ({"form": "letter"}, "form"),
        ({"day": "2099-01-01"}, "day"),
        ({"text": "长" * 20_000}, "text"),
        ({"listing": enquiry.listing_code}, "listing"),
        ({"enquiry": enquiry.code}, "enquiry"),
    ):
        refused = call(cast.registrar_city, "post", f"{API}contacts/", {**body, **wrong})
        assert (refused.status_code, fields(refused)) == (400, [field])
    sent = [
        call(cast.registrar_city, "post", f"{API}contacts/", body, HTTP_IDEMPOTENCY_KEY="k")
        for _time in range(2)
    ]
    assert ([row.status_code for row in sent], LoggedContact.objects.count()) == ([201, 200], 1)
    assert all("link" not in row.json() for row in sent)
    address = f"{API}contacts/{sent[0].json()['code']}/"
    assert "link" not in call(cast.registrar_city, "get", address).json()
    assert actions(call, cast.member, address) == ["reply"]
    assert call(cast.registrar_city, "post", f"{address}reply/", {"rev": 1}).status_code == 403
    assert call(cast.outsider, "get", address).status_code == 404
    stale = call(cast.member, "post", f"{address}reply/", {"rev": 4, "reply": "confirmed"})
    assert (stale.status_code, stale.json()["present"]["reply"]) == (409, "")
    said = call(cast.member, "post", f"{address}reply/", {"rev": 1, "reply": "confirmed"})
    assert (said.status_code, said.json()["available_actions"]) == (200, [])
    again = call(cast.member, "post", f"{address}reply/", {"rev": 2, "reply": "disputed"})
    assert again.status_code == 409
    assert [row["reply"] for row in call(cast.member, "get", f"{API}contacts/").json()] == [
        "confirmed"
    ]


# --- lists --------------------------------------------------------------------------------------
def test_lists_cost_the_same_for_one_row_and_for_many(
    cast: Cast, call: Call, django_assert_max_num_queries: Any
) -> None:
    listing = make_achievement(cast.university, cast.university_member, state="published")
    enquiry = make_enquiry(listing, cast.enterprise, cast.member, pool_consent=True)
    lead_of(enquiry)

    def more(number: int) -> None:
        row = make_achievement(
            cast.university, cast.university_member, title=f"成果 {number}", state="published"
        )
        lead_of(make_enquiry(row, cast.enterprise, cast.member, pool_consent=True))
        services.add_step(enquiry, what="样品", side="owner", due=clock.today(), actor=cast.member)
        services.add_note(enquiry, text="纪要", is_shared=True, actor=cast.member)
        services.log_contact(
            cast.enterprise, form="call", day=clock.today(), text="来电", actor=cast.registrar_city
        )
        made = services.propose_intent(enquiry, _values(), actor=cast.approver)
        services.withdraw_intent(made, actor=cast.approver)

    reads = (
        (cast.broker, "leads/"),
        (cast.member, f"enquiries/{enquiry.code}/steps/"),
        (cast.member, f"enquiries/{enquiry.code}/notes/"),
        (cast.member, f"enquiries/{enquiry.code}/intents/"),
        (cast.member, "contacts/"),
    )
    counts: dict[str, list[int]] = {path: [] for _person, path in reads}
    for numbers in (range(1), range(1, 8)):
        for number in numbers:
            more(number)
        for person, path in reads:
            call(person, "get", API + path)
            with django_assert_max_num_queries(60) as counted:
                assert call(person, "get", API + path).status_code == 200
            counts[path].append(len(counted))
    for path, (few, many) in counts.items():
        assert few == many, path
