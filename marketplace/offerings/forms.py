"""The three steps in which a service offer is written down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.listings.forms import CommonFields, ContactFields, Step, WizardForm, terms
from marketplace.offerings.rulebook import (
    FIRST_YEAR,
    INNER,
    LONGEST_TURNAROUND,
    MOST_DEVICES,
    REQUIRED,
    price_problems,
)
from marketplace.web.forms import (
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    RowForm,
    TermField,
    TermMultiField,
    rows_of,
)


class BasicsForm(CommonFields):
    """基本情况。"""

    NEEDED = frozenset(REQUIRED)

    title = PlainTextField(
        label=_("服务名称"),
        max_length=80,
        help_text=_("一句话说明做什么，如“人造板甲醛释放量检测（气候箱法）”"),
    )
    category = TermField(terms("service_category"), label=_("服务类别"), required=False)
    description = PlainTextField(
        label=_("服务内容"),
        max_length=5000,
        multiline=True,
        rows=8,
        required=False,
        help_text=_("做什么、怎么做、能做到什么程度"),
    )
    standards = PlainTextField(
        label=_("依据的标准或方法"), max_length=2000, multiline=True, required=False
    )

    field_order = [
        *("title", "category", "industry", "field", "chain", "district", "summary"),
        *("description", "standards", "keywords"),
    ]


class QualificationForm(RowForm):
    """一项资质。"""

    scheme = TermField(terms("qualification"), label=_("资质类型"))
    number = PlainTextField(label=_("证书编号"), max_length=60)
    scope = PlainTextField(label=_("能力范围"), max_length=120, required=False)
    valid_until = DateField(label=_("有效期至"), required=False)


class QualificationRows(rows_of(QualificationForm, most=20)):  # type: ignore[misc]
    """The qualifications; none is named twice."""

    add_label = _("添加一项资质")

    def clean(self) -> None:
        """A certificate is known by its scheme and number."""
        super().clean()
        seen = set()
        for row in self.forms:
            key = (row.cleaned_data.get("scheme"), row.cleaned_data.get("number"))
            if row.has_changed() and not row.errors:
                if key in seen:
                    row.add_error("number", _("这项资质已经填写过"))
                seen.add(key)


class EquipmentForm(RowForm):
    """一种设备。"""

    name = PlainTextField(label=_("设备名称"), max_length=60)
    model = PlainTextField(label=_("型号"), max_length=60, required=False)
    quantity = forms.IntegerField(
        label=_("数量（台套）"), min_value=1, max_value=MOST_DEVICES, initial=1
    )
    capability = PlainTextField(label=_("能做什么"), max_length=120, required=False)

    def has_changed(self) -> bool:
        """The quantity is filled in beforehand and makes no row."""
        return any(str(self[name].data or "").strip() for name in ("name", "model", "capability"))


EquipmentRows = rows_of(EquipmentForm, most=30)
EquipmentRows.add_label = _("添加一种设备")


class TargetsForm(WizardForm):
    """收费、周期与区域。"""

    NEEDED = frozenset(REQUIRED)

    price_mode = TermField(terms("service_pricing"), label=_("收费方式"), required=False)
    price_min = MoneyFormField(unit="yuan", label=_("价格下限"), required=False)
    price_max = MoneyFormField(unit="yuan", label=_("价格上限"), required=False)
    price_note = PlainTextField(
        label=_("收费说明"),
        max_length=200,
        required=False,
        help_text=_("如加急、批量的价格，是否含税、含取样"),
    )
    turnaround = forms.IntegerField(
        label=_("完成天数"),
        required=False,
        min_value=1,
        max_value=LONGEST_TURNAROUND,
        help_text=_("收到样品或资料后多少天交付"),
    )
    regions = TermMultiField(terms("service_region"), label=_("服务区域"), required=False)
    deliverables = PlainTextField(
        label=_("交付成果"), max_length=1000, multiline=True, rows=3, required=False
    )
    client_provides = PlainTextField(
        label=_("委托方需要提供"), max_length=1000, multiline=True, rows=3, required=False
    )
    cases = PlainTextField(label=_("服务案例"), max_length=2000, multiline=True, required=False)

    def clean(self) -> None:
        """The amounts fit the way of charging."""
        super().clean()
        data = self.cleaned_data
        problems = price_problems(
            data.get("price_mode", ""), data.get("price_min"), data.get("price_max")
        )
        for name, text in problems.items():
            self.add_error(name, text)


class TermsForm(ContactFields):
    """资质、附件与联系。"""

    NEEDED = frozenset(REQUIRED)


STEPS: tuple[Step, ...] = (
    Step("basics", _("基本情况"), BasicsForm),
    Step("targets", _("收费与设备"), TargetsForm, rows={"equipment": (EquipmentRows, _("设备"))}),
    Step(
        "terms",
        _("资质与联系"),
        TermsForm,
        rows={"qualifications": (QualificationRows, _("资质"))},
        files=True,
    ),
)
#: The child tables.
CHILDREN: tuple[str, ...] = tuple(related for step in STEPS for related in step.rows)


class FilingForm(JiebangForm):
    """一条省级备案。"""

    year = forms.IntegerField(label=_("备案年度"), min_value=FIRST_YEAR, max_value=2100)
    number = PlainTextField(label=_("备案编号"), max_length=60)
    kind = TermField(terms("filing_kind"), label=_("机构法人类型"))


class RemoveFilingForm(JiebangForm):
    """删除记错的备案。"""

    reason = PlainTextField(label=_("删除原因"), max_length=300)


class FilingCheckForm(JiebangForm):
    """备案条件自查：上一年度的两个数字。"""

    kind = TermField(terms("filing_kind"), label=_("机构法人类型"))
    turnover = MoneyFormField(label=_("上一年度促成技术交易成交额"))
    income = MoneyFormField(
        label=_("上一年度中介服务收入"),
        required=False,
        help_text=_("法人内设机构不填"),
    )
    day = DateField(label=_("申请日期"), help_text=_("按这一天有效的备案条件对照"))

    def clean(self) -> None:
        """Only a department of a legal person has no income to show."""
        super().clean()
        data = self.cleaned_data
        needs_income = data.get("kind") and data["kind"] != INNER
        if needs_income and data.get("income") is None and "income" not in self.errors:
            self.add_error("income", _("请填写中介服务收入，没有请填 0"))
