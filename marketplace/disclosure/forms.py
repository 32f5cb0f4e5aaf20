"""What people fill in when they ask, answer and confirm."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure.rulebook import MOST_NOTE, MOST_REASON
from marketplace.kernel import clock
from marketplace.web.forms import DateField, JiebangForm, PlainTextField


def _offer(form: forms.Form, organizations: Sequence[Any]) -> None:
    """Let the form choose among these organisations."""
    field = cast("forms.ChoiceField", form.fields["organization"])
    field.choices = [(org.code, org.name) for org in organizations]


class AskForm(JiebangForm):
    """For which of the own organisations, and what for."""

    organization = forms.ChoiceField(label=_("以哪个单位名义"))
    note = PlainTextField(
        label=_("用途说明"),
        max_length=MOST_NOTE,
        rows=4,
        multiline=True,
        help_text=_("说明想了解什么、准备怎样合作，发布单位据此决定。"),
    )

    def __init__(self, *args: Any, organizations: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, organizations)


class EndForm(JiebangForm):
    """Until when a grant runs."""

    until = DateField(label=_("截止日期"), help_text=_("当日 24 点前可以查阅，最长三年。"))


class GiveForm(EndForm):
    """A grant; on an anonymous listing its author must say that the name becomes known."""

    releases_name = forms.BooleanField(
        label=_("我知道：授权后对方会看到本单位名称"),
        required=False,
    )

    def __init__(self, *args: Any, hides_owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not hides_owner:
            del self.fields["releases_name"]


class OfferForm(GiveForm):
    """A grant that nobody asked for, to the organisation of this code."""

    organization = PlainTextField(
        label=_("授权给（单位编号）"),
        max_length=40,
        help_text=_("在单位主页可以看到编号，例如 JG2026-7KQ4ZM-H。"),
    )
    field_order = ("organization", "until", "releases_name")


class ReasonForm(JiebangForm):
    """Why a request is declined, or a grant revoked."""

    reason = PlainTextField(label=_("理由"), max_length=MOST_REASON, rows=3, multiline=True)


class AcceptForm(JiebangForm):
    """The confirmation of the agreement for an organisation."""

    organization = forms.ChoiceField(label=_("代表哪个单位确认"))
    agrees = forms.BooleanField(
        label=_("我已阅读协议全文，有权代表本单位确认"),
        error_messages={"required": _("请先阅读协议并勾选")},
    )
    scan = forms.FileField(
        label=_("盖章件（可选）"),
        required=False,
        help_text=_("也可以上传加盖公章的协议扫描件（PDF），发布单位能看到。"),
    )

    def __init__(self, *args: Any, organizations: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, organizations)


class TextForm(JiebangForm):
    """A new version of the agreement."""

    title = PlainTextField(label=_("标题"), max_length=120)
    body = PlainTextField(label=_("正文"), max_length=20_000, rows=16, multiline=True)
    title_en = PlainTextField(label=_("英文标题"), max_length=200)
    body_en = PlainTextField(label=_("英文正文"), max_length=40_000, rows=16, multiline=True)
    effective_on = DateField(
        label=_("生效日期"), help_text=_("当日零点生效。生效后，各单位重新确认才能继续查阅。")
    )

    @property
    def effective_at(self) -> Any:
        """The first instant of the day in Asia/Shanghai."""
        return clock.end_of_day(self.cleaned_data["effective_on"] - timedelta(days=1))
