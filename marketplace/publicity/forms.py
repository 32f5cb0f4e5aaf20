"""What people fill in when they publish, object, answer and rule."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.publicity.models import Objection
from marketplace.publicity.rulebook import (
    FACTS,
    MOST_BODY,
    MOST_DAYS,
    MOST_FACT,
    MOST_REASON,
    MOST_TEXT,
    MOST_TITLE,
    Rule,
)
from marketplace.publicity.services import Content
from marketplace.publicity.services.objections import Claim
from marketplace.web.forms import JiebangForm, PlainTextField

FILE_TYPES = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Let the form choose among these; a single one is taken without asking."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices
    if len(choices) == 1:
        form.fields[name].widget = forms.HiddenInput()
        form.initial.setdefault(name, choices[0][0])


class PublicityForm(JiebangForm):
    """The content of a publicity. `organizations` are those in whose name the person may draft."""

    organization = forms.ChoiceField(label=_("公示单位"))
    rule = forms.ChoiceField(label=_("公示类别"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("公示天数"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("从发布的次日起算，到最后一日 24 时止（北京时间）。"),
    )
    title = PlainTextField(label=_("标题"), max_length=MOST_TITLE)
    body = PlainTextField(
        label=_("公示内容"), max_length=MOST_BODY, multiline=True, rows=10, required=False
    )
    item = PlainTextField(label=FACTS["item"], max_length=MOST_FACT, required=False)
    result = PlainTextField(label=FACTS["result"], max_length=MOST_FACT, required=False)
    people = PlainTextField(label=FACTS["people"], max_length=MOST_FACT, required=False)
    price = PlainTextField(
        label=FACTS["price"],
        max_length=MOST_FACT,
        required=False,
        help_text=_("写明币种和单位，例如 86 万元"),
    )
    counterpart = PlainTextField(label=FACTS["counterpart"], max_length=MOST_FACT, required=False)
    basis = PlainTextField(label=FACTS["basis"], max_length=MOST_FACT, required=False)
    contact = PlainTextField(
        label=FACTS["contact"],
        max_length=MOST_FACT,
        required=False,
        help_text=_("联系人、电话或邮箱；公开显示，供不能在线办理的人使用"),
    )

    def __init__(
        self, *args: Any, organizations: Sequence[Any], rules: Sequence[Rule], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "organization", [(org.code, org.name) for org in organizations])
        choices = [(rule.name, _label(rule)) for rule in rules]
        cast("forms.ChoiceField", self.fields["rule"]).choices = choices

    @property
    def content(self) -> Content:
        """What was typed, for the service."""
        held = self.cleaned_data
        facts = {name: held.get(name, "") for name in FACTS}
        return Content(held["rule"], held["days"], held["title"], held["body"], facts)


def _label(rule: Rule) -> Any:
    words = (
        _("%(label)s（不少于 %(days)d 个工作日）")
        if rule.working
        else _("%(label)s（不少于 %(days)d 日）")
    )
    return words % {"label": rule.label, "days": rule.days}


class ProlongForm(JiebangForm):
    """By how many days, and why."""

    days = forms.IntegerField(label=_("延长的天数"), min_value=1, max_value=MOST_DAYS)
    reason = PlainTextField(
        label=_("原因（公开显示）"), max_length=MOST_REASON, multiline=True, rows=3
    )


class ReasonForm(JiebangForm):
    """Why; everybody reads it."""

    reason = PlainTextField(
        label=_("原因（公开显示）"), max_length=MOST_REASON, multiline=True, rows=3
    )


class FileForm(JiebangForm):
    """A file that everybody will be able to read."""

    file = forms.FileField(label=_("附件"), widget=forms.FileInput(attrs={"accept": FILE_TYPES}))


class ObjectionForm(JiebangForm):
    """An objection. `organizations` are those in whose name the person may object."""

    organization = forms.ChoiceField(label=_("以哪个单位名义"))
    ground = forms.ChoiceField(
        label=_("异议事由"), widget=forms.RadioSelect, choices=Objection.Ground.choices
    )
    interest = PlainTextField(
        label=_("与本单位的利害关系"), max_length=MOST_FACT, multiline=True, rows=2
    )
    text = PlainTextField(
        label=_("事实和理由"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=8,
        help_text=_("只有办理人和主管部门能看到，不公开。"),
    )
    file = forms.FileField(
        label=_("证明材料"),
        required=False,
        widget=forms.FileInput(attrs={"accept": FILE_TYPES}),
    )

    def __init__(self, *args: Any, organizations: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "organization", [(org.code, org.name) for org in organizations])

    @property
    def claim(self) -> Claim:
        """What was typed, for the service."""
        held = self.cleaned_data
        return Claim(held["ground"], held["interest"], held["text"])


class AnswerForm(JiebangForm):
    """The answer to an objection."""

    answer = PlainTextField(
        label=_("答复（公开显示，请勿写明异议人）"), max_length=MOST_TEXT, multiline=True, rows=5
    )


class RulingForm(JiebangForm):
    """The decision of the authority."""

    ruling = PlainTextField(
        label=_("处理决定（公开显示，请勿写明异议人）"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=5,
    )


class ComplaintForm(JiebangForm):
    """Why the answer does not do."""

    text = PlainTextField(
        label=_("投诉的事实、理由和请求"), max_length=MOST_TEXT, multiline=True, rows=6
    )


class RemedyForm(JiebangForm):
    """What was done about it."""

    text = PlainTextField(
        label=_("整改情况（公开显示，请勿写明异议人）"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=4,
    )
