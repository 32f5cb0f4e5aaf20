"""Forms of the register: the entry in sections, certificates, training, the registrar's decision."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import rulebook
from marketplace.brokerage.models import Broker
from marketplace.brokerage.rulebook import CONSENTS, Employment, Level, Scheme
from marketplace.files.forms import UploadsField
from marketplace.files.rulebook import extension_of
from marketplace.kernel import clock
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import (
    DateField,
    JiebangForm,
    PhoneField,
    PlainTextField,
    TermField,
    TermMultiField,
)
from marketplace.web.rows import RowForm, rows_of

#: Fields of the form that are called otherwise than in the services: `fields` is taken by Django.
FORM_NAMES = {"fields": "fields_"}
_SCANS = (".pdf", ".jpg", ".jpeg", ".png")
_PHOTOS = (".jpg", ".jpeg", ".png")


class ScanField(UploadsField):
    """Scans: PDF or pictures. What is inside is examined by the service."""

    def __init__(self, *, only: Sequence[str] = _SCANS, **kwargs: Any) -> None:
        self.only = only
        kwargs.setdefault("help_text", _("PDF、jpg 或 png"))
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(only)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = super().clean(data, initial)
        if any(extension_of(upload.name or "") not in self.only for upload in uploads):
            said = _("请上传 PDF 或图片") if ".pdf" in self.only else _("请上传 jpg 或 png 图片")
            raise ValidationError(said, code="unfit")
        return uploads


class FlatChoices(Choices):
    """Terms without the indent that shows their level: check boxes stand in columns."""

    def __call__(self) -> list[tuple[str, str]]:
        """Codes and labels that hold today."""
        return [(term.code, term.label) for term in taxonomy.terms(self.scheme)]


class IndustryChoices(Choices):
    """The upper level of the list of industries: whom a broker serves need not be finer."""

    def __call__(self) -> list[tuple[str, str]]:
        """Codes and labels that hold today."""
        return [(term.code, term.label) for term in taxonomy.terms(self.scheme) if not term.level]


class StartForm(JiebangForm):
    """What a person agrees to before an application begins (个人信息保护法 13, 17)."""

    agree = forms.BooleanField(
        label=_("我已阅读以上说明，同意平台为核对和公开登记信息处理我填写的内容")
    )


class EntryForm(JiebangForm):
    """The whole entry. An application may be saved unfinished; what is missing is said on submission.

    `sections` are the headings with the names of their fields, in the order of the page.
    """

    status = 400

    name = PlainTextField(label=_("真实姓名"), max_length=60, help_text=_("与证书一致；入库后公开"))
    name_en = PlainTextField(label=_("英文姓名"), max_length=120, required=False)
    employment = forms.ChoiceField(
        label=_("从业身份"),
        choices=lambda: Employment.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("请从列表中选择")},
        help_text=_("公务员和参照公务员法管理的工作人员不能登记；高校和事业单位人员须经单位同意"),
    )
    declared = forms.BooleanField(
        label=_("本人声明：不属于公务员或参照公务员法管理的工作人员，所填内容真实"),
        required=False,
    )
    organization = forms.ChoiceField(
        label=_("所在单位（本平台）"),
        required=False,
        error_messages={"invalid_choice": _("只能选择您所在的单位")},
        help_text=_("列出您已加入的单位；独立从业可不选"),
    )
    unit = PlainTextField(label=_("所在单位（未在本平台登记的）"), max_length=120, required=False)
    letters = ScanField(label=_("单位同意从业的材料"), required=False, most=3)
    fields_ = TermMultiField(Choices("field"), label=_("技术领域"), required=False, most=6)
    industries = TermMultiField(
        IndustryChoices("industry"), label=_("服务行业"), required=False, most=8
    )
    districts = TermMultiField(FlatChoices("district"), label=_("服务区域"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("工作语言"),
        choices=lambda: rulebook.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("请从列表中选择")},
    )
    introduction = PlainTextField(
        label=_("个人简介"),
        max_length=1500,
        multiline=True,
        rows=7,
        required=False,
        help_text=_("从业经历、熟悉的技术和企业、促成过的合作。请不要写电话、邮箱和微信号"),
    )
    introduction_en = PlainTextField(
        label=_("英文简介"), max_length=3000, multiline=True, required=False
    )
    portrait = ScanField(
        label=_("照片"), required=False, most=1, only=_PHOTOS, help_text=_("选填，jpg 或 png")
    )
    phone = PhoneField(label=_("联系电话"), required=False)
    email = forms.EmailField(label=_("电子邮箱"), required=False, max_length=254)

    def __init__(
        self, *args: Any, organizations: Sequence[Any] = (), fixed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].choices = [  # type: ignore[attr-defined]
            ("", _("不选择")),
            *((org.code, org.name) for org in organizations),
        ]
        for item, label in CONSENTS.items():
            self.fields[f"consent_{item}"] = forms.BooleanField(
                label=label, required=False, initial=item in self.initial.get("consents", ())
            )
        if fixed:
            for name in ("name", "employment", "declared", "letters"):
                del self.fields[name]

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """Headings with their bound fields."""
        found = [
            (heading, [self[name] for name in names if name in self.fields])
            for heading, names in _SECTIONS
        ]
        return [(heading, bound) for heading, bound in found if bound]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; only after `is_valid()`."""
        cleaned = dict(self.cleaned_data)
        cleaned["fields"] = cleaned.pop("fields_", [])
        for name in ("letters", "portrait"):
            cleaned.pop(name, None)
        given = [item for item in CONSENTS if cleaned.pop(f"consent_{item}", False)]
        return {**cleaned, "consents": given}


_SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("身份"),
        ("name", "name_en", "employment", "declared", "organization", "unit", "letters"),
    ),
    (_("业务范围"), ("fields_", "industries", "districts", "languages")),
    (_("个人简介"), ("introduction", "introduction_en", "portrait")),
    (_("联系方式"), ("phone", "email")),
    (_("同意公开的内容"), tuple(f"consent_{item}" for item in CONSENTS)),
)


def consents_in(broker: Broker) -> dict[str, bool]:
    """The consents of an entry by field of the form, for comparisons."""
    return {f"consent_{item}": broker.shows(item) for item in CONSENTS}


class TrainingForm(RowForm):
    """Hours of training of one year."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    hours = forms.IntegerField(
        label=_("学时"),
        min_value=1,
        max_value=rulebook.MOST_HOURS,
    )
    organizer = PlainTextField(label=_("举办单位"), max_length=120)
    topic = PlainTextField(label=_("内容"), max_length=120, required=False)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > clock.today().year:
            raise ValidationError(_("年度不能晚于今年"), code="future")
        return year


TrainingRows = rows_of(TrainingForm, most=20)


class CertificateForm(JiebangForm):
    """A certificate with its scan."""

    status = 400
    scheme = TermField(lambda: Scheme.choices, label=_("证书类别"))
    level = TermField(lambda: Level.choices, label=_("等级"))
    name = PlainTextField(
        label=_("证书名称"),
        max_length=80,
        required=False,
        help_text=_("类别为“其他”时填写证书上的名称"),
    )
    number = PlainTextField(label=_("证书编号"), max_length=60)
    issuer = PlainTextField(label=_("发证机构"), max_length=120)
    valid_from = DateField(label=_("发证日期"))
    valid_until = DateField(label=_("有效期至"), required=False, help_text=_("长期有效的证书留空"))
    scans = ScanField(label=_("扫描件"), required=False, most=3)

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day > clock.today():
            raise ValidationError(_("发证日期不能晚于今天"), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("有效期的截止日不能早于发证日期"))
        if cleaned.get("scheme") == Scheme.OTHER and not cleaned.get("name"):
            self.add_error("name", _("请填写证书名称"))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; only after `is_valid()`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "scans"}


class DecideForm(JiebangForm):
    """Why an application goes back or is refused, or an entry is suspended or removed."""

    reasons = forms.MultipleChoiceField(
        label=_("原因"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("请从列表中选择")},
    )
    remark = PlainTextField(
        label=_("说明"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("本人会看到；请写清楚缺什么、怎么补"),
    )

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reasons:
            self.fields["reasons"].choices = reasons  # type: ignore[attr-defined]
        else:
            del self.fields["reasons"]
