"""A message to a broker."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.forms.mandates import TakesErrors
from marketplace.web.forms import PlainTextField

_BY = {"email": _("邮箱"), "phone": _("手机")}


class RequestForm(TakesErrors):
    """The text, and by which confirmed contact the broker may answer."""

    text = PlainTextField(
        label=_("想请经纪人帮什么忙"),
        max_length=1_000,
        multiline=True,
        rows=6,
        help_text=_("请勿写入涉密内容和商业秘密"),
    )
    reply_by = forms.ChoiceField(label=_("经纪人用哪种方式回复您"), widget=forms.RadioSelect)
    consent = forms.BooleanField(
        label=_("同意把所选联系方式、本人姓名和所在单位提供给这位经纪人"), required=False
    )

    def __init__(self, *args: Any, addresses: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, f"{_BY[name]}（{value}）") for name, value in addresses.items()]
        self.fields["reply_by"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["reply_by"].initial = choices[0][0]
