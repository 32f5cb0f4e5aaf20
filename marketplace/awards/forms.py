"""What people fill in about results and the work after an award."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.awards.rulebook import (
    MOST_NOTE,
    MOST_REASON,
    MOST_TEXT,
    Exemption,
    Grade,
    Out,
)
from marketplace.awards.services import Finding
from marketplace.publicity.rulebook import MOST_DAYS, MOST_FACT
from marketplace.web.forms import DateField, JiebangForm, MoneyFormField, PlainTextField

FILE_TYPES = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"


def _evidence(label: Any) -> forms.FileField:
    return forms.FileField(
        label=label, required=False, widget=forms.FileInput(attrs={"accept": FILE_TYPES})
    )


class CheckForm(JiebangForm):
    """What the purchaser says in the publicity of a result."""

    days = forms.IntegerField(
        label=_("公示天数"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("从发布的次日起算，到最后一日 24 时止（北京时间）。"),
    )
    contact = PlainTextField(
        label=_("异议联系方式"),
        max_length=MOST_FACT,
        help_text=_("联系人、电话或邮箱；公开显示，供不能在线办理的人使用"),
    )
    note = PlainTextField(
        label=_("补充说明（公开显示）"),
        max_length=MOST_NOTE,
        multiline=True,
        rows=3,
        required=False,
    )


class ReasonForm(JiebangForm):
    """Why."""

    reason = PlainTextField(label=_("原因"), max_length=MOST_REASON, multiline=True, rows=3)


class NextForm(JiebangForm):
    """Why the candidate is out; with evidence, where there is a paper."""

    out = forms.ChoiceField(
        label=_("候选单位退出的原因"),
        widget=forms.RadioSelect,
        choices=[(value, label) for value, label in Out.choices if value != Out.ROUND],
        help_text=_("核实不符合条件的，须上传证明材料；揭榜和招标由主管部门认定。"),
    )
    reason = PlainTextField(
        label=_("具体说明（公开显示）"), max_length=MOST_REASON, multiline=True, rows=3
    )
    file = _evidence(_("证明材料"))


class EndForm(JiebangForm):
    """Why the round ends; and why the candidate is out, where there is one."""

    out = forms.ChoiceField(
        label=_("候选单位退出的原因"),
        required=False,
        choices=[
            ("", _("没有候选单位，或者本轮结果作废")),
            *((value, label) for value, label in Out.choices if value != Out.ROUND),
        ],
        help_text=_("核实不符合条件的，须上传证明材料；揭榜和招标由主管部门认定。"),
    )
    reason = PlainTextField(
        label=_("原因（公开显示）"), max_length=MOST_REASON, multiline=True, rows=3
    )
    file = _evidence(_("证明材料"))


class ReportForm(JiebangForm):
    """A milestone is done."""

    report = PlainTextField(label=_("完成情况"), max_length=MOST_NOTE, multiline=True, rows=3)
    file = _evidence(_("证明材料"))


class DecisionForm(JiebangForm):
    """Why a milestone is returned."""

    decision = PlainTextField(label=_("退回的原因"), max_length=MOST_REASON, multiline=True, rows=2)


class SummaryForm(JiebangForm):
    """What was reached in the end."""

    summary = PlainTextField(
        label=_("完成情况和各项指标的结果"), max_length=MOST_TEXT, multiline=True, rows=6
    )
    file = _evidence(_("验收材料"))


class FindingForm(JiebangForm):
    """A decision about the whole work, without a grade."""

    on = DateField(label=_("日期"))
    judges = PlainTextField(
        label=_("由谁认定"), max_length=300, help_text=_("验收组、专家或者会议的名称")
    )
    reasons = PlainTextField(label=_("结论和理由"), max_length=MOST_TEXT, multiline=True, rows=4)

    @property
    def finding(self) -> Finding:
        """What was typed, for the service."""
        held = self.cleaned_data
        return Finding(held["on"], held["judges"], held["reasons"], held.get("grade", ""))


class AcceptForm(FindingForm):
    """An acceptance with its grade."""

    grade = forms.ChoiceField(label=_("验收等次"), widget=forms.RadioSelect, choices=Grade.choices)

    field_order = ("grade", "on", "judges", "reasons")


class ClaimForm(JiebangForm):
    """The record of due diligence of a failure."""

    tried = PlainTextField(
        label=_("试过什么、结果如何、为什么没有达到"), max_length=MOST_TEXT, multiline=True, rows=6
    )
    spent = MoneyFormField(label=_("已支出的经费"), required=False)


class InspectForm(JiebangForm):
    """An inspection by the authority."""

    on = DateField(label=_("检查日期"))
    purpose = PlainTextField(label=_("检查事项"), max_length=MOST_REASON)
    findings = PlainTextField(
        label=_("检查情况"), max_length=MOST_TEXT, multiline=True, rows=4, required=False
    )
    exception = forms.ChoiceField(
        label=_("同一年再次检查的例外"),
        required=False,
        help_text=_("一个自然年内最多检查一次；再次检查须写明例外和依据。"),
    )
    exception_note = PlainTextField(label=_("例外的依据"), max_length=MOST_REASON, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["exception"])
        field.choices = [("", _("没有例外")), *Exemption.choices]
