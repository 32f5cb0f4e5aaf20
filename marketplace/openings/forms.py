"""What people type at an opening."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.bids.rulebook import MOST_FILES, MOST_SCHEME
from marketplace.files.forms import UploadsField
from marketplace.openings.models import Absence
from marketplace.openings.rulebook import MOST_REASON
from marketplace.tenders.forms import TimeOfDayField, instant_of
from marketplace.web.forms import DateField, JiebangForm, PlainTextField


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


class ShortlistForm(JiebangForm):
    """Until when the whole plan is handed in."""

    until = DateField(label=_("完整方案截止日"), required=False, help_text=_("须为工作日"))
    until_time = TimeOfDayField(label=_("截止时刻（北京时间）"), required=False)

    @property
    def instant(self) -> datetime | None:
        """The deadline that was typed, UTC."""
        return instant_of(self.cleaned_data.get("until"), self.cleaned_data.get("until_time"))

    def clean(self) -> dict[str, Any]:
        """A day has its time."""
        held: dict[str, Any] = super().clean() or self.cleaned_data
        if held.get("until") and not held.get("until_time") and "until_time" not in self.errors:
            self.add_error("until_time", str(_("请填写时刻，例如 17:00")))
        return held


class PlanForm(JiebangForm):
    """The whole plan of a bid on the shortlist."""

    scheme = PlainTextField(
        label=_("完整的技术方案"), max_length=MOST_SCHEME, multiline=True, rows=14
    )
    uploads = UploadsField(label=_("附件"), required=False, most=MOST_FILES)


class RevealForm(JiebangForm):
    """The content key of a bid."""

    code = PlainTextField(label=_("内容密钥"), max_length=60)
