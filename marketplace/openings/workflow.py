"""The states of an opening and of what it makes of each bid."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """An opening goes on until each bid has its outcome."""

    WAITING = "waiting", pgettext_lazy("opening", "开启中")
    OPENED = "opened", pgettext_lazy("opening", "已完成开启")


class Outcome(TextChoices):
    """What the opening made of one bid. `disputed` waits for its bidder or for another keeper."""

    WAITING = "waiting", pgettext_lazy("outcome", "待开启")
    DISPUTED = "disputed", pgettext_lazy("outcome", "待裁定")
    OPENED = "opened", pgettext_lazy("outcome", "已开启")
    UNREADABLE = "unreadable", pgettext_lazy("outcome", "无法开启")
    UNOPENED = "unopened", pgettext_lazy("outcome", "未开启")


#: Something may still come of it.
UNDECIDED = frozenset({Outcome.WAITING, Outcome.DISPUTED})


class Cause(TextChoices):
    """Why a bid is not open, and who bears it."""

    NONE = "", ""
    BIDDER = "bidder", _("投标人原因，视为撤销投标文件")
    OPERATOR = "operator", _("平台原因，视为撤回投标文件，投标人不承担责任")
    RISK = "risk", _("到期仍未能开启，投标人没有公开密钥，按程序由投标人承担，视为撤销投标文件")
    SPARED = "spared", _("到期仍未能开启，按程序不由投标人承担，视为撤回投标文件")
    STALE = "stale", _("公告变更后没有确认或重新密封，不予开启")
    FEW = "few", _("方案数量不足，标段流标，原封不动")
    CANCELLED = "cancelled", _("项目已终止，不予开启")


def is_decided(opening: Any, _now: Any) -> object:
    """An opening ends when no bid waits, and not while the tender is suspended."""
    if opening.tender.is_suspended:
        return _("已暂停，恢复前不开启")
    waiting = opening.bids.filter(outcome__in=sorted(UNDECIDED)).exists()
    return _("还有方案待开启") if waiting else ""


OPENING = Workflow.of(
    Status,
    Status.WAITING,
    Transition(
        "finish",
        pgettext_lazy("opening", "完成开启"),
        {Status.WAITING},
        Status.OPENED,
        guards=(is_decided,),
        by_clock="openings.tick",
    ),
    subject="openings.opening",
)

OUTCOME = Workflow.of(
    Outcome,
    Outcome.WAITING,
    Transition("read", pgettext_lazy("outcome", "开启"), UNDECIDED, Outcome.OPENED, by_system=True),
    Transition(
        "dispute",
        pgettext_lazy("outcome", "记为待裁定"),
        {Outcome.WAITING},
        Outcome.DISPUTED,
        by_system=True,
    ),
    Transition(
        "give_up",
        pgettext_lazy("outcome", "认定无法开启"),
        UNDECIDED,
        Outcome.UNREADABLE,
        by_system=True,
    ),
    Transition(
        "leave",
        pgettext_lazy("outcome", "不再开启"),
        UNDECIDED,
        Outcome.UNOPENED,
        by_system=True,
    ),
    subject="openings.openedbid",
    column="outcome",
)
