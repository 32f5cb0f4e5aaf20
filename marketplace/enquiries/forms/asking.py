"""What is asked about a listing, and for whom."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.rulebook import MAX_TEXT
from marketplace.web.forms import JiebangForm, PlainTextField


class AskForm(JiebangForm):
    """A question of an organisation. Somebody who asks for one organisation only is not asked which."""

    asker = forms.ChoiceField(label=_("以哪个单位名义咨询"))
    text = PlainTextField(
        label=_("想了解什么"),
        max_length=MAX_TEXT,
        multiline=True,
        rows=6,
        help_text=_("请说明您的情况和问题。这段文字对方单位的成员都能看到。"),
    )
    pool_consent = forms.BooleanField(
        label=_(
            "如果对方 5 个工作日内没有答复，同意平台把这条咨询作为待跟进线索，请技术经纪人帮忙联系"
        ),
        help_text=_("经纪人只看到领域和地区。您点名确认某位经纪人以后，他才能看到内容和联系方式。"),
        required=False,
    )

    def __init__(self, *args: Any, askers: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(askers) == 1:
            del self.fields["asker"]
        else:
            choices = [(row.code, row.name) for row in askers]
            self.fields["asker"].choices = choices  # type: ignore[attr-defined]
        self._askers = {row.code: row for row in askers}

    @property
    def asker_chosen(self) -> Any:
        """The organisation that asks, of a valid form."""
        code = self.cleaned_data.get("asker") or next(iter(self._askers))
        return self._askers[code]
