"""The three steps in which a need is written down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.listings.forms import (
    CommonFields,
    ContactFields,
    IndicatorForm,
    NumberField,
    Step,
    TrlField,
    WizardForm,
    cooperation_field,
    terms,
)
from marketplace.needs.rulebook import REQUIRED
from marketplace.needs.workflow import SolvedHow
from marketplace.web.forms import (
    ComingDateField,
    EitherField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    TermField,
    rows_of,
)


class BasicsForm(CommonFields):
    """基本情况。"""

    NEEDED = frozenset(REQUIRED)

    title = PlainTextField(
        label=_("需求名称"),
        max_length=80,
        help_text=_("一句话说明要解决的问题，如“降低人造板甲醛释放量”"),
    )
    kind = TermField(terms("need_kind"), label=_("需求类型"), required=False)
    problem = PlainTextField(
        label=_("主要技术难点"),
        max_length=3000,
        multiline=True,
        rows=6,
        required=False,
        help_text=_("现在卡在哪里、试过什么、差多少"),
    )
    background = PlainTextField(
        label=_("需求背景与现状"),
        max_length=3000,
        multiline=True,
        required=False,
        help_text=_("现有产品、工艺、设备和产量"),
    )
    content = PlainTextField(
        label=_("主要研究内容"), max_length=3000, multiline=True, required=False
    )

    field_order = [
        *("title", "kind", "industry", "field", "chain", "district", "summary"),
        *("problem", "background", "content", "keywords"),
    ]


class NeedIndicatorForm(IndicatorForm):
    """一项技术指标：现值、要求、怎样检测、是否必须。"""

    current = PlainTextField(label=_("现值"), max_length=40, required=False)
    comparator = TermField(terms("comparator"), blank=None, label=_("要求"), initial="ge")
    target = NumberField(label=_("目标值"))
    target_high = NumberField(label=_("上限（区间）"), required=False)
    must = EitherField(yes=_("必须满足"), no=_("可协商"), label=_("性质"), initial=True)

    field_order = [
        "name",
        "current",
        "comparator",
        "target",
        "target_high",
        "unit",
        "method",
        "must",
    ]

    def clean(self) -> None:
        """A range needs both ends."""
        super().clean()
        self.check_range("target", "target_high", self.cleaned_data.get("comparator", ""))


IndicatorRows = rows_of(NeedIndicatorForm, most=20)
IndicatorRows.add_label = _("添加一项指标")


class TargetsForm(WizardForm):
    """指标与条件。"""

    NEEDED = frozenset(REQUIRED)

    cooperation = cooperation_field()
    trl_min = TrlField(label=_("成果成熟度至少"), blank=_("不限"))
    budget_min = MoneyFormField(label=_("预算下限"), required=False)
    budget_max = MoneyFormField(
        label=_("预算上限"), required=False, help_text=_("都不填即为“面议”")
    )
    deadline = ComingDateField(label=_("期望解决时限"), required=False)
    ip_terms = PlainTextField(label=_("知识产权归属意向"), max_length=200, required=False)
    basis = PlainTextField(
        label=_("已有基础"),
        max_length=2000,
        multiline=True,
        required=False,
        help_text=_("资金、人员、设备和试验条件"),
    )
    conditions = PlainTextField(
        label=_("对解决方的要求"), max_length=2000, multiline=True, required=False
    )
    intended_partner = PlainTextField(label=_("意向院所或专家"), max_length=200, required=False)

    def clean(self) -> None:
        """The upper end of the budget is not below the lower one."""
        super().clean()
        low, high = self.cleaned_data.get("budget_min"), self.cleaned_data.get("budget_max")
        if low is not None and high is not None and high < low:
            self.add_error("budget_max", _("预算上限不能小于下限"))


class TermsForm(ContactFields):
    """附件、保密与联系。"""

    NEEDED = frozenset(REQUIRED)

    hide_owner = forms.BooleanField(
        label=_("不公开企业名称"),
        required=False,
        help_text=_("公众只看到“某企业（已认证）”和所在区县"),
    )


STEPS = (
    Step("basics", _("基本情况"), BasicsForm),
    Step(
        "targets", _("指标与条件"), TargetsForm, rows={"indicators": (IndicatorRows, _("技术指标"))}
    ),
    Step("terms", _("附件与联系"), TermsForm, files=True),
)


class SolveForm(JiebangForm):
    """标记为已解决，并说明怎样解决的。"""

    how = forms.ChoiceField(
        label=_("怎样解决的"),
        choices=SolvedHow.choices,
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label=_("简要说明"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("会显示在需求页面上，请勿写保密内容"),
    )
