"""Writes on achievements. Each is one move or one step, in one transaction, with one event.

`rev` is what the person has seen: a write on an older state raises Stale.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from marketplace.achievements import events, queries
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.workflow import ACHIEVEMENT
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.revisions import Rev
from marketplace.listings import services as listings
from marketplace.parties.models import Organization

Values = Mapping[str, Any]
Rows = Mapping[str, Iterable[Values]]


@transaction.atomic
def create_achievement(*, owner: Organization, actor: Any, values: Values) -> Achievement:
    """新建成果草稿。 Raises Forbidden when the actor is no member of `owner`."""
    return listings.create_draft(
        Achievement, events.AchievementDrafted, owner=owner, actor=actor, values=values
    )


@transaction.atomic
def create_whole_achievement(
    *, owner: Organization, actor: Any, values: Values, rows: Rows
) -> Achievement:
    """新建一条内容已齐的草稿（接口和批量录入用）。"""
    achievement = create_achievement(owner=owner, actor=actor, values=values)
    return save_achievement(achievement, actor=actor, values={}, rows=rows) if rows else achievement


@transaction.atomic
def save_achievement(
    achievement: Achievement,
    *,
    actor: Any,
    rev: Rev = None,
    values: Values,
    rows: Rows | None = None,
) -> Achievement:
    """保存一步。 `rows` holds child tables to replace, by related name.

    They are "indicators", "patents", "owners" and "inventors". Whoever saves the title has seen it:
    it is no longer one that was proposed.
    """
    if "title" in values and achievement.proposed_title:
        values = {**values, "proposed_title": False}
    return listings.save_step(
        achievement,
        events.AchievementEdited,
        perm="achievements.edit_achievement",
        actor=actor,
        rev=rev,
        values=values,
        rows=rows or {},
    )


def delete_achievement(achievement: Achievement, *, actor: Any, rev: Rev = None) -> None:
    """删除从未发布过的草稿。"""
    event = events.AchievementDeleted(subject_id=achievement.pk)
    listings.delete_draft(
        achievement, event, perm="achievements.edit_achievement", actor=actor, rev=rev
    )


@transaction.atomic
def submit_achievement(achievement: Achievement, *, actor: Any, rev: Rev = None) -> Achievement:
    """提交审核。 Raises InvalidInput naming what the quality gate misses, Refused, Forbidden."""
    if achievement.import_batch_id is not None:
        # Before the row, as decisions on a batch do: a row comes back to an open batch either before
        # the decision on it or with a later `updated_at`, and then the decision does not reach it.
        ImportBatch.objects.select_for_update().get(pk=achievement.import_batch_id)
    achievement = listings.lock(achievement)
    if ACHIEVEMENT.refusal("submit", achievement, actor) == "":
        listings.refuse_incomplete(queries.quality_of(achievement))
    return listings.move(
        achievement,
        "submit",
        flow=ACHIEVEMENT,
        event=events.AchievementSubmitted(subject_id=achievement.pk),
        actor=actor,
        rev=rev,
        changes={"submitted_at": clock.now()},
    )


@transaction.atomic
def recall_achievement(achievement: Achievement, *, actor: Any, rev: Rev = None) -> Achievement:
    """作者在审核前撤回修改。"""
    event = events.AchievementRecalled(subject_id=achievement.pk)
    return listings.move(achievement, "recall", flow=ACHIEVEMENT, event=event, actor=actor, rev=rev)


@transaction.atomic
def return_achievement(
    achievement: Achievement, *, actor: Any, rev: Rev = None, reasons: list[str]
) -> Achievement:
    """退回修改。 Raises InvalidInput without a reason: an author must know what to mend."""
    kept = listings.clean_reasons(reasons)
    return listings.move(
        achievement,
        "return",
        flow=ACHIEVEMENT,
        event=events.AchievementReturned(subject_id=achievement.pk, reasons=kept),
        actor=actor,
        rev=rev,
        changes={"return_reasons": kept},
    )


@transaction.atomic
def publish_achievement(achievement: Achievement, *, actor: Any, rev: Rev = None) -> Achievement:
    """审核通过：对外可见，并进入匹配。"""
    return listings.move(
        achievement,
        "publish",
        flow=ACHIEVEMENT,
        event=events.AchievementPublished(subject_id=achievement.pk),
        actor=actor,
        rev=rev,
        changes=listings.publication_dates,
    )


@transaction.atomic
def renew_achievement(
    achievement: Achievement, *, actor: Any, rev: Rev = None, days: int
) -> Achievement:
    """续期：从今天起再有效 `days` 天（30 至 730）。"""
    listings.check_days(days)
    return listings.move(
        achievement,
        "renew",
        flow=ACHIEVEMENT,
        event=events.AchievementRenewed(subject_id=achievement.pk, days=days),
        actor=actor,
        rev=rev,
        changes=listings.renewal_dates(days),
    )


@transaction.atomic
def revise_achievement(achievement: Achievement, *, actor: Any, rev: Rev = None) -> Achievement:
    """取回修改：暂时下线，修改后重新提交审核。"""
    event = events.AchievementRevised(subject_id=achievement.pk)
    return listings.move(achievement, "revise", flow=ACHIEVEMENT, event=event, actor=actor, rev=rev)


@transaction.atomic
def withdraw_achievement(
    achievement: Achievement, *, actor: Any, rev: Rev = None, reason: str
) -> Achievement:
    """下架：不再展示，原网址回答 410 并给出相似成果。"""
    return listings.move(
        achievement,
        "withdraw",
        flow=ACHIEVEMENT,
        event=events.AchievementWithdrawn(subject_id=achievement.pk, reason=reason),
        actor=actor,
        rev=rev,
        changes={"closing_note": reason},
    )


@transaction.atomic
def transfer_achievement(
    achievement: Achievement, *, actor: Any, rev: Rev = None, how: str, note: str
) -> Achievement:
    """标记为已转化，并说明怎样转化的（`how`: platform, self, elsewhere）。"""
    if how not in TRANSFERRED_HOW:
        raise InvalidInput({"how": [listings.CHOOSE]})
    return listings.move(
        achievement,
        "transfer",
        flow=ACHIEVEMENT,
        event=events.AchievementTransferred(subject_id=achievement.pk, how=how),
        actor=actor,
        rev=rev,
        changes={"transferred_how": how, "closing_note": note},
    )


TRANSFERRED_HOW = ("platform", "self", "elsewhere")


def expire_achievements() -> int:
    """到期下线：由时钟触发，逐条一事务；返回条数。"""
    return listings.expire_due(Achievement, ACHIEVEMENT, events.AchievementExpired)


@transaction.atomic
def show_contact(achievement: Achievement, *, actor: Any) -> dict[str, str]:
    """向登录用户显示联系方式，并留痕。 Raises Refused when a broker is the only way."""
    contact = listings.contact_of(achievement, actor)
    publish(events.AchievementContactShown(subject_id=achievement.pk), actor=actor)
    return contact


def remove_samples() -> int:
    """移除全部示例成果，索引随后更新；返回条数。"""
    return listings.remove_samples(
        Achievement, lambda codes: events.AchievementSamplesRemoved(subject_id=0, codes=codes)
    )
