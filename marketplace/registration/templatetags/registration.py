"""Words for the acts on a filing."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from marketplace.registration.workflow import FILING

register = template.Library()

_MORE = {
    "register_elsewhere": _("登记外地卖方的合同"),
    "report_use": _("报告用证情况"),
}


@register.filter
def act_label(act: str) -> Any:
    """The label of an act as the workflow has it; the code itself when it is unknown."""
    move = FILING.transitions.get(act)
    return move.label if move is not None else _MORE.get(act, act)
