"""Forms of the statistics slice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.taxonomy.queries import terms
from marketplace.web.forms import JiebangForm, MoneyFormField, PlainTextField, TermField


def _districts() -> list[tuple[str, str]]:
    """The districts of the city."""
    found = [(term.code, term.label) for term in terms("district")]
    return [one for one in found if one[0].startswith("3713") and one[0] != "371300"]


class TargetForm(JiebangForm):
    """A target of a year. An empty amount takes the target back."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    district = TermField(_districts, blank=_("全市"), label=_("县区"), required=False)
    amount_fen = MoneyFormField(
        label=_("目标成交额"), required=False, help_text=_("留空表示撤回该年度目标")
    )
    source = PlainTextField(
        label=_("依据文件"), max_length=200, help_text=_("文件名称和文号，与目标一起公布")
    )

    def clean_amount_fen(self) -> int | None:
        amount: int | None = self.cleaned_data["amount_fen"]
        if amount == 0:
            raise forms.ValidationError(_("目标必须大于零"))
        return amount
