"""What people type at an opening."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.openings.models import Absence
from marketplace.openings.rulebook import MOST_REASON
from marketplace.web.forms import JiebangForm, PlainTextField


class ExcuseForm(JiebangForm):
    """Which keeper cannot open, and why."""

    keeper = forms.ChoiceField(label=_("密钥保管人"))
    why = forms.ChoiceField(label=_("原因"), choices=Absence.Why.choices)
    note = PlainTextField(label=_("说明"), max_length=MOST_REASON, required=False)

    def __init__(self, *args: Any, custodians: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keeper"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.organization.name} {one.code}") for one in custodians
        ]


class UndertakingForm(JiebangForm):
    """The undertaking of secrecy."""

    agree = forms.BooleanField(label=_("我已阅读并作出以上承诺"))


class RevealForm(JiebangForm):
    """The content key of a bid."""

    code = PlainTextField(label=_("内容密钥"), max_length=60)
