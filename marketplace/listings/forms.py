"""The fields that every wizard shares, the numbers of indicators, and the forms of the moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.figures import validate_figure
from marketplace.kernel.numerals import NumeralError, read_number
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.forms import (
    ComingDateField,
    EitherField,
    JiebangForm,
    KeywordsField,
    PhoneField,
    PlainTextField,
    RowForm,
    TermField,
    TermMultiField,
)


def terms(scheme: str) -> taxonomy.Choices:
    """Choices of a taxonomy scheme, asked for when the form is shown."""
    return taxonomy.Choices(scheme)


@dataclass(frozen=True)
class Step:
    """One step of a wizard: its form, its repeated rows, and whether files are added on it.

    `rows` maps a child table's related name to its formset class and heading.
    """

    key: str
    label: Any
    form: type[JiebangForm]
    rows: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    files: bool = False


@dataclass
class Judged:
    """What the forms of a wizard say of a whole listing: `values` and `rows` for the service, or errors.

    `errors` by field and by child table as a whole; `row_errors` by child table, for each row by field.
    """

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    errors: dict[str, list[Any]] = field(default_factory=dict)
    row_errors: dict[str, list[dict[str, list[Any]]]] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, list[Any]]:
        """The errors of child tables in one list each, without the rows that have none."""
        return {
            related: [*self.errors.get(related, ()), *filter(None, rows)]
            for related, rows in self.row_errors.items()
        }


def judge(steps: Sequence[Step], given: Mapping[str, Any]) -> Judged:
    """Judge what was sent at once, by field and child table, with the forms of the wizard.

    `values` has the given fields alone; what the wizard chooses in advance need not be given.
    """
    found = Judged()
    plain = {name: "" if value is None else value for name, value in given.items()}
    for step in steps:
        fields = step.form.base_fields
        chosen = {name: f.initial for name, f in fields.items() if f.initial is not None}
        form = step.form({**chosen, **plain})
        if not form.is_valid():
            found.errors |= {name: list(texts) for name, texts in form.errors.items()}
        cleaned = {name: form.cleaned_data.get(name) for name in form.fields if name in given}
        found.values |= cleaned
        for related, (formset, _heading) in step.rows.items():
            if related in given:
                _judge_rows(found, related, formset, given[related])
    return found


def _judge_rows(found: Judged, related: str, formset: Any, items: Sequence[Any]) -> None:
    data = QueryDict(mutable=True)
    data[f"{related}-TOTAL_FORMS"] = str(len(items))
    data[f"{related}-INITIAL_FORMS"] = "0"
    for number, item in enumerate(items):
        for name, value in item.items():
            typed = _as_typed(formset.form.base_fields[name], value)
            data[f"{related}-{number}-{name}"] = typed
    bound = formset(data, prefix=related)
    if bound.is_valid():
        found.rows[related] = bound.values
        return
    found.row_errors[related] = [dict(errors) for errors in bound.errors]
    if general := bound.non_form_errors():
        found.errors[related] = list(general)


def _as_typed(field: forms.Field, value: Any) -> str:
    """A value of the API as a person would type it into this field."""
    if isinstance(field, EitherField):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


class NumberField(forms.Field):
    """A plain decimal number; cleaned to Decimal, read as `kernel.numerals` says.

    `digits` and `places` are those of its column, which the API names.
    """

    default_validators = [validate_figure]

    def __init__(self, *, digits: int = 18, places: int = 6, **kwargs: Any) -> None:
        self.digits, self.places = digits, places
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        text = "" if value in self.empty_values else str(value)[:64].strip()
        if not text:
            return None
        try:
            return read_number(text)
        except NumeralError as error:
            raise ValidationError(error.args[0], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """Stored decimals come back without trailing zeros."""
        if isinstance(value, Decimal):
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return value


class TrlField(forms.TypedChoiceField):
    """A technology readiness level, 1 to 9; cleaned to int, or None. `blank` is the empty choice."""

    def __init__(self, *, blank: Any, **kwargs: Any) -> None:
        def choices() -> list[tuple[Any, Any]]:
            return [("", blank), *terms("trl")()]

        super().__init__(choices=choices, coerce=int, empty_value=None, required=False, **kwargs)


class WizardForm(JiebangForm):
    """A step's form. A draft needs only a title; fields in NEEDED are marked as required for submission."""

    NEEDED: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NEEDED & set(self.fields):
            self.fields[name].needed = True  # type: ignore[attr-defined]


