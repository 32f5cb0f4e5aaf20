"""The sections of a contract record, each its own form with its repeated rows.

The pages and the API judge what was sent with the same forms. A draft may lack nearly everything: what
registration asks for is said by its pre-check, not here.
"""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.deals.forms.fields import ContractDayField, ForeignAmountField, RateField
from marketplace.deals.forms.rows import (
    DeductionRows,
    IndicatorRows,
    InstalmentRows,
    MilestoneRows,
    ParticularRows,
    PartyRows,
)
from marketplace.deals.rulebook import currencies
from marketplace.deals.workflow import Route
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import (
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    TermField,
    TermMultiField,
)


class BasicsForm(JiebangForm):
    """What it is called, which kind it is, what is done, where and from when to when."""

    title = PlainTextField(label=_("项目名称"), max_length=200)
    contract_type = TermField(Choices("contract_type"), label=_("合同类型"), required=False)
    subject_text = PlainTextField(
        label=_("标的内容和要求"),
        max_length=10_000,
        required=False,
        multiline=True,
        rows=10,
        help_text=_("开发什么、转让或许可什么、解决什么技术问题，写到不在场的人也能看懂"),
    )
    starts_on = ContractDayField(label=_("开始日期"), required=False)
    ends_on = ContractDayField(
        label=_("结束日期"), required=False, help_text=_("合同有效期的最后一天，含当日")
    )
    place = PlainTextField(label=_("履行地点"), max_length=100, required=False)


