"""The states of a custodian, and the moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """A custodian is invited, and keeps keys once the person has accepted."""

    INVITED = "invited", pgettext_lazy("custodian", "已邀请")
    ACTIVE = "active", _("在任")
    DECLINED = "declined", pgettext_lazy("custodian", "已谢绝")
    RETIRED = "retired", _("已卸任")


#: A person is a custodian of one organisation once only while in one of these.
OPEN = frozenset({Status.INVITED, Status.ACTIVE})

CUSTODIAN = Workflow.of(
    Status,
    Status.INVITED,
    Transition(
        "accept",
        _("接受任命"),
        {Status.INVITED},
        Status.ACTIVE,
        "custody.answer_custodian",
    ),
    Transition(
        "decline",
        _("谢绝任命"),
        {Status.INVITED},
        Status.DECLINED,
        "custody.answer_custodian",
    ),
    Transition(
        "retire",
        _("卸任"),
        OPEN,
        Status.RETIRED,
        "custody.retire_custodian",
    ),
    subject="custody.custodian",
)
