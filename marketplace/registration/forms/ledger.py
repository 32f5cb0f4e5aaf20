"""Forms of the ledger and of the official register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms import JiebangForm

UNITS = [("", _("以表头写明的为准")), ("wan", _("万元")), ("yuan", _("元"))]


class RegisterUploadForm(JiebangForm):
    """A file of the official register, and the unit of its amounts."""

    file = forms.FileField(
        label=_("官方登记表"),
        help_text=_("国家系统导出的 xlsx 或 csv，不超过 20 MB，最多 50000 行"),
        allow_empty_file=True,
    )
    unit = forms.ChoiceField(
        label=_("金额单位"),
        choices=UNITS,
        required=False,
        help_text=_("表头没有写单位时必须选择；选错会差一万倍"),
    )


class MappingForm(JiebangForm):
    """Gives headings that were not understood their columns; a field for each heading, numbered in order."""

    def __init__(
        self,
        *args: Any,
        headings: list[str],
        columns: list[tuple[str, Any]],
        unit: str = "",
        **kwargs: Any,
    ) -> None:
        self.headings = headings
        choices = [("", _("不读取")), *columns]
        fields: dict[str, forms.Field] = {
            f"heading_{place}": forms.ChoiceField(label=heading, choices=choices, required=False)
            for place, heading in enumerate(headings)
        }
        fields["unit"] = forms.ChoiceField(
            label=_("金额单位"), choices=UNITS, required=False, initial=unit
        )
        # Before the base class: it gives its looks to the fields that are there when it begins.
        self.base_fields = fields  # type: ignore[misc]  # of this form alone: its headings are those of one sheet
        super().__init__(*args, **kwargs)

    @property
    def mapping(self) -> dict[str, str]:
        """Heading → name of our column, for the headings that were given one."""
        found = {
            heading: self.cleaned_data.get(f"heading_{place}", "")
            for place, heading in enumerate(self.headings)
        }
        return {heading: name for heading, name in found.items() if name}
