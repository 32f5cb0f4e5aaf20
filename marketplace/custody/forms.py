"""What people fill in: an invitation, and the reason of an end."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.custody.models import Custodian
from marketplace.custody.rulebook import MOST_REASON
from marketplace.web.forms import JiebangForm, PlainTextField


class InviteForm(JiebangForm):
    """Whom to ask. `organizations` are those that the reader binds; None lets him type a code."""

    organization = PlainTextField(label=_("单位编号"), max_length=20)
    person = PlainTextField(
        label=_("保管人的邮箱或手机号"),
        max_length=254,
        help_text=_("须是该单位在本平台的成员。"),
    )
    kind = forms.ChoiceField(
        label=_("以何种身份保管"), choices=Custodian.Kind.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, organizations: Sequence[Any] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organizations is None:
            return
        choices = [(org.code, org.name) for org in organizations]
        self.fields["organization"] = forms.ChoiceField(label=_("单位"), choices=choices)
        if len(choices) == 1:
            field = cast("forms.ChoiceField", self.fields["organization"])
            field.widget = forms.HiddenInput()
            self.initial.setdefault("organization", choices[0][0])


class RetireForm(JiebangForm):
    """Why a custodian keeps no key any more."""

    reason = PlainTextField(label=_("原因"), max_length=MOST_REASON)
