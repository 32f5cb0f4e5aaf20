"""The states of an enquiry, and the moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Status(TextChoices):
    """An enquiry waits for its first answer, is talked about, has led to an intent, or is over."""

    OPEN = "open", pgettext_lazy("enquiry", "待答复")
    TALKING = "talking", _("洽谈中")
    AGREED = "agreed", _("已达成意向")
    CLOSED = "closed", pgettext_lazy("enquiry", "已结束")


#: Somebody may still be waiting for an answer.
RUNNING = frozenset({Status.OPEN, Status.TALKING, Status.AGREED})

ENQUIRY = Workflow.of(
    Status,
    Status.OPEN,
    Transition("answer", _("答复"), {Status.OPEN}, Status.TALKING, "enquiries.answer_enquiry"),
    Transition(
        "agree",
        _("达成意向"),
        {Status.OPEN, Status.TALKING},
        Status.AGREED,
        "enquiries.bind_enquiry",
    ),
    Transition(
        "close",
        pgettext_lazy("enquiry", "结束"),
        {Status.OPEN, Status.TALKING, Status.AGREED},
        Status.CLOSED,
        "enquiries.close_enquiry",
    ),
    # The owner goes on with it, or the asker asks again, which the owner has to answer.
    Transition(
        "reopen", _("重新洽谈"), {Status.CLOSED}, Status.TALKING, "enquiries.answer_enquiry"
    ),
    Transition("ask_again", _("再次咨询"), {Status.CLOSED}, Status.OPEN, "enquiries.ask_enquiry"),
    subject="enquiries.enquiry",
)
