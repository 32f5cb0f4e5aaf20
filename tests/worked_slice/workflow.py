"""The states of a visit, and the moves between them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """A visit is asked for, agreed to, or over without having been agreed to."""

    ASKED = "asked", _("待答复")
    AGREED = "agreed", _("已同意")
    ENDED = "ended", _("已结束")


def is_late(visit: Any, now: Any) -> object:
    """Silence ends a request when the time for an answer is over, and not before."""
    return "" if visit.answer_by <= now else _("答复期限未到")


VISIT = Workflow.of(
    Status,
    Status.ASKED,
    Transition("agree", _("同意参观"), {Status.ASKED}, Status.AGREED, "visits.agree_visit"),
    Transition(
        "lapse",
        _("逾期未答复"),
        {Status.ASKED},
        Status.ENDED,
        guards=(is_late,),
        by_clock="visits.lapse",
    ),
    Transition(
        "cancel",
        _("因单位暂停而取消"),
        {Status.ASKED, Status.AGREED},
        Status.ENDED,
        by_system=True,
    ),
    subject="visits.visit",
)
