"""Repeated rows in a form, such as indicators: buttons add and remove rows, with or without script."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.formsets import (
    INITIAL_FORM_COUNT,
    TOTAL_FORM_COUNT,
    BaseFormSet,
    formset_factory,
)
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from marketplace.web.formbase import FormMixin, WebRenderer

# What a person fills in by choosing has a value from the start, so it does not make a row filled.
_CHOSEN = (forms.Select, forms.CheckboxInput, forms.RadioSelect, forms.HiddenInput)


class RowForm(FormMixin, forms.Form):
    """One row. A row in which nothing was typed counts as absent."""

    #: Whether the row must be there.
    demanded = False

    @property
    def idle(self) -> bool:
        """Whether the row is empty and may stay so: then nothing in it is required, and it counts as absent."""
        begun = self.has_changed() if self.is_bound else bool(self.initial)
        return not (self.demanded or begun)

    def has_changed(self) -> bool:
        """Whether anything was typed into the row."""
        return any(
            str(self[name].data or "").strip()
            for name, field in self.fields.items()
            if not isinstance(field.widget, _CHOSEN)
        )


class RowsFormSet(BaseFormSet):
    """Rows of one kind. `edited` is true after an add or remove button; `values` are the filled rows.

    Buttons: `add_row_<prefix>` and `drop_row_<prefix>` with the row's number as value.
    """

    add_label: Any = _("添加一行")
    row_label: Any = _("第 %(number)s 行")
    renderer: Any
    error_messages: dict[str, Any]
    _errors: Any
    _non_form_errors: Any
    default_error_messages = {
        "missing_management_form": _("页面已过期，请重新打开后再填写"),
        "too_many_forms": _("最多 %(num)d 行"),
        "too_few_forms": _("至少填写 %(num)d 行"),
    }

    def __init__(
        self, data: Any = None, *args: Any, prefix: str | None = None, **kwargs: Any
    ) -> None:
        prefix = prefix or self.get_default_prefix()
        self.edited = False
        if data is not None:
            data = self._after_buttons(data, prefix)
        super().__init__(data, *args, prefix=prefix, **kwargs)  # type: ignore[misc]
        if self.edited:
            self._hush()

    @property
    def values(self) -> list[dict[str, Any]]:
        """The cleaned filled rows in order; only after `is_valid()`."""
        return [row.cleaned_data for row in self.forms if row.has_changed()]

    @property
    def add_name(self) -> str:
        """The name of the button that adds a row."""
        return f"add_row_{self.prefix}"

    @property
    def drop_name(self) -> str:
        """The name of the buttons that remove a row."""
        return f"drop_row_{self.prefix}"

    @property
    def full(self) -> bool:
        """Whether there is no place for another row."""
        return len(self.forms) >= self.max_num

    def is_valid(self) -> bool:
        """False after a row button: nothing was sent yet."""
        return not self.edited and bool(super().is_valid())

    def initial_form_count(self) -> int:
        """None once sent: rows are stored as a whole, so no row is an old one that must be there."""
        return 0 if self.is_bound else super().initial_form_count()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        kwargs["empty_permitted"] = True
        return kwargs

    def add_fields(self, form: Any, index: int | None) -> None:
        """A term that any of the opened rows has stays choosable in each: rows may change places."""
        super().add_fields(form, index)
        form.demanded = index is not None and index < self.min_num
        for name, field in form.fields.items():
            if hasattr(field, "keep"):
                field.keep(dict.fromkeys(row.get(name) for row in self.initial or ()))

    def full_clean(self) -> None:
        """Django counts every row against the limits; only filled rows count here."""
        super().full_clean()
        filled = sum(row.has_changed() for row in self.forms) if self.is_bound else 0
        kept = [e for e in self._non_form_errors.as_data() if e.code != "too_few_forms"]
        if self.is_bound and self.validate_min and filled < self.min_num:
            kept.append(
                forms.ValidationError(
                    self.error_messages["too_few_forms"] % {"num": self.min_num},
                    code="too_few_forms",
                )
            )
        self._non_form_errors = self.error_class(
            kept, error_class="nonform", renderer=self.renderer
        )

    def _after_buttons(self, data: Mapping[str, Any], prefix: str) -> Any:
        """The same data with one row more or less when a row button was pressed."""
        drop = _number(data.get(f"drop_row_{prefix}", ""))
        add = f"add_row_{prefix}" in data
        if not add and drop is None:
            return data
        self.edited = True
        changed = data.copy() if isinstance(data, QueryDict) else dict(data)
        total_key = f"{prefix}-{TOTAL_FORM_COUNT}"
        total = min(_number(data.get(total_key, "")) or 0, self.absolute_max)
        if add:
            total += 1 if total < self.max_num else 0
        elif drop is not None and drop < total:
            _shift_up(changed, prefix, drop, total)
            total -= 1
        changed[total_key] = str(total)
        changed[f"{prefix}-{INITIAL_FORM_COUNT}"] = "0"
        return changed

    def _hush(self) -> None:
        for row in self.forms:
            row.hush()
        self._errors = [{} for _row in self.forms]
        self._non_form_errors = ErrorList(renderer=self.renderer)


def _number(typed: Any) -> int | None:
    """A plain number of a form; None for anything else, however long."""
    text = str(typed)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _shift_up(data: Any, prefix: str, gone: int, total: int) -> None:
    """Move every row below `gone` up by one, in place."""
    for number in range(gone, total):
        for key in [key for key in data if key.startswith(f"{prefix}-{number}-")]:
            del data[key]
        below = f"{prefix}-{number + 1}-"
        for key in [key for key in data if key.startswith(below)]:
            name = f"{prefix}-{number}-{key.removeprefix(below)}"
            if isinstance(data, QueryDict):
                data.setlist(name, data.getlist(key))
            else:
                data[name] = data[key]


def rows_of(form: type[RowForm], *, most: int = 20, least: int = 0, extra: int = 1) -> Any:
    """A RowsFormSet class for `form`: at most `most` rows, at least `least` filled ones."""
    return formset_factory(
        form,
        formset=RowsFormSet,
        extra=extra,
        max_num=most,
        absolute_max=most * 2,
        min_num=least,
        validate_max=True,
        validate_min=least > 0,
        renderer=WebRenderer(),
    )
