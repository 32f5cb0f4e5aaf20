"""Drafting a tender from a need, and changing the parts of a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.custody.models import Custodian
from marketplace.files import services as files
from marketplace.files.queries import attachments_of
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.needs.models import Need
from marketplace.parties.policies import access_of
from marketplace.tenders import events, queries, rulebook
from marketplace.tenders.models import (
    TENDER_FILES,
    Criterion,
    Keeper,
    Lot,
    Requirement,
    Tender,
)
from marketplace.tenders.rulebook import CHALLENGE, Procedure, Sealing, Side
from marketplace.tenders.services.locking import locked, save
from marketplace.tenders.workflow import EDITABLE, OVER, UNDER_WAY

#: The criteria that a new draft begins with, by procedure: side, name, weight.
_USUAL = (
    (Side.SCHEME, _("技术方案的先进性和可行性"), Decimal(50)),
    (Side.TEAM, _("团队能力和以往业绩"), Decimal(20)),
    (Side.PRICE, _("报价"), Decimal(20)),
    (Side.SCHEDULE, _("进度安排和交付"), Decimal(10)),
)


@dataclass(frozen=True)
class Beginning:
    """The answers to the first questions: under which procedure, and whether it may be run here at all."""

    procedure: str
    #: Not a project that must be tendered by law (依法必须招标), nor a government purchase (政府采购).
    is_free: bool


@dataclass(frozen=True)
class Content:
    """What is wanted, on which terms. `plan_fee` in fen."""

    title: str
    summary: str
    content: str
    conditions: str = ""
    deliverables: str = ""
    ip_terms: str = ""
    payment: str = ""
    contact: str = ""
    summary_first: bool = False
    plan_fee: int | None = None
    has_lead: bool = False
    is_lump_sum: bool = False
    is_city_funded: bool = False


TEXTS = {
    "title": rulebook.MOST_TITLE,
    "summary": rulebook.MOST_SUMMARY,
    "content": rulebook.MOST_TEXT,
    "conditions": rulebook.MOST_TEXT,
    "deliverables": rulebook.MOST_TEXT,
    "ip_terms": rulebook.MOST_LINE,
    "payment": rulebook.MOST_LINE,
    "contact": rulebook.MOST_LINE,
}
_CHALLENGE_ONLY = ("has_lead", "is_lump_sum", "is_city_funded")


@transaction.atomic
def draft_tender(need: Need, beginning: Beginning, *, actor: Actor) -> Tender:
    """Begin a tender from a published need of an own organisation; everything that the need says is carried over.

    After an earlier round of the need it begins with what that one said, its lots, requirements and criteria included.

    Raises Forbidden, Refused where the project belongs elsewhere or the need is not open, InvalidInput at
    `procedure`.
    """
    if not access_of(actor).in_org(need.owner_id):
        raise Forbidden(_("只能由需求所属的单位发起"))
    if not actor.has_perm("tenders.draft_tender"):
        raise Forbidden(_("请先验证邮箱或手机号"))
    if not beginning.is_free:
        raise Refused(_("依法必须招标的项目和政府采购项目不在本平台办理"))
    # Two people who begin at once: the second finds what the first has begun.
    need = Need.objects.select_for_update(of=("self",)).select_related("owner").get(pk=need.pk)
    if not need.is_open:
        raise Refused(_("需求发布后才能发起征集"))
    if Tender.objects.filter(need=need, status__in=UNDER_WAY).exists():
        raise Refused(_("这条需求已有一项征集，结束或删除后才能再发起"))
    if queries.unopened_of([need.pk]):
        raise Refused(_("上一轮的方案还没有开启，开启后才能发起下一轮"))
    rule = rulebook.procedure_on(beginning.procedure, clock.today())
    if rule is None:
        raise InvalidInput({"procedure": [_("请从列表中选择")]})
    last = _last_round(need)
    row = Tender(
        owner_id=need.owner_id,
        need=need,
        procedure=rule.name,
        procedure_version=rule.version,
        sealing=rule.sealings[0],
        created_by_id=actor.pk,
        is_sample=need.is_sample,
        **_carried(need, rule) | _said_before(last, rule),
    )
    insert(row)
    _carry_parts(row, need, last)
    publish(events.TenderDrafted(subject_id=row.pk), actor=actor)
    return row


def _carried(need: Need, rule: Procedure) -> dict[str, Any]:
    """What a need says, in the fields of a tender."""
    content = "\n\n".join(part for part in (need.background, need.problem, need.content) if part)
    return {
        "title": need.title[: rulebook.MOST_TITLE],
        "summary": need.summary[: rulebook.MOST_SUMMARY],
        "content": content[: rulebook.MOST_TEXT],
        "conditions": need.conditions[: rulebook.MOST_TEXT],
        "ip_terms": need.ip_terms[: rulebook.MOST_LINE],
        "industry": need.industry,
        "district": need.district,
        "has_lead": rule.name == CHALLENGE,
    }


def _last_round(need: Need) -> Tender | None:
    """The last tender of the need whose deadline has passed, or that was cancelled."""
    return Tender.objects.filter(need=need, status__in=OVER).order_by("-id").first()


def _said_before(last: Tender | None, rule: Procedure) -> dict[str, Any]:
    """What the last round said: a second stage begins where the first one ended.

    Its summary is not asked for again. What only one procedure knows is taken from a round under the same one.
    """
    if last is None:
        return {}
    found = {name: getattr(last, name) for name in TEXTS if getattr(last, name)}
    if last.procedure == rule.name:
        found |= {name: getattr(last, name) for name in _CHALLENGE_ONLY}
    return found


def _carry_parts(row: Tender, need: Need, last: Tender | None) -> None:
    """Lots, requirements and criteria: those of the last round, else what follows from the need."""
    lots = [(lot.title, lot.budget) for lot in last.lots.all()] if last is not None else []
    Lot.objects.bulk_create(
        Lot(tender=row, number=number, title=title, budget=budget)
        for number, (title, budget) in enumerate(lots or [(row.title, need.budget_max)], 1)
    )
    asked: list[Any] = [
        {"name": one.name, "target": one.requirement[:80], "method": one.method, "must": one.must}
        for one in need.indicators.all()[: rulebook.MOST_ROWS]
    ]
    weighed: list[Any] = [
        {"side": side, "name": str(name), "weight": weight, "detail": ""}
        for side, name, weight in _USUAL
    ]
    if last is not None:
        asked = list(last.requirements.values("name", "target", "method", "must")) or asked
        weighed = list(last.criteria.values("side", "name", "weight", "detail")) or weighed
    Requirement.objects.bulk_create(
        Requirement(tender=row, number=number, **one) for number, one in enumerate(asked, 1)
    )
    Criterion.objects.bulk_create(
        Criterion(tender=row, number=number, **one) for number, one in enumerate(weighed, 1)
    )


@transaction.atomic
def edit_content(tender: Tender, said: Content, *, actor: Actor, rev: Rev = None) -> Tender:
    """Change the texts of a draft. Raises Forbidden, Refused, Stale, InvalidInput at the fields of `Content`."""
    tender = _draft(tender, actor, rev)
    errors: dict[str, list[object]] = {
        name: [_("最多 %(most)d 个字") % {"most": most}]
        for name, most in TEXTS.items()
        if len(getattr(said, name).strip()) > most
    }
    if not said.title.strip():
        errors["title"] = [_("请填写名称")]
    if said.plan_fee is not None and not said.summary_first:
        errors["plan_fee"] = [_("先收摘要、再收完整方案时才支付方案费")]
    if errors:
        raise InvalidInput(errors)
    for name in TEXTS:
        setattr(tender, name, getattr(said, name).strip())
    tender.summary_first, tender.plan_fee = said.summary_first, said.plan_fee
    for name in _CHALLENGE_ONLY:
        setattr(tender, name, tender.procedure == CHALLENGE and getattr(said, name))
    return _edited(tender, actor)


@transaction.atomic
def edit_lots(
    tender: Tender,
    lots: Sequence[Mapping[str, Any]],
    requirements: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    rev: Rev = None,
) -> Tender:
    """Replace the lots (`title`, `budget` in fen) and the indicators (`name`, `target`, `method`, `must`)."""
    tender = _draft(tender, actor, rev)
    if not lots:
        raise InvalidInput({"lots": [_("请至少填写一个标段")]})
    tender.lots.all().delete()
    Lot.objects.bulk_create(
        Lot(tender=tender, number=number, **row)
        for number, row in enumerate(lots[: rulebook.MOST_ROWS], 1)
    )
    tender.requirements.all().delete()
    Requirement.objects.bulk_create(
        Requirement(tender=tender, number=number, **row)
        for number, row in enumerate(requirements[: rulebook.MOST_ROWS], 1)
    )
    return _edited(tender, actor)


@transaction.atomic
def edit_criteria(
    tender: Tender, criteria: Sequence[Mapping[str, Any]], *, actor: Actor, rev: Rev = None
) -> Tender:
    """Replace the criteria (`side`, `name`, `weight`, `detail`).

    Raises InvalidInput at `criteria` where the weights do not sum to exactly 100.
    """
    tender = _draft(tender, actor, rev)
    if reason := rulebook.against_weights([row["weight"] for row in criteria]):
        raise InvalidInput({"criteria": [reason]})
    tender.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(tender=tender, number=number, **row)
        for number, row in enumerate(criteria[: rulebook.MOST_ROWS], 1)
    )
    return _edited(tender, actor)


@transaction.atomic
def edit_schedule(
    tender: Tender,
    *,
    deadline: datetime | None,
    starts_at: datetime | None = None,
    actor: Actor,
    rev: Rev = None,
) -> Tender:
    """Choose the deadline and, where it shall open later than it is published, the start.

    Raises InvalidInput at `deadline` and `starts_at`, as it would be if it were published now.
    """
    tender = _draft(tender, actor, rev)
    now = clock.now()
    errors: dict[str, list[object]] = {}
    if starts_at is not None and starts_at <= now:
        errors["starts_at"] = [_("开始时间应晚于现在；审核通过后立即开始的，不填")]
    start = starts_at if starts_at is not None and starts_at > now else now
    if reason := rulebook.against_deadline(tender.ruled_by, deadline, start):
        errors["deadline"] = [reason]
    if errors:
        raise InvalidInput(errors)
    tender.starts_at, tender.deadline = starts_at, deadline
    return _edited(tender, actor)


@transaction.atomic
def edit_keys(
    tender: Tender,
    *,
    sealing: str,
    custodians: Sequence[Custodian] = (),
    threshold: int = rulebook.THRESHOLD,
    actor: Actor,
    rev: Rev = None,
) -> Tender:
    """Choose how bids stay unread, and who keeps the keys where they are sealed.

    Raises InvalidInput at `sealing`, `custodians` and `threshold`.
    """
    tender = _draft(tender, actor, rev)
    if sealing not in tender.ruled_by.sealings:
        raise InvalidInput({"sealing": [_("这种方式不能这样保密")]})
    if sealing == Sealing.SEALED:
        if reason := against_keepers(custodians, threshold):
            raise InvalidInput({"custodians": [reason]})
    else:
        custodians, threshold = (), rulebook.THRESHOLD
    tender.sealing, tender.threshold = sealing, threshold
    set_keepers(tender, custodians)
    return _edited(tender, actor)


def against_keepers(custodians: Sequence[Custodian], threshold: int) -> Any:
    """The reason against these custodians, or "": different institutions, enough of them."""
    if reason := rulebook.against_custodians([one.kind for one in custodians], threshold):
        return reason
    if len({one.organization_id for one in custodians}) != len(custodians):
        return _("每位密钥保管人应来自不同的单位")
    return ""


def set_keepers(tender: Tender, custodians: Sequence[Custodian]) -> None:
    """The custodians in the order in which they are published."""
    tender.keepers.all().delete()
    Keeper.objects.bulk_create(
        Keeper(tender=tender, number=number, custodian=one)
        for number, one in enumerate(custodians, 1)
    )


@transaction.atomic
def discard_tender(tender: Tender, *, actor: Actor, rev: Rev = None) -> None:
    """Delete a draft that was never sent to anybody. Raises Forbidden, Refused, Stale."""
    tender = _draft(tender, actor, rev)
    if tender.submitted_at is not None:
        raise Refused(_("已经提交过审核的不能删除"))
    for row in attachments_of(TENDER_FILES, tender.pk):
        files.remove(row, actor=actor)
    publish(events.TenderDiscarded(subject_id=tender.pk), actor=actor)
    tender.delete()


def _draft(tender: Tender, actor: Actor, rev: Rev) -> Tender:
    tender = locked(tender)
    may_edit(tender, actor)
    check(tender.rev, rev, tender)
    return tender


def may_edit(tender: Tender, actor: Actor) -> None:
    """Raises Forbidden, and Refused once it has left its author's hands."""
    if not actor.has_perm("tenders.edit_tender", tender):
        raise Forbidden
    if tender.status not in EDITABLE:
        raise Refused(_("提交审核后不能直接修改；公告后请提出变更"))


def _edited(tender: Tender, actor: Actor) -> Tender:
    save(tender)
    publish(events.TenderEdited(subject_id=tender.pk), actor=actor)
    return tender
