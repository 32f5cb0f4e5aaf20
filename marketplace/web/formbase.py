"""How every form of the product is drawn: component templates, error links, counters, no inline code."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorDict
from django.forms.widgets import Widget
from django.utils.translation import gettext_lazy as _

#: Django's templates of widgets, and ours, which write the same attributes and options in one call.
_CHEAP = {
    f"django/forms/widgets/{name}.html": f"web/widgets/{widget}.html"
    for name, widget in {
        **dict.fromkeys(("text", "number", "email", "url", "password", "date", "input"), "input"),
        "textarea": "textarea",
        "select": "select",
    }.items()
}
#: More typed text than this is not shown again: no field takes that much.
SHOWN_AGAIN = 50_000


class WebBoundField(BoundField):
    """A bound field that knows its component: shape, hint, counter, unit and where errors point.

    Django binds a field before it is drawn or cleaned. So fields that a form adds after `super().__init__()`
    are dressed like the declared ones.
    """

    def __init__(self, form: Any, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        _dress(field.widget)
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = _missing(field)

    def value(self) -> Any:
        """What was typed, without half characters, which no response can carry."""
        value = super().value()
        if isinstance(value, str):
            return value[:SHOWN_AGAIN].encode("utf-8", "replace").decode("utf-8")
        return value

    @property
    def shape(self) -> str:
        """Which part of `field.html` draws it: checkbox, choices, file or text."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "choices"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        return "file" if isinstance(widget, forms.FileInput) else "text"

    @property
    def limit(self) -> int | None:
        """The most characters the field takes, where a counter is shown."""
        return getattr(self.field, "limit", None)

    @property
    def suffix(self) -> str:
        """The unit behind the input, such as 万元."""
        return getattr(self.field, "suffix", "")

    @property
    def must(self) -> bool:
        """Whether the mark of a required field is shown: demanded now, or before submission."""
        return self.field.required or getattr(self.field, "needed", False)

    @property
    def waits(self) -> bool:
        """Whether the field is of a row that may stay empty: its mark waits until something is typed there."""
        return not getattr(self.form, "demanded", True)

    @property
    def idle(self) -> bool:
        """Whether nobody has begun that row yet."""
        return getattr(self.form, "idle", False)

    @property
    def span(self) -> int:
        """How many of twelve columns the field takes in a repeated row."""
        return getattr(self.field, "span", 3)

    @property
    def error_target(self) -> str:
        """The id an error link leads to: the input, or the first one of a group."""
        return f"{self.auto_id}_0" if self.shape == "choices" else str(self.auto_id)

    @property
    def counted(self) -> bool:
        """Whether a counter of characters is shown."""
        return getattr(self.field, "counted", False)

    @property
    def aria_describedby(self) -> str:
        ids = [super().aria_describedby or ""]
        if self.auto_id and self.counted:
            ids.append(f"{self.auto_id}_count")
        return " ".join(part for part in ids if part)

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self.field.required and self.shape == "text" and not self.is_hidden and not self.idle:
            built["aria-required"] = "true"
        if self.counted:
            built["data-limit"] = str(self.limit)
        return built


class WebRenderer(DjangoTemplates):
    """Django's own renderer with our templates for a form, a field and a formset."""

    form_template_name = "web/components/form.html"
    field_template_name = "web/components/field.html"
    formset_template_name = "web/components/rows.html"
    bound_field_class = WebBoundField


class FormMixin:
    """Mix into any form: `{{ form }}` draws summary and fields, `{% field form.x %}` one field."""

    # One for all forms: each renderer compiles its templates for itself.
    default_renderer: Any = WebRenderer()
    # The server says what is missing, in the page's language and at the field.
    use_required_attribute = False
    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            if stored := self._stored(name):
                field.keep(stored)

    def _stored(self, name: str) -> list[Any]:
        """The terms that the opened row has in a field of terms, for what must stay choosable."""
        if not hasattr(self.fields[name], "keep"):  # type: ignore[attr-defined]
            return []
        value = self.initial.get(name)  # type: ignore[attr-defined]
        return list(value) if isinstance(value, list | tuple) else [value] if value else []

    def hush(self) -> None:
        """Keep what was typed and show no errors: a row button was pressed, nothing was sent."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}


def _missing(field: forms.Field) -> Any:
    """What to do about an empty field, in the words that fit it."""
    if isinstance(field, forms.FileField):
        return _("请选择文件")
    if isinstance(field, forms.BooleanField):
        return _("请勾选")
    return _("请选择") if isinstance(field, forms.ChoiceField) else _("请填写")


def _dress(widget: Widget) -> None:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        widget.template_name = "web/widgets/choices.html"
    elif isinstance(widget, forms.MultiWidget):
        for part in widget.widgets:
            _dress(part)
    elif not isinstance(widget, forms.CheckboxInput | forms.HiddenInput):
        classes = str(widget.attrs.get("class", "")).split()
        widget.attrs["class"] = " ".join(dict.fromkeys(["c-input", *classes]))
        drawn_by = str(widget.template_name)
        widget.template_name = _CHEAP.get(drawn_by, drawn_by)


class JiebangForm(FormMixin, forms.Form):
    """The form to inherit from."""


class JiebangModelForm(FormMixin, forms.ModelForm):
    """The model form to inherit from; services still do the writing."""
