"""Writes on needs. Each is one move or one step, in one transaction, with one event.

`rev` is what the person has seen: a write on an older state raises Stale.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.revisions import Rev
from marketplace.listings import services as listings
from marketplace.needs import events, queries
from marketplace.needs.models import Need
from marketplace.needs.workflow import NEED
from marketplace.parties.models import Organization

Values = Mapping[str, Any]
Rows = Mapping[str, Iterable[Values]]


@transaction.atomic
def create_need(*, owner: Organization, actor: Any, values: Values) -> Need:
    """新建需求草稿。 Raises Forbidden when the actor is no member of `owner`."""
    return listings.create_draft(Need, events.NeedDrafted, owner=owner, actor=actor, values=values)


@transaction.atomic
def create_whole_need(*, owner: Organization, actor: Any, values: Values, rows: Rows) -> Need:
    """新建一条内容已齐的草稿（接口和批量录入用）。"""
    need = create_need(owner=owner, actor=actor, values=values)
    return save_need(need, actor=actor, values={}, rows=rows) if rows else need


@transaction.atomic
def save_need(
    need: Need, *, actor: Any, rev: Rev = None, values: Values, rows: Rows | None = None
) -> Need:
    """保存一步。 `rows` holds child tables to replace, by related name ("indicators")."""
    return listings.save_step(
        need,
        events.NeedEdited,
        perm="needs.edit_need",
        actor=actor,
        rev=rev,
        values=values,
        rows=rows or {},
    )


def delete_need(need: Need, *, actor: Any, rev: Rev = None) -> None:
    """删除从未发布过的草稿。"""
    event = events.NeedDeleted(subject_id=need.pk)
    listings.delete_draft(need, event, perm="needs.edit_need", actor=actor, rev=rev)


@transaction.atomic
def submit_need(need: Need, *, actor: Any, rev: Rev = None) -> Need:
    """提交审核。 Raises InvalidInput naming what the quality gate misses, Refused, Forbidden."""
    need = listings.lock(need)
    if NEED.refusal("submit", need, actor) == "":
        listings.refuse_incomplete(queries.quality_of(need))
    return listings.move(
        need,
        "submit",
        flow=NEED,
        event=events.NeedSubmitted(subject_id=need.pk),
        actor=actor,
        rev=rev,
        changes={"submitted_at": clock.now()},
    )


@transaction.atomic
def recall_need(need: Need, *, actor: Any, rev: Rev = None) -> Need:
    """作者在审核前撤回修改。"""
    event = events.NeedRecalled(subject_id=need.pk)
    return listings.move(need, "recall", flow=NEED, event=event, actor=actor, rev=rev)


@transaction.atomic
def return_need(need: Need, *, actor: Any, rev: Rev = None, reasons: list[str]) -> Need:
    """退回修改。 Raises InvalidInput without a reason: an author must know what to mend."""
    kept = listings.clean_reasons(reasons)
    return listings.move(
        need,
        "return",
        flow=NEED,
        event=events.NeedReturned(subject_id=need.pk, reasons=kept),
        actor=actor,
        rev=rev,
        changes={"return_reasons": kept},
    )


@transaction.atomic
def publish_need(need: Need, *, actor: Any, rev: Rev = None) -> Need:
    """审核通过：对外可见，并进入匹配。"""
    return listings.move(
        need,
        "publish",
        flow=NEED,
        event=events.NeedPublished(subject_id=need.pk),
        actor=actor,
        rev=rev,
        changes=listings.publication_dates,
    )


@transaction.atomic
def renew_need(need: Need, *, actor: Any, rev: Rev = None, days: int) -> Need:
    """续期：从今天起再有效 `days` 天（30 至 730）。"""
    listings.check_days(days)
    return listings.move(
        need,
        "renew",
        flow=NEED,
        event=events.NeedRenewed(subject_id=need.pk, days=days),
        actor=actor,
        rev=rev,
        changes=listings.renewal_dates(days),
    )


@transaction.atomic
def revise_need(need: Need, *, actor: Any, rev: Rev = None) -> Need:
    """取回修改：暂时下线，修改后重新提交审核。"""
    event = events.NeedRevised(subject_id=need.pk)
    return listings.move(need, "revise", flow=NEED, event=event, actor=actor, rev=rev)


@transaction.atomic
def withdraw_need(need: Need, *, actor: Any, rev: Rev = None, reason: str) -> Need:
    """下架：不再展示，原网址回答 410 并给出相似需求。"""
    return listings.move(
        need,
        "withdraw",
        flow=NEED,
        event=events.NeedWithdrawn(subject_id=need.pk, reason=reason),
        actor=actor,
        rev=rev,
        changes={"closing_note": reason},
    )


@transaction.atomic
def solve_need(need: Need, *, actor: Any, rev: Rev = None, how: str, note: str) -> Need:
    """标记为已解决，并说明怎样解决的（`how`: platform, self, elsewhere）。"""
    if how not in SOLVED_HOW:
        raise InvalidInput({"how": [listings.CHOOSE]})
    return listings.move(
        need,
        "solve",
        flow=NEED,
        event=events.NeedSolved(subject_id=need.pk, how=how),
        actor=actor,
        rev=rev,
        changes={"solved_how": how, "closing_note": note},
    )


SOLVED_HOW = ("platform", "self", "elsewhere")


def expire_needs() -> int:
    """到期下线：由时钟触发，逐条一事务；返回条数。"""
    return listings.expire_due(Need, NEED, events.NeedExpired)


@transaction.atomic
def show_contact(need: Need, *, actor: Any) -> dict[str, str]:
    """向登录用户显示联系方式，并留痕。 Raises Refused when a broker is the only way."""
    contact = listings.contact_of(need, actor)
    publish(events.NeedContactShown(subject_id=need.pk), actor=actor)
    return contact


def remove_samples() -> int:
    """移除全部示例需求，索引随后更新；返回条数。"""
    return listings.remove_samples(
        Need, lambda codes: events.NeedSamplesRemoved(subject_id=0, codes=codes)
    )
