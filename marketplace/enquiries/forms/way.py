"""Forms on the way to an intent: proposal with check list and milestones, closing, steps, notes, contacts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models import LoggedContact, MetQuestion
from marketplace.enquiries.rulebook import (
    ASKER,
    CHECK_ANSWERS,
    CHECKS,
    ERASING,
    MAX_MILESTONES,
    OWNER,
)
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import (
    ComingDateField,
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    RowForm,
    TermField,
    rows_of,
)


class NamesChecked(JiebangForm):
    """A form whose text an anonymous owner writes: a box is shown once its name was found in it.

    One that is always there would be ticked without reading.
    """

    names_checked = forms.BooleanField(
        label=_("仍要保存：我知道对方会由此知道本单位名称"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.add_prefix("names_checked") not in self.data:
            self.fields["names_checked"].widget = forms.HiddenInput()

    def warn(self, messages: Sequence[Any]) -> None:
        """Show the box, with what was found."""
        self.fields["names_checked"].widget = forms.CheckboxInput()
        for message in messages:
            self.add_error("names_checked", message)


class IntentForm(NamesChecked):
    """What is proposed, and the check list before it."""

    contract_kind = TermField(Choices("contract_kind"), label=_("合同类别"))
    subject = PlainTextField(label=_("标的"), max_length=1000, multiline=True, rows=4)
    amount_fen = MoneyFormField(label=_("大致金额"), required=False, help_text=_("留空表示面议"))
    pricing_mode = TermField(
        Choices("pricing"), label=_("定价方式"), required=False, blank=_("未定")
    )
    publicity_from = DateField(label=_("公示开始日期"), required=False)
    publicity_until = DateField(
        label=_("公示结束日期"),
        required=False,
        help_text=_(
            "高校、科研院所转让、许可或作价投资并协议定价的，公示不少于 15 天；结束当天不算在内"
        ),
    )

    def __init__(self, *args: Any, initial: Any = None, **kwargs: Any) -> None:
        given = dict(initial or {})
        for code, row in (given.pop("checks", None) or {}).items():
            given[f"check_{code}"], given[f"note_{code}"] = row["answer"], row["note"]
        super().__init__(*args, initial=given, **kwargs)
        for code, label in CHECKS.items():
            self.fields[f"check_{code}"] = forms.ChoiceField(
                label=label, choices=CHECK_ANSWERS, widget=forms.RadioSelect
            )
            self.fields[f"note_{code}"] = PlainTextField(
                label=_("说明"), max_length=200, required=False
            )

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes, of a valid form; the milestones apart."""
        held = self.cleaned_data
        names = ("contract_kind", "subject", "amount_fen", "pricing_mode")
        days = ("publicity_from", "publicity_until")
        return {
            **{name: held[name] for name in (*names, *days)},
            "checks": {
                code: {"answer": held[f"check_{code}"], "note": held[f"note_{code}"]}
                for code in CHECKS
            },
        }


class MilestoneForm(RowForm):
    """One milestone: what, by when, which share of the amount is paid."""

    what = PlainTextField(label=_("节点"), max_length=200)
    due = ComingDateField(label=_("日期"))
    share = forms.IntegerField(label=_("付款比例"), required=False, min_value=0, max_value=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].span = 6  # type: ignore[attr-defined]
        self.fields["share"].suffix = "%"  # type: ignore[attr-defined]


MilestoneRows = rows_of(MilestoneForm, most=MAX_MILESTONES)


class ReasonForm(NamesChecked):
    """Why an enquiry ends, or why an intent is declined."""

    reason = TermField(Choices("closing_reason"), label=_("原因"))
    note = PlainTextField(label=_("说明"), max_length=500, required=False, multiline=True, rows=3)


class SealForm(JiebangForm):
    """A sealed copy in place of the click."""

    scan = forms.FileField(
        label=_("盖章件"),
        help_text=_("打印本页，加盖公章后扫描为 PDF 上传；对方能看到"),
        error_messages={"required": _("请上传盖章件")},
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
    )


class StepForm(NamesChecked):
    """The next thing that a side does."""

    what = PlainTextField(label=_("要做的事"), max_length=200)
    side = forms.ChoiceField(label=_("由哪一方完成"), widget=forms.RadioSelect)
    due = DateField(label=_("完成日期"))

    def __init__(self, *args: Any, held: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if list(held) == [ASKER]:
            choices = [(ASKER, _("我方")), (OWNER, _("对方"))]
        elif list(held) == [OWNER]:
            choices = [(OWNER, _("我方")), (ASKER, _("对方"))]
        else:
            choices = [(OWNER, _("发布方")), (ASKER, _("咨询方"))]
        self.fields["side"].choices = choices  # type: ignore[attr-defined]


class NoteForm(NamesChecked):
    """A note after a meeting, quick to type on a telephone."""

    text = PlainTextField(label=_("纪要"), max_length=2000, multiline=True, rows=6)
    is_shared = forms.BooleanField(
        label=_("也给对方看"), required=False, help_text=_("不勾选时只有本单位成员能看到")
    )


class MetForm(JiebangForm):
    """One click: did the other side get in touch?"""

    answer = forms.ChoiceField(choices=MetQuestion.Answer.choices)


class ContactForm(JiebangForm):
    """What is logged for a firm."""

    form = forms.ChoiceField(
        label=_("联系方式"), choices=LoggedContact.Form.choices, widget=forms.RadioSelect
    )
    day = DateField(label=_("联系日期"))
    text = PlainTextField(
        label=_("对方说了什么"),
        max_length=2000,
        multiline=True,
        rows=6,
        help_text=_("单位确认之后才算它的意思；确认之前各处都会标明“未确认”"),
    )


class ReplyForm(JiebangForm):
    """The firm's answer."""

    reply = forms.ChoiceField(choices=LoggedContact.Reply.choices)


class PeriodForm(JiebangForm):
    """For how many days a kind of record is kept."""

    days = forms.IntegerField(label=_("保存天数"), min_value=1, max_value=36_500)


class EraseForm(JiebangForm):
    """Why a visitor's enquiry is erased before its time."""

    reason = forms.ChoiceField(label=_("删除的原因"), choices=list(ERASING.items()))


class HoldForm(JiebangForm):
    """Which enquiry is kept although its period is over, and why."""

    code = PlainTextField(label=_("咨询编号"), max_length=16)
    reason = PlainTextField(
        label=_("原因"), max_length=500, help_text=_("例如：双方有争议、正在处理异议")
    )
