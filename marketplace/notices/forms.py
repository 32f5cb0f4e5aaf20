"""The mail switches of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.actors import Actor
from marketplace.notices import queries
from marketplace.web.forms import JiebangForm


class PreferencesForm(JiebangForm):
    """One box for each kind of notice: ticked means by mail too."""

    mail = forms.MultipleChoiceField(
        label=_("同时发送邮件的通知"),
        help_text=_("站内消息总会收到；勾选的通知还会发到您已验证的邮箱。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        choices = queries.mail_choices(user)
        kwargs.setdefault("initial", {"mail": [choice.kind for choice in choices if choice.mail]})
        super().__init__(*args, **kwargs)
        field = self.fields["mail"]
        field.choices = [(choice.kind, choice.label) for choice in choices]  # type: ignore[attr-defined]