class PartiesForm(JiebangForm):
    """Nothing but the rows; `find` searches the organisations of the platform."""

    find = PlainTextField(
        label=_("在平台上查找单位"),
        max_length=60,
        required=False,
        help_text=_(
            "输入名称或统一社会信用代码，按“查找”，再选择作为哪一方加入；平台外的单位直接填写下面的表格"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["find"].counted = False  # type: ignore[attr-defined]


class MoneyForm(JiebangForm):
    """成交额 in yuan, or in a foreign currency with its rate; how it is paid. The rows are the instalments."""

    currency = forms.ChoiceField(
        label=_("币种"), choices=[(code, name) for code, name in currencies.NAMES.items()]
    )
    amount_total_fen = MoneyFormField(
        label=_("合同成交额"),
        unit="yuan",
        required=False,
        help_text=_("合同约定的全部金额。外币合同不填，按汇率折算"),
    )
    foreign_amount = ForeignAmountField(label=_("外币金额"), required=False)
    rate_text = RateField(label=_("汇率"), required=False, help_text=_("一个单位的外币折合多少元"))
    rate_on = ContractDayField(label=_("汇率日期"), required=False)
    amount_is_estimate = forms.BooleanField(
        label=_("成交额是估算的"), required=False, help_text=_("例如提成支付的合同")
    )

    payment_mode = TermField(Choices("payment_mode"), label=_("支付方式"), required=False)
    entry_fee_fen = MoneyFormField(
        label=_("入门费"), unit="yuan", required=False, help_text=_("提成支付附加预付入门费时填写")
    )
    royalty_base = TermField(
        Choices("royalty_base"), label=_("提成基数"), required=False, blank=_("不提成")
    )
    royalty_note = PlainTextField(
        label=_("提成办法"),
        max_length=500,
        required=False,
        multiline=True,
        rows=3,
        help_text=_("比例固定、逐年递增或者递减，提成期限，查账办法"),
    )
    deposit_text = PlainTextField(
        label=_("定金、保证金"), max_length=500, required=False, multiline=True, rows=2
    )

    def clean_currency(self) -> str:
        """CNY where nothing was chosen."""
        return str(self.cleaned_data["currency"] or currencies.HOME)

    def clean(self) -> dict[str, Any]:
        """The foreign amount in minor units; nothing foreign is kept of a contract in yuan."""
        held: dict[str, Any] = super().clean() or {}
        currency = held.get("currency", currencies.HOME)
        if currency == currencies.HOME:
            held |= {"foreign_amount": None, "rate_text": "", "rate_on": None}
        elif held.get("foreign_amount") is not None:
            try:
                held["foreign_amount"] = currencies.minor_units(held["foreign_amount"], currency)
            except ValueError:
                self.add_error("foreign_amount", _("小数位数超过了这种货币的最小单位"))
        return held


class EmptyForm(JiebangForm):
    """A section that has nothing but rows."""


class OfficialForm(JiebangForm):
    """What the registration form asks for besides."""

    field = TermField(Choices("field"), label=_("技术领域"), required=False)
    industry = TermField(Choices("economy"), label=_("服务的国民经济行业"), required=False)
    aim = TermField(Choices("aim"), label=_("社会经济目标"), required=False)
    plan_source = TermField(Choices("plan_source"), label=_("计划来源"), required=False)
    plan_number = PlainTextField(label=_("计划项目编号"), max_length=60, required=False)
    ip_kinds = TermMultiField(Choices("ip_kind"), label=_("知识产权"), required=False)
    ip_numbers = PlainTextField(
        label=_("专利号、登记号"), max_length=500, required=False, multiline=True, rows=2
    )
    new_investment_fen = MoneyFormField(
        label=_("预计新增投入"), required=False, help_text=_("技术转让合同必填")
    )
    new_output_fen = MoneyFormField(
        label=_("预计新增产值"), required=False, help_text=_("技术转让合同必填")
    )
    is_related = forms.BooleanField(label=_("当事人之间是关联方"), required=False)
    is_state_held = forms.BooleanField(
        label=_("标的是高校、科研院所等单位持有的职务科技成果"),
        required=False,
        help_text=_(
            "转让、许可或者作价投资时须说明定价方式：协议定价并公示不少于 15 天，或者挂牌、拍卖"
        ),
    )
    is_equity = forms.BooleanField(
        label=_("作价投资（技术入股）"), required=False, help_text=_("按技术转让合同登记")
    )


class EvidenceForm(JiebangForm):
    """How the price of a state-held result was found."""

    route = forms.ChoiceField(label=_("定价方式"), widget=forms.RadioSelect, choices=Route.choices)
    starts_on = ContractDayField(label=_("公示开始日期"), required=False)
    ends_on = ContractDayField(
        label=_("公示结束日期"), required=False, help_text=_("含当日，公示不少于 15 天")
    )
    result = PlainTextField(
        label=_("公示、挂牌或者拍卖的结果"),
        max_length=500,
        required=False,
        multiline=True,
        rows=3,
        help_text=_("例如：公示期满无异议。提交登记前必须填写"),
    )
    note = PlainTextField(label=_("说明"), max_length=500, required=False)
    file = forms.FileField(
        label=_("公示页面、成交确认书等"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("PDF 或图片"),
    )


@dataclass(frozen=True)
class Section:
    """A section: its key, heading, form, and its rows by the name that the service takes them under."""

    key: str
    label: Any
    form: type[JiebangForm]
    rows: dict[str, tuple[Any, Any]] = field(default_factory=dict)


SECTIONS = (
    Section("basics", _("基本情况"), BasicsForm),
    Section("parties", _("当事人"), PartiesForm, {"parties": (PartyRows, _("当事人"))}),
    Section("money", _("金额和支付"), MoneyForm, {"instalments": (InstalmentRows, _("付款计划"))}),
    Section(
        "worksheet",
        _("技术交易额核算"),
        EmptyForm,
        {"deductions": (DeductionRows, _("非技术性费用"))},
    ),
    Section("acceptance", _("验收标准"), EmptyForm, {"acceptance": (IndicatorRows, _("验收指标"))}),
    Section("milestones", _("履行节点"), EmptyForm, {"milestones": (MilestoneRows, _("履行节点"))}),
    Section("official", _("登记信息"), OfficialForm),
)
#: Beside `worksheet` and `official`: what may be corrected after signature.
PARTICULARS = Section(
    "particulars",
    _("当事人登记信息"),
    EmptyForm,
    {"parties": (ParticularRows, _("当事人"))},
)


def section_named(key: str) -> Section:
    """The section of this key. KeyError when there is none."""
    found = next((one for one in (*SECTIONS, PARTICULARS) if one.key == key), None)
    if found is None:
        raise KeyError(key)
    return found
