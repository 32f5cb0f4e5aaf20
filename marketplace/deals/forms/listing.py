"""The search of the list of contracts."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.deals.queries.listing import Asked
from marketplace.deals.workflow import ContractStatus, Side
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import JiebangForm, PlainTextField, TermField


class ListForm(JiebangForm):
    """Filters of the list; what is not known is left out, never an error page."""

    q = PlainTextField(label=_("编号、名称或当事人"), required=False, max_length=60)
    status = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *ContractStatus.choices]
    )
    kind = TermField(
        Choices("contract_class"), label=_("合同类别"), required=False, blank=_("全部")
    )
    side = forms.ChoiceField(
        label=_("本单位是"), required=False, choices=[("", _("全部")), *Side.choices]
    )
    year = forms.IntegerField(label=_("签订年份"), required=False, min_value=2000, max_value=2100)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["q"].counted = False  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        """What was chosen, as far as it is known."""
        self.is_valid()
        held = self.cleaned_data
        return Asked(
            words=held.get("q", ""),
            status=held.get("status", ""),
            kind=held.get("kind", ""),
            side=held.get("side", ""),
            year=held.get("year"),
        )
