"""The states of an achievement and the moves between them, and the states of an imported batch."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.workflow import Transition, Workflow
from marketplace.listings.workflow import Ending, State, listing_flow


class TransferredHow(TextChoices):
    """How an achievement was transferred."""

    PLATFORM = "platform", _("通过本平台找到了合作方")
    SELF = "self", _("本单位自行实施")
    ELSEWHERE = "elsewhere", _("通过其他渠道转化")


TRANSFERRED = Ending(
    "transfer",
    _("标记为已转化"),
    State.TRANSFERRED,
    _("已转化"),
    "transferred_how",
    TransferredHow,
)
ACHIEVEMENT = listing_flow(
    "achievements.achievement",
    published=_("可合作"),
    ending=TRANSFERRED,
    # The rows of an imported batch are submitted together.
    entries=(State.IN_REVIEW,),
)
Status = ACHIEVEMENT.states


class BatchStatus(TextChoices):
    """How far an import is. Its achievements have their own states."""

    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    IMPORTING = "importing", _("导入中")
    IN_REVIEW = "in_review", _("待审核")
    DECIDING = "deciding", _("处理中")
    CLOSED = "closed", _("已审核")
    FAILED = "failed", _("未能导入")


def is_unconfirmed(batch: Any, _now: Any) -> object:
    """An import is confirmed once; it is confirmed again only when its job has given up."""
    is_new = batch.status == BatchStatus.CHECKED or batch.is_stuck
    return "" if is_new else _CONFIRMED


def has_new_rows(batch: Any, _now: Any) -> object:
    """A sheet without a new achievement has nothing to import."""
    return "" if batch.counts.get("new") else _("没有可以导入的新成果")


def is_undecided(batch: Any, _now: Any) -> object:
    """A batch is decided once; it is decided again only when the job of the decision has given up."""
    is_new = batch.status == BatchStatus.IN_REVIEW or batch.is_stuck
    return "" if is_new else NOT_WAITING


_CONFIRMED = _("这一批已经确认过，不能重复导入")
NOT_WAITING = _("这一批不在等待审核")

#: A job does the work between two decisions of persons, so its end moves the batch on.
BATCH = Workflow.of(
    BatchStatus,
    BatchStatus.CHECKING,
    Transition("check", _("完成检查"), {BatchStatus.CHECKING}, BatchStatus.CHECKED, by_system=True),
    Transition(
        "confirm",
        _("确认导入"),
        {BatchStatus.CHECKED, BatchStatus.IMPORTING},
        BatchStatus.IMPORTING,
        "achievements.edit_batch",
        guards=(is_unconfirmed, has_new_rows),
        refusal=_CONFIRMED,
    ),
    Transition(
        "submit", _("整批送审"), {BatchStatus.IMPORTING}, BatchStatus.IN_REVIEW, by_system=True
    ),
    Transition(
        "decide",
        _("整批审核"),
        {BatchStatus.IN_REVIEW, BatchStatus.DECIDING},
        BatchStatus.DECIDING,
        "achievements.review_batch",
        guards=(is_undecided,),
        refusal=NOT_WAITING,
    ),
    Transition(
        "reopen", _("恢复待审核"), {BatchStatus.DECIDING}, BatchStatus.IN_REVIEW, by_system=True
    ),
    Transition(
        "close",
        _("结束审核"),
        {BatchStatus.IMPORTING, BatchStatus.IN_REVIEW, BatchStatus.DECIDING},
        BatchStatus.CLOSED,
        by_system=True,
    ),
    Transition(
        "fail",
        _("停止导入"),
        {BatchStatus.CHECKING, BatchStatus.IMPORTING},
        BatchStatus.FAILED,
        by_system=True,
    ),
    subject="achievements.importbatch",
)
