"""The states of a grant, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """A grant is asked for, answered, and over: by the clock, or taken back by its owner."""

    REQUESTED = "requested", _("待答复")
    GRANTED = "granted", _("已授权")
    DECLINED = "declined", _("未同意")
    WITHDRAWN = "withdrawn", _("申请已撤回")
    REVOKED = "revoked", _("授权已撤销")
    ENDED = "ended", _("授权已到期")


#: At most one grant of a subject to an organisation is in one of these.
OPEN = frozenset({Status.REQUESTED, Status.GRANTED})


def is_over(grant: Any, now: Any) -> object:
    """The clock ends a grant at its end, and not before."""
    return "" if grant.until <= now else _("授权尚未到期")


def is_running(grant: Any, now: Any) -> object:
    """A grant whose end has passed can't be changed: it is given anew."""
    return _("授权已经到期，请重新授权") if grant.until <= now else ""


ANSWER = "disclosure.answer_grant"

GRANT = Workflow.of(
    Status,
    Status.REQUESTED,
    Transition("give", _("授权查阅"), {Status.REQUESTED}, Status.GRANTED, ANSWER),
    Transition("decline", _("不同意"), {Status.REQUESTED}, Status.DECLINED, ANSWER),
    Transition(
        "withdraw",
        _("撤回申请"),
        {Status.REQUESTED},
        Status.WITHDRAWN,
        "disclosure.withdraw_grant",
    ),
    Transition(
        "prolong",
        _("修改截止日期"),
        {Status.GRANTED},
        Status.GRANTED,
        ANSWER,
        guards=(is_running,),
    ),
    Transition("revoke", _("撤销授权"), {Status.GRANTED}, Status.REVOKED, ANSWER),
    Transition(
        "end",
        _("授权到期"),
        {Status.GRANTED},
        Status.ENDED,
        guards=(is_over,),
        by_clock="disclosure.end_grants",
    ),
    subject="disclosure.grant",
)
