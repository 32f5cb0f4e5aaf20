"""A message to the other side."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.rulebook import ASKER, MAX_TEXT, OWNER
from marketplace.files.forms import UploadsField
from marketplace.web.forms import JiebangForm, PlainTextField


class WriteForm(JiebangForm):
    """The text and its files; what else is asked depends on the enquiry."""

    side = forms.ChoiceField(
        label=_("代表哪一方"), choices=[(OWNER, _("发布方")), (ASKER, _("咨询方"))]
    )
    reason = PlainTextField(label=_("为什么重新开启"), max_length=200)
    text = PlainTextField(label=_("内容"), max_length=MAX_TEXT, multiline=True, rows=5)
    attachments = UploadsField(label=_("附件"), required=False)
    names_checked = forms.BooleanField(
        label=_("仍要发送：我知道对方会由此知道本单位名称"), required=False
    )

    def __init__(
        self,
        *args: Any,
        held: Collection[str],
        is_over: bool,
        takes_files: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(held) < 2:
            del self.fields["side"]
        if not is_over:
            del self.fields["reason"]
        if not takes_files:
            del self.fields["attachments"]
        # Shown once a name was found; a box that is always there would be ticked without reading.
        if "names_checked" not in self.data:
            self.fields["names_checked"].widget = forms.HiddenInput()

    def warn(self, messages: list[Any]) -> None:
        """Show the box, with what was found."""
        self.fields["names_checked"].widget = forms.CheckboxInput()
        for message in messages:
            self.add_error("names_checked", message)
