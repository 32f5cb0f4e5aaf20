"""The typed figures of the yearly filing form."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models import Broker
from marketplace.brokerage.rulebook.filing import (
    DAY,
    LEGAL_FORMS,
    MONEY,
    NUMBER,
    Item,
    typed_items,
)
from marketplace.web.forms import DateField, JiebangForm, MoneyFormField, PlainTextField, TermField

#: Nobody has more staff or square metres than this.
_MOST = 10_000_000


class _Founded(DateField):
    """The day of foundation, which may be long ago."""

    first = date(1900, 1, 1)


def _field(item: Item) -> forms.Field:
    if item.name == "legal_form":
        return TermField(lambda: LEGAL_FORMS, label=item.label, required=False)
    if item.shape == DAY:
        return _Founded(label=item.label, required=False)
    if item.shape == MONEY:
        return MoneyFormField(label=item.label, required=False)
    if item.shape == NUMBER:
        number = forms.IntegerField(label=item.label, required=False, min_value=0, max_value=_MOST)
        number.suffix = item.unit  # type: ignore[attr-defined]
        return number
    return PlainTextField(label=item.label, max_length=200, required=False)


class FilingFigures(JiebangForm):
    """What the record cannot know. Nothing is required: what is missing is named beside the form."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        staff = cleaned.get("staff")
        for name in ("masters", "bachelors", "colleges", "seniors", "middles", "full_time"):
            if staff is not None and (cleaned.get(name) or 0) > staff:
                self.add_error(name, _("不能多于总人数"))
        return cleaned

    @property
    def figures(self) -> dict[str, Any]:
        """What is stored: JSON without empty lines; only after `is_valid()`."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
            if value is not None and value != ""
        }


def figures_form(*, firm: bool) -> type[FilingFigures]:
    """The form of a firm or of a single broker, with a field for each typed line."""
    fields = {item.name: _field(item) for item in typed_items(firm=firm)}
    return type("FilingFigures", (FilingFigures,), fields)


def export_form(people: Iterable[Broker]) -> type[JiebangForm]:
    """Numbers of identity documents, which the filing wants: they go into the file and are not stored."""
    fields = {
        f"id_{broker.code}": PlainTextField(
            label=_("%(name)s 的证件号") % {"name": broker.name},
            max_length=30,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        for broker in people
    }
    return type("ExportForm", (JiebangForm,), fields)
