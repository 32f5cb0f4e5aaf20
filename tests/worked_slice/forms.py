"""What a guest says when it asks for a visit."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms import JiebangForm, PlainTextField


class AskForm(JiebangForm):
    """For which of the own organisations, and why."""

    guest = forms.ChoiceField(label=_("以哪个单位名义"))
    purpose = PlainTextField(label=_("参观目的"), max_length=200)

    def __init__(self, *args: Any, guests: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guest"].choices = [(org.code, org.name) for org in guests]
