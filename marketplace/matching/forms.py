"""The forms for judging a match and for describing a problem."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.matching.models import Reason, Verdict
from marketplace.matching.queries.preview import MAX_PROBLEM
from marketplace.web.forms import JiebangForm, PlainTextField

#: The shortest text that is accepted as a problem, in characters.
MIN_PROBLEM = 6


class MarkForm(JiebangForm):
    """合适或不合适；不合适要选原因。"""

    verdict = forms.ChoiceField(
        label=_("这项匹配"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(
        label=_("不合适的原因"),
        choices=[("", _("请选择")), *Reason.choices],
        required=False,
        help_text=_("标为合适时不用选。原因只给双方单位和平台看，用来改进成果和匹配。"),
    )
    note = PlainTextField(
        label=_("补充说明"),
        max_length=500,
        multiline=True,
        rows=3,
        required=False,
        help_text=_("只有本单位和平台能看到"),
    )

    @staticmethod
    def reasons() -> list[tuple[str, Any]]:
        """The reasons for the short form in a dialog."""
        return list(Reason.choices)

    def take(self, errors: Mapping[str, Sequence[object]]) -> None:
        """Show the errors that the service raised at their fields."""
        for name, texts in errors.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, str(text))


class ProblemForm(JiebangForm):
    """描述难题。"""

    problem = PlainTextField(
        label=_("你遇到的难题"),
        max_length=MAX_PROBLEM,
        multiline=True,
        rows=8,
        help_text=_(
            "写清现在卡在哪里、要达到什么指标。内容只用于这一次匹配，不会保存，也不会出现在网址里。"
        ),
    )

    def clean_problem(self) -> str:
        """Refuse a text that is too short to describe a problem."""
        text = str(self.cleaned_data["problem"]).strip()
        if len(text) < MIN_PROBLEM:
            raise forms.ValidationError(_("请多写几个字，说清楚要解决什么"))
        return text
