"""What a visitor without an account tells and agrees to, and the code that confirms the contact."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.rulebook import MAX_TEXT
from marketplace.parties.forms.contacts import ContactField
from marketplace.web.forms import JiebangForm, PlainTextField


class VisitorForm(JiebangForm):
    """A question without an account."""

    name = PlainTextField(label=_("您的称呼"), max_length=40)
    organization = PlainTextField(label=_("单位名称"), max_length=80, required=False)
    contact = ContactField(
        label=_("邮箱或手机号码"),
        autocomplete="email",
        help_text=_("验证码和查看答复的链接会发到这里。"),
    )
    text = PlainTextField(label=_("想了解什么"), max_length=MAX_TEXT, multiline=True, rows=6)
    consent = forms.BooleanField(
        label=_("我已阅读上面的说明，同意把称呼、单位名称和咨询内容提供给这条信息的发布单位")
    )
    shares_contact = forms.BooleanField(
        label=_("同意把我的邮箱或手机号码也提供给发布单位（可不勾选，不影响在线答复）"),
        required=False,
    )
    pool_consent = forms.BooleanField(
        label=_(
            "如果对方 5 个工作日内没有答复，同意平台把这条咨询作为待跟进线索，请技术经纪人帮忙联系"
        ),
        help_text=_("经纪人只看到领域和地区。您点名确认某位经纪人以后，他才能看到内容和联系方式。"),
        required=False,
    )


class CodeForm(JiebangForm):
    """Six digits."""

    code = PlainTextField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].counted = False  # type: ignore[attr-defined]

    def clean_code(self) -> Any:
        """The digits, however they were grouped."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(r"\d{6}", digits, re.ASCII):
            raise ValidationError(_("请输入 6 位数字的验证码"), code="invalid")
        return digits