class IndicatorForm(RowForm):
    """What a required and a proven indicator share."""

    name = PlainTextField(label=_("指标名称"), max_length=40)
    unit = PlainTextField(label=pgettext_lazy("of measure", "单位"), max_length=20, required=False)
    method = PlainTextField(label=_("检测方法或标准"), max_length=60, required=False)

    def check_range(self, low: str, high: str, comparator: str) -> None:
        """A range needs two ends in order; any other comparator has one value."""
        data = self.cleaned_data
        first, second = data.get(low), data.get(high)
        if comparator == "between":
            if second is None and high not in self.errors:
                self.add_error(high, _("请填写区间的上限"))
            elif first is not None and second is not None and second < first:
                self.add_error(high, _("上限不能小于下限"))
        else:
            data[high] = None


class CommonFields(WizardForm):
    """Summary and classification, in the first step of every kind."""

    summary = PlainTextField(
        label=_("公开简介"),
        max_length=500,
        multiline=True,
        rows=3,
        required=False,
        help_text=_("列表和搜索结果里显示的一段话，不要写保密内容"),
    )
    industry = TermField(terms("industry"), label=_("所属行业"), required=False)
    field = TermField(terms("field"), label=_("技术领域"), required=False)
    chain = TermField(terms("chain"), label=_("产业链"), required=False)
    district = TermField(terms("district"), label=_("所在区县"), required=False)
    keywords = KeywordsField(
        label=_("关键词"), required=False, help_text=_("最多 8 个，用顿号或逗号分开")
    )


class ContactFields(WizardForm):
    """Contact, confidentiality and validity, in the last step of every kind."""

    confidential = PlainTextField(
        label=_("保密内容"),
        max_length=5000,
        multiline=True,
        required=False,
        help_text=_("只有本单位成员、审核人员和本单位授权的单位能看到，不进入搜索和匹配"),
    )
    contact_name = PlainTextField(
        label=_("联系人"),
        max_length=40,
        required=False,
        help_text=_("电话和邮箱都不填时，用单位资料里的公开联系方式"),
    )
    contact_phone = PhoneField(label=_("联系电话"), required=False)
    contact_email = forms.EmailField(label=_("电子邮箱"), required=False, max_length=254)
    contact_route = TermField(
        terms("contact_route"), blank=None, label=_("对接方式"), initial="direct"
    )
    valid_until = ComingDateField(
        label=_("信息有效期至"),
        required=False,
        error_messages={"past": _("有效期不能早于今天")},
        help_text=_("不填则自发布起一年；到期后可以续期"),
    )
    title_en = PlainTextField(label=_("英文名称（选填）"), max_length=200, required=False)
    summary_en = PlainTextField(
        label=_("英文简介（选填）"), max_length=1000, multiline=True, required=False
    )


def cooperation_field() -> TermMultiField:
    """The field for the ways of cooperating; several can be chosen."""
    return TermMultiField(terms("cooperation"), label=_("合作方式"), required=False)


class RenewForm(JiebangForm):
    """续期。"""

    days = forms.TypedChoiceField(
        label=_("续期时长"),
        coerce=int,
        choices=[(90, _("90 天")), (180, _("180 天")), (365, _("365 天"))],
        initial=180,
        widget=forms.RadioSelect,
    )


class WithdrawForm(JiebangForm):
    """下架。"""

    reason = PlainTextField(
        label=_("下架原因"), max_length=500, multiline=True, help_text=_("只有本单位和平台可见")
    )


class ReturnForm(JiebangForm):
    """退回：选常用理由，或自己写。"""

    reasons = forms.MultipleChoiceField(
        label=_("常用理由"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other = PlainTextField(
        label=_("其他理由"), max_length=300, multiline=True, required=False, rows=3
    )

    def __init__(self, *args: Any, templates: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = dict(templates)
        self.fields["reasons"].choices = templates  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[str]:
        """The reasons as sentences, as they are stored."""
        picked = [str(self.templates[key]) for key in self.cleaned_data["reasons"]]
        return [*picked, self.cleaned_data["other"]]


class ImportForm(JiebangForm):
    """上传表格：只看名称，内容由检查来说。"""

    file = forms.FileField(
        label=_("表格"),
        help_text=_("xlsx 文件，不超过 2 MB，一次最多 200 行"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """Other spreadsheets are saved anew; the structure of the file is examined when it is stored."""
        upload = self.cleaned_data["file"]
        if not str(upload.name).casefold().endswith(".xlsx"):
            raise ValidationError(_("只接受 .xlsx 文件，其他格式请在表格软件中另存为 .xlsx"))
        return upload


class ImportConfirmForm(JiebangForm):
    """确认导入。 `digest` is that of what the page has shown."""

    DRAFT, SUBMIT = "draft", "submit"

    how = forms.ChoiceField(
        label=_("导入后"),
        choices=[
            (DRAFT, _("存为草稿，之后逐条核对、提交")),
            (SUBMIT, _("随即提交审核；内容还不齐的存为草稿")),
        ],
        initial=DRAFT,
        widget=forms.RadioSelect,
    )
    digest = PlainTextField(widget=forms.HiddenInput, max_length=64)
