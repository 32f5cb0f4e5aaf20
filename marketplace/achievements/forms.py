"""The four steps in which an achievement is written down (the fourth checks and submits)."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.achievements.rulebook import REQUIRED
from marketplace.listings.forms import (
    CommonFields,
    ContactFields,
    IndicatorForm,
    NumberField,
    Step,
    WizardForm,
    cooperation_field,
    terms,
)
from marketplace.web.forms import (
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    RowForm,
    TermField,
    rows_of,
)


class BasicsForm(CommonFields):
    """基本情况。"""

    NEEDED = frozenset(REQUIRED)

    title = PlainTextField(label=_("成果名称"), max_length=80)
    summary = PlainTextField(
        label=_("公开简介"),
        max_length=500,
        multiline=True,
        rows=3,
        required=False,
        help_text=_("列表和搜索结果里显示的一段话，不要写保密内容"),
    )
    description = PlainTextField(
        label=_("技术方案"),
        max_length=5000,
        multiline=True,
        rows=8,
        required=False,
        help_text=_("原理、做法、关键设备和工艺条件"),
    )
    innovation = PlainTextField(
        label=_("创新点"),
        max_length=600,
        multiline=True,
        rows=3,
        required=False,
        help_text=_("不超过 3 条，每条一行"),
    )
    scenario = PlainTextField(label=_("应用场景"), max_length=2000, multiline=True, required=False)
    comparison = PlainTextField(
        label=_("与现有方案的经济比较"), max_length=2000, multiline=True, required=False
    )

    field_order = [
        *("title", "industry", "field", "chain", "district", "summary", "description"),
        *("innovation", "scenario", "comparison", "keywords"),
    ]

    def clean_innovation(self) -> str:
        """Three points at most: who lists ten has none."""
        text: str = self.cleaned_data["innovation"]
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > 3:
            raise ValidationError(_("创新点最多 3 条，每条一行"), code="most")
        return "\n".join(lines)


class AchievementIndicatorForm(IndicatorForm):
    """一项已验证的指标：数值、怎样检测、依据。"""

    comparator = TermField(terms("comparator"), blank=None, label=_("关系"), initial="eq")
    value = NumberField(label=_("数值"))
    value_high = NumberField(label=_("上限（区间）"), required=False)
    evidence = PlainTextField(label=_("依据（如第三方检测）"), max_length=120, required=False)

    field_order = ["name", "comparator", "value", "value_high", "unit", "method", "evidence"]

    def clean(self) -> None:
        """A range needs both ends."""
        super().clean()
        self.check_range("value", "value_high", self.cleaned_data.get("comparator", ""))


class PatentForm(RowForm):
    """一项知识产权。"""

    kind = TermField(terms("ip_kind"), blank=None, label=_("类型"))
    number = PlainTextField(label=_("专利号或登记号"), max_length=40)
    title = PlainTextField(label=_("名称"), max_length=200, required=False)
    status = TermField(terms("ip_status"), blank=None, label=_("状态"))
    holder = PlainTextField(label=_("权利人"), max_length=120, required=False)
    expires = DateField(label=_("到期日"), required=False)

    _CN_NUMBER = re.compile(r"^(?:ZL|CN)?(\d{12})\.?([\dX])$")

    def clean_number(self) -> str:
        """A number in the Chinese form must carry the right check digit; other forms pass."""
        number: str = self.cleaned_data["number"]
        match = self._CN_NUMBER.match(number.replace(" ", "").upper())
        if match and match[2] != patent_check_digit(match[1]):
            raise ValidationError(_("专利号的校验位不对，请核对"), code="check")
        return number


class OwnerForm(RowForm):
    """一个权属单位和它的份额。"""

    name = PlainTextField(label=_("权属单位或个人"), max_length=120)
    share = NumberField(label=_("份额（%）"))

    def clean_share(self) -> Decimal:
        """More than nothing, at most all of it, two decimals."""
        share: Decimal = self.cleaned_data["share"]
        if not 0 < share <= 100 or share != round(share, 2):
            raise ValidationError(_("份额应大于 0、不超过 100，最多两位小数"), code="share")
        return share


class InventorForm(RowForm):
    """一位完成人。"""

    name = PlainTextField(label=_("姓名"), max_length=60)
    title = PlainTextField(label=_("职称或职务"), max_length=60, required=False)
    contribution = PlainTextField(label=_("贡献"), max_length=200, required=False)


IndicatorRows = rows_of(AchievementIndicatorForm, most=20)
IndicatorRows.add_label = _("添加一项指标")
PatentRows = rows_of(PatentForm, most=30)
PatentRows.add_label = _("添加一项知识产权")
OwnerRows = rows_of(OwnerForm, most=10)
OwnerRows.add_label = _("添加一个权属单位")
InventorRows = rows_of(InventorForm, most=30)
InventorRows.add_label = _("添加一位完成人")


class TargetsForm(WizardForm):
    """指标与条件。"""

    NEEDED = frozenset(REQUIRED)

    trl = forms.TypedChoiceField(
        label=_("技术成熟度"), required=False, coerce=int, empty_value=None
    )
    trl_evidence = PlainTextField(
        label=_("成熟度依据"), max_length=500, multiline=True, rows=2, required=False
    )
    stage = TermField(terms("stage"), label=_("所处阶段"), required=False)
    attribute = TermField(terms("attribute"), label=_("成果属性"), required=False)
    level = TermField(terms("level"), label=_("成果水平"), required=False)
    evaluation = PlainTextField(
        label=_("评价或鉴定"),
        max_length=500,
        required=False,
        help_text=_("机构、日期和结论"),
    )
    has_sample = forms.BooleanField(label=_("有样品或样机"), required=False)
    cooperation = cooperation_field()
    pricing_mode = TermField(terms("pricing"), label=_("定价方式"), required=False)
    price_min = MoneyFormField(label=_("意向价格下限"), required=False)
    price_max = MoneyFormField(
        label=_("意向价格上限"), required=False, help_text=_("都不填即为“面议”")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trl"].choices = [("", _("请选择")), *terms("trl")()]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """The upper end of the price is not below the lower one."""
        super().clean()
        low, high = self.cleaned_data.get("price_min"), self.cleaned_data.get("price_max")
        if low is not None and high is not None and high < low:
            self.add_error("price_max", _("价格上限不能小于下限"))


class RightsForm(ContactFields):
    """权属、附件与联系。"""

    NEEDED = frozenset(REQUIRED)

    is_state_owned = forms.BooleanField(
        label=_("职务科技成果（国家设立的院所、高校持有）"), required=False
    )

    field_order = ["is_state_owned"]


STEPS = (
    Step("basics", _("基本情况"), BasicsForm),
    Step(
        "targets",
        _("指标与条件"),
        TargetsForm,
        rows={"indicators": (IndicatorRows, _("已验证的指标"))},
    ),
    Step(
        "terms",
        _("权属、附件与联系"),
        RightsForm,
        rows={
            "patents": (PatentRows, _("知识产权")),
            "owners": (OwnerRows, _("权属份额")),
            "inventors": (InventorRows, _("完成人")),
        },
        files=True,
    ),
)


class TransferForm(JiebangForm):
    """标记为已转化。"""

    note = PlainTextField(
        label=_("转化去向"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("会显示在成果页面上，请勿写保密内容"),
    )


def patent_check_digit(digits: str) -> str:
    """The check digit of a Chinese application number of 12 digits (ZC 0006-2003, modulo 11)."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return "X" if rest == 10 else str(rest)
