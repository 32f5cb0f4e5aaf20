"""Every POST says what it was made from or carries a one-time key, or the table says why not."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

import pytest

from marketplace.custody import sealing
from marketplace.kernel import clock
from tests.access.matrix import KINDS, Rule, load
from tests.access.posts import KEY, POSTS, REV
from tests.access.walk import ALWAYS_WRITTEN, JOURNAL, LOGIN, address, watched
from tests.access.world import World, rolled_back
from tests.access.worlds.intent import VALUES
from tests.factories.custody import new_record
from tests.factories.files import pdf_bytes, upload
from tests.factories.parties import organization_data

pytestmark = pytest.mark.django_db


def _filled(table: Mapping[str, str]) -> dict[str, str]:
    """The table with a line for each kind of listing."""
    found = {}
    for name, guard in table.items():
        for words in KINDS if "<" in name else ({},):
            route = name
            for word, value in words.items():
                route = route.replace(word, value)
            found[route] = guard
    return found


GUARDS = _filled(POSTS)
RULES = [rule for rule in load().rules if "post" in rule.table]
#: The same doors as those of every tender, with one more reader: what they guard is asked once.
_AGAIN = {"funded_tender", "funded_act"}
GUARDED = [rule for rule in RULES if GUARDS.get(rule.name) == REV and rule.subject not in _AGAIN]
MAKING = [
    rule for rule in RULES if GUARDS.get(rule.name) == KEY and not rule.name.startswith("api:")
]


def _scan() -> Any:
    return upload(pdf_bytes(), "扫描件.pdf")


def _key_record() -> Any:
    return sealing.canonical(new_record()[1]).decode()


_BID = {
    "scheme": "方案",
    "price": "85",
    "team": "团队",
    "lead_share": "100",
    "schedule-TOTAL_FORMS": "1",
    "schedule-INITIAL_FORMS": "0",
    "schedule-0-milestone": "中试",
    "schedule-0-days": "180",
    "partners-TOTAL_FORMS": "0",
    "partners-INITIAL_FORMS": "0",
    "answer_1": "满足",
    "answer_2": "满足",
}

#: Who does the act of OTHERWISE, where several may post and each does something else.
ROLE = {
    "registration:period": "registrar_city",
    "publicity:contest": "university_admin",
    "publicity:manage": "approver",
    "publicity:objection": "university_admin",
    "tenders:manage": "approver",
    "tenders:ask": "university_admin",
    "awards:manage": "approver",
    "awards:decline": "university_admin",
    "awards:delivery": "university_admin",
    "bids:edit": "university_admin",
    "bids:plain": "university_admin",
    "bids:show": "university_admin",
    "evaluation:profile": "member",
    "evaluation:panel": "approver",
    "evaluation:explain": "university_admin",
    "custody:show": "university_member",
    "custody:key": "university_member",
    "exclusions:show": "operator",
}
#: What else each sends (a function is called for a fresh file), so that nothing but the state that was seen is wrong with it.
OTHERWISE: dict[str, Any] = {
    "awards:manage": {"act": "check", "check-days": "5", "check-contact": "采购部"},
    "awards:decline": {"reason": "产能不足"},
    "awards:delivery": {"act": "claim", "claim-tried": "三条路线", "claim-spent": "3"},
    "bids:edit": _BID,
    "bids:plain": {**_BID, "terms_rev": "1", "agree": "on"},
    "bids:show": {"act": "discard"},
    "edit": {"title": "另一个名称"},
    "brokerage:entry": {"move": "submit"},
    "brokerage:edit": {
        "name": "另一个名字",
        "trainings-TOTAL_FORMS": "0",
        "trainings-INITIAL_FORMS": "0",
    },
    "brokerage:certificate": {
        "scheme": "torch",
        "level": "senior",
        "number": "N-2",
        "issuer": "另一处",
        "valid_from": "2024-05-01",
    },
    "registration:period": {"act": "propose"},
    "deals:evidence": {"route": "listing", "result": "成交"},
    "deals:evidence_row": {"act": "remove"},
    "deals:text": {"act": "reopen", "reason": "改付款日"},
    "deals:attest": {"scan": _scan},
    "deals:sign": {
        "signed_on": clock.today().isoformat(),
        "form": "scan",
        "fully_sealed": "on",
        "file": _scan,
    },
    "deals:copy": {"file": _scan},
    "deals:reverse_payment": {"reason": "记错了"},
    "deals:reach": {"done_on": clock.today().isoformat()},
    "deals:terminate": {"reason": "协商解除", "ended_on": clock.today().isoformat()},
    "deals:cancel": {"reason": "不做了"},
    "deals:origin": {"record": "other", "code": "XQ2026-7KQ4ZM-H"},
    "deals:amendment": {"act": "withdraw"},
    "brokerage:review": {"move": "enter"},
    "brokerage:filing": {"staff": "12"},
    "brokerage:mandate": {"act": "withdraw"},
    "brokerage:mandate_amend": {
        "ends_on": "2099-12-31",
        "fee_kind": "percent",
        "rate_bp": "4",
        "payer": "client",
        "due_on": "signed",
        "due_days": "15",
        "protection_days": "30",
        "form": "two",
    },
    "brokerage:commission": {"act": "cancel"},
    "brokerage:introduction": {"act": "answer", "answer": "acknowledged"},
    "brokerage:introduction_rule": {"winner": "none", "reason": "没有证据"},
    "registration:filing": {"move": "submit"},
    "registration:decide": {"move": "next"},
    "registration:uses": {"side": "seller", "kind": "vat", "used_on": clock.today().isoformat()},
    "api:introduction_answer": {"answer": "acknowledged"},
    "api:contract_save": {"values": {"field": "01"}},
    "api:contract_pay": {"paid_on": "2026-01-01", "amount_fen": 1},
    "api:contract_invoice": {"number": "1", "issued_on": "2026-01-01", "amount_fen": 1},
    "api:contract_act": {"reason": "不再合作"},
    "api:contract_texts": {"origin": "generated"},
    "api:contract_attest": {"side": "buyer", "sha256": "0" * 64},
    "api:contract_sign": {"signed_on": clock.today().isoformat(), "fully_sealed": True},
    "api:contract_copies": {"fully_sealed": True},
    "api:contract_milestones": {"position": 1, "done_on": clock.today().isoformat()},
    "api:contract_reverse": {"payment": 1, "reason": "记错了"},
    "api:contract_amendments": {
        "section": "money",
        "values": {"amount_total_fen": 1},
        "reason": "减少内容",
    },
    "api:contract_amendment": {"act": "withdraw"},
    "api:contract_origins": {"kind": "needs", "record": "XQ2026-000000-0"},
    "api:enquiry_close": {"reason": "price"},
    "api:enquiry_reopen": {"reason": "预算已批", "text": "继续谈"},
    "api:intent_counter": VALUES,
    "api:lead_answer": {"answer": "confirm"},
    "api:contact_reply": {"reply": "confirmed"},
    "api:step_edit": {"what": "寄样", "side": "owner", "due": clock.today().isoformat()},
    "api:broker_own": {"action": "leave"},
    "taxonomy:year": {"act": "mark", "source": "另一份通知"},
    "taxonomy:edit": {"label": "另一个名称", "order": "5"},
    "renew": {"days": "90"},
    "solve": {"how": "platform"},
    "transfer": {"how": "platform"},
    "withdraw": {"reason": "不再需要"},
    "review": {"publish": "1"},
    "batch_review": {"publish": "1"},
    "organization_edit": organization_data(summary="另一段"),
    "verification": {"note": "另一句"},
    "verification_review": {"verify": "1"},
    "suspend": {"suspend": "1", "remark": "另查"},
    "member_role": {"role": "org_admin"},
    "profile": {"name": "另一个名字", "language": "en"},
    "enquiries:intent": {"act": "withdraw"},
    "enquiries:close": {"reason": "price"},
    "enquiries:erase": {"reason": "withdrawn"},
    "enquiries:step": {"act": "done"},
    "enquiries:lead": {"act": "take"},
    "enquiries:lead_answer": {"act": "confirm"},
    "enquiries:contact": {"reply": "confirmed"},
    "enquiries:contact_link": {"reply": "confirmed"},
    "enquiries:period": {"days": "2000"},
    "publicity:edit": {
        "rule": "agreed_price",
        "days": "20",
        "title": "另一个标题",
    },
    "publicity:manage": {"act": "cancel", "cancel-reason": "内容有误"},
    "publicity:objection": {"act": "withdraw"},
    "publicity:edit_objection": {
        "ground": "price",
        "interest": "曾询价",
        "text": "价格偏低",
    },
    "api:publicity_move": {"reason": "内容有误"},
    "tenders:edit": {"title": "另一个名称"},
    "tenders:manage": {"act": "cancel", "cancel-kind": "funds", "cancel-reason": "经费没有落实"},
    "api:tender_move": {"kind": "funds", "reason": "经费没有落实"},
    "evaluation:profile": {"act": "leave"},
    "evaluation:expert": {"act": "approve"},
    "evaluation:panel": {"act": "dissolve", "dissolve-reason": "改请专家"},
    "evaluation:seat": {"act": "accept", "accept-agree": "on"},
    "evaluation:score": {"act": "save", "points_1": "80"},
    "evaluation:explain": {"answer": "材料自产"},
    "custody:show": {"act": "retire", "reason": "调离岗位"},
    "custody:key": {"record": _key_record},
    "exclusions:show": {"act": "void", "void-reason": "误录"},
    "exclusions:correct": {
        "kind": "person",
        "name": "某人",
        "note": "某职务",
        "body": "某局",
        "number": "1 号",
        "decided_on": "2026-01-05",
        "scopes": ["expert"],
        "starts_on": "2026-01-05",
        "source": "https://gov.example/1",
        "reason": "录错",
    },
    "grant_move": {"until": clock.today().isoformat()},
    "grant": {"move": "prolong", "until": clock.today().isoformat()},
    "retire": {"on": clock.today().isoformat()},
}
#: Where a person who may is told so by 400 in every state: the one in which it can be done.
STATE = {
    "text": "confirming",
    "copy": "signed",
    "terminate": "signed",
    "enquiry_reopen": "closed",
    "grant": "granted",
    "grant_move": "requested",
    "manage": "running",
    "evaluation:expert": "in_review",
    "exclusions:show": "in_force",
    "exclusions:correct": "in_force",
    "evaluation:panel": "forming",
    "evaluation:seat": "forming",
    "awards:manage": "drafted",
    "awards:decline": "publicised",
    "awards:delivery": "running",
    "tenders:manage": "tendering",
    "tenders:amend": "tendering",
    "objection": "submitted",
    "edit_objection": "draft",
    "publicity_move": "running",
    "tender_move": "tendering",
    "objection_move": "submitted",
    "verification_review": "pending",
    "suspend": "verified",
    "organization_edit": "draft",
}


def unnamed(guards: Mapping[str, str]) -> set[str]:
    """Routes that take a POST and of which the table says nothing."""
    return {rule.name for rule in RULES} - set(guards)


def test_every_post_is_in_the_table() -> None:
    assert unnamed(GUARDS) == set()
    assert set(GUARDS) - {rule.name for rule in RULES} == set()


def test_a_post_without_a_line_is_noticed() -> None:
    rest = {name: guard for name, guard in GUARDS.items() if name != "needs:act"}
    assert unnamed(rest) == {"needs:act"}


def test_whatever_needs_neither_says_why() -> None:
    reasons = [guard for guard in GUARDS.values() if guard not in {REV, KEY}]
    assert min(len(reason.split()) for reason in reasons) > 3


def _may(rule: Rule, method: str = "post") -> tuple[str, str]:
    """A state and a role in which the person may: nothing but the body is wrong."""
    table = rule.table[method]
    wanted = STATE.get(rule.name, STATE.get(rule.name.rpartition(":")[2]))
    chosen = ROLE.get(rule.name)
    for state, row in table.items():
        for role, status in sorted(row.items()):
            if chosen not in {None, role}:
                continue
            if status in {200, 302, 400, 428} and state == (wanted or state):
                return state, role
    raise AssertionError(f"nobody may {rule.label}")


def _send(world: World, rule: Rule, rev: str | None) -> tuple[HttpResponse, frozenset[str]]:
    state, role = _may(rule)
    name = rule.name.rpartition(":")[2]
    kind = rule.name if rule.name in OTHERWISE else str(rule.args.get("name", name))
    typed = {
        name: value() if callable(value) else value
        for name, value in dict(OTHERWISE.get(kind, {})).items()
    }
    if rev is not None:
        typed["rev"] = rev
    path = address(world, rule, state)
    extra = {"data": typed}
    if rule.name.startswith("api:"):
        extra = {"data": json.dumps(typed), "content_type": "application/json"}
    with rolled_back(), watched() as writes:
        response = world.ask(role, "post", path, **extra)
    return response, writes.tables - ALWAYS_WRITTEN - JOURNAL


@pytest.mark.parametrize("rule", GUARDED, ids=lambda rule: rule.label)
def test_a_stale_page_changes_nothing(world: World, rule: Rule) -> None:
    response, tables = _send(world, rule, "0")
    # The refused page shows a reviewer the confidential part as it is now, which its owner's log says.
    assert (response.status_code, tables - {"disclosure_reading"} - _read(rule)) == (
        409,
        frozenset(),
    )


def _read(rule: Rule) -> set[str]:
    """Where the reading of a bid is written down: the refused page beside its scores shows it again."""
    return {"openings_reading", "journal_entry"} if rule.name == "evaluation:score" else set()


@pytest.mark.parametrize("rule", GUARDED, ids=lambda rule: rule.label)
def test_a_page_that_does_not_say_what_it_saw_changes_nothing(world: World, rule: Rule) -> None:
    response, tables = _send(world, rule, None)
    expected = 428 if rule.name.startswith("api:") else 400
    assert (response.status_code, tables - _read(rule)) == (expected, frozenset())


@pytest.mark.parametrize("rule", MAKING, ids=lambda rule: rule.label)
def test_forms_that_make_something_carry_a_key(world: World, rule: Rule) -> None:
    state, role = _may(rule)
    assert role != LOGIN
    with rolled_back():
        page = world.ask(role, "get", address(world, rule, state))
    assert 'name="form_key"' in page.text
