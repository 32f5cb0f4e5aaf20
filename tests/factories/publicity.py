"""Publicities and objections made by the services that people use."""

from typing import Any

from marketplace.parties.models import Organization, User
from marketplace.publicity import services
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.queries import organization_subject
from marketplace.publicity.services.objections import Claim

FACTS = {
    "item": "技术需求比选结果",
    "result": "低甲醛胶黏剂配方",
    "people": "胶黏剂课题组",
    "price": "86 万元",
    "counterpart": "某新材料公司",
    "basis": "专家评审意见",
    "contact": "科技处，0539-8100000",
}


def content(**said: Any) -> services.Content:
    """A complete content; `said` replaces parts."""
    values: dict[str, Any] = {
        "rule": "agreed_price",
        "days": 15,
        "title": "低甲醛胶黏剂配方协议定价公示",
        "body": "拟以协议定价方式转让，价格由双方协商确定。",
        "facts": dict(FACTS),
    }
    return services.Content(**values | said)


def make_publicity(
    owner: Organization, actor: User, *, state: str = "running", **said: Any
) -> Publicity:
    """A publicity of an organisation, by a person who binds it: `draft`, `running` or `cancelled`."""
    made = services.draft_publicity(organization_subject(owner), content(**said), actor=actor)
    if state == "draft":
        return made
    made = services.publish_publicity(made, actor=actor)
    if state == "cancelled":
        made = services.cancel_publicity(made, reason="内容有误", actor=actor)
    return made


def make_objection(
    publicity: Publicity,
    org: Organization,
    actor: User,
    *,
    state: str = "submitted",
    ground: str = "price",
    answerer: User | None = None,
    ruler: User | None = None,
) -> Objection:
    """An objection in a state, by a person who binds `org`.

    `answerer` binds the publisher, `ruler` is of the authority; each where the state needs one.
    """
    claim = Claim(ground, "本单位曾就同一成果询价。", "公示价格低于报给本单位的价格。")
    row = services.draft_objection(publicity, org, claim, actor=actor)
    if state == "draft":
        return row
    row = services.submit_objection(row, actor=actor)
    if state == "withdrawn":
        return services.withdraw_objection(row, actor=actor)
    if state == "submitted":
        return row
    move = "uphold" if state in {"upheld", "remedied"} else "dismiss"
    row = services.answer_objection(row, move, answer="定价依据已存档。", actor=answerer)
    if state in {"dismissed", "upheld"}:
        return row
    if state == "remedied":
        row = services.report_remedy(row, text="已重新评估价格。", actor=answerer)
        return services.confirm_remedy(row, actor=ruler)
    row = services.complain(row, text="答复没有说明定价依据。", actor=actor)
    if state == "filed":
        return row
    if state == "inadmissible":
        return services.decide_complaint(row, "refuse", ruling="不属于受理范围。", actor=ruler)
    row = services.decide_complaint(row, "admit", ruling="", actor=ruler)
    if state == "admitted":
        return row
    ruling = "sustain" if state == "sustained" else "reject"
    return services.decide_complaint(row, ruling, ruling="经审查，作出决定。", actor=ruler)
