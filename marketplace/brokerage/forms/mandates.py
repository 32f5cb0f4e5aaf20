"""Forms of mandates, fees, introductions, rulings and the desk; what they say is judged by the services."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models import Answer, Evidence
from marketplace.brokerage.rulebook.commission import (
    WHOLE,
    ContractForm,
    DueOn,
    FeeKind,
    Payer,
    Terms,
)
from marketplace.brokerage.rulebook.mandate_text import percent
from marketplace.brokerage.rulebook.periods import MOST_PROTECTION_DAYS
from marketplace.brokerage.workflow import IntroductionStatus
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import MoneyError, parse_money
from marketplace.web.forms import (
    ComingDateField,
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
)


def sent(request: Any) -> Any:
    """What a POST sent, also when it is empty; None for a form that is opened."""
    return request.POST if request.method == "POST" else None


class TakesErrors(JiebangForm):
    """A form that shows at its fields what a service refused."""

    def take(self, error: InvalidInput) -> None:
        """Put each message at its field; one of no field goes to the top."""
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class PercentField(forms.CharField):
    """A percentage with at most two decimals, cleaned to basis points; None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        self.suffix = "%"
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        text = "" if value in self.empty_values else str(value).strip().rstrip("%％").strip()
        if not text:
            return None
        try:
            # The same grammar as an amount: digits and at most two decimals, nothing else.
            return parse_money(text[:32], unit="yuan")
        except MoneyError as error:
            raise ValidationError(
                _("请输入百分数，例如 3 或 3.5，最多两位小数"), code="invalid"
            ) from error

    def run_validators(self, value: Any) -> None:
        """Text validators have nothing to say about a number."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return percent(value).rstrip("%")
        return value


class DaysField(forms.CharField):
    """A whole number of days up to `most`; cleaned to an int."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        self.suffix = _("天")
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = "" if value in self.empty_values else str(value).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) <= self.most):
            raise ValidationError(
                _("请输入 0 至 %(most)d 之间的整数"), code="invalid", params={"most": self.most}
            )
        return int(text)

    def run_validators(self, value: Any) -> None:
        """Text validators have nothing to say about a number."""


class TermsForm(TakesErrors):
    """What both sides of a mandate agree to."""

    exclusive = forms.BooleanField(
        label=_("独家委托"),
        required=False,
        help_text=_("期限内，委托方不就同一事项委托其他技术经纪人。"),
    )
    starts_on = DateField(label=_("开始日期"))
    ends_on = ComingDateField(label=_("结束日期"), help_text=_("当天仍在委托期内。"))
    fee_kind = forms.ChoiceField(
        label=_("佣金算法"), choices=FeeKind.choices, widget=forms.RadioSelect
    )
    rate_bp = PercentField(label=_("佣金比例"), required=False)
    floor_fen = MoneyFormField(label=_("佣金下限"), required=False)
    cap_fen = MoneyFormField(label=_("佣金上限"), required=False)
    sum_fen = MoneyFormField(label=_("佣金金额"), required=False)
    payer = forms.ChoiceField(label=_("由谁支付"), choices=Payer.choices, widget=forms.RadioSelect)
    client_share_bp = PercentField(
        label=_("委托方承担的份额"), required=False, help_text=_("双方分担时填写。")
    )
    due_on = forms.ChoiceField(label=_("何时支付"), choices=DueOn.choices)
    due_days = DaysField(label=_("付款期限（自上述时间起）"), most=365)
    expenses_fen = MoneyFormField(
        label=_("未促成时的必要费用上限"),
        required=False,
        help_text=_("民法典第九百六十四条：有约定才能请求支付；不约定则留空。"),
    )
    protection_days = DaysField(
        label=_("保护期"),
        most=MOST_PROTECTION_DAYS,
        help_text=_("每次对接后多少天内，双方签订合同应注明技术经纪人。"),
    )
    form = forms.ChoiceField(label=_("合同形式"), choices=ContractForm.choices)
    note = PlainTextField(label=_("其他约定"), max_length=2_000, multiline=True, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first is not None and last is not None and last < first:
            self.add_error("ends_on", _("结束日期不能早于开始日期"))
        return cleaned

    def terms(self) -> Terms:
        """The terms of a valid form. What the chosen way of reckoning does not use is left out."""
        values: dict[str, Any] = {name: self.cleaned_data.get(name) for name in Terms().columns()}
        if values["payer"] != Payer.BOTH:
            values["client_share_bp"] = WHOLE if values["payer"] == Payer.CLIENT else 0
        elif values["client_share_bp"] is None:
            values["client_share_bp"] = 0
        if values["fee_kind"] == FeeKind.SUM:
            values |= {"rate_bp": None, "floor_fen": None, "cap_fen": None}
        else:
            values["sum_fen"] = None
        return Terms(**values)


def initial_terms(terms: Terms | None = None) -> dict[str, Any]:
    """The values with which a form of terms opens."""
    values = (terms or Terms(rate_bp=300)).columns()
    if values["payer"] != Payer.BOTH:
        values["client_share_bp"] = None
    return values


class ProposeForm(TermsForm):
    """A mandate that a client proposes to a broker: for which organisation, for what."""

    field_order = ["client", "scope"]

    client = forms.ChoiceField(label=_("委托方"))
    scope = forms.ChoiceField(label=_("委托事项"))

    def __init__(
        self,
        *args: Any,
        clients: list[tuple[str, str]],
        scopes: list[tuple[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = clients  # type: ignore[attr-defined]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]


class AmendForm(TermsForm):
    """Other terms, and another end, for a mandate that runs; its beginning stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["starts_on"]


class ReasonForm(TakesErrors):
    """A reason that the other side reads."""

    reason = PlainTextField(label=_("理由"), max_length=500, multiline=True, rows=3, required=False)


class CopyForm(TakesErrors):
    """A sealed copy of the mandate."""

    file = forms.FileField(label=_("盖章文本"), help_text=_("PDF、jpg 或 png，双方可见，不公开。"))


class CommissionForm(TakesErrors):
    """A fee that is due."""

    amount_fen = MoneyFormField(label=_("金额"))
    due_on = DateField(label=_("应付日期"))
    note = PlainTextField(label=_("说明"), max_length=200, required=False)


class MoveCommissionForm(TakesErrors):
    """What the moves of a fee ask for; which fields one of them needs the service says."""

    amount_fen = MoneyFormField(label=_("金额"), required=False)
    due_on = DateField(label=_("应付日期"), required=False)
    paid_on = DateField(label=_("付款日期"), required=False)
    reason = PlainTextField(
        label=_("异议的原因"), max_length=500, multiline=True, required=False, rows=3
    )

    #: Which fields each move asks for.
    _ASKED = {"fix": ("amount_fen", "due_on"), "pay": ("paid_on",), "dispute": ("reason",)}

    def __init__(self, *args: Any, moves: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {name for move in moves for name in self._ASKED.get(move, ())}
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]


class InstantField(forms.DateTimeField):
    """A day and a time in Shanghai, cleaned to an aware instant in UTC."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    default_error_messages = {"invalid": _("请按 2027-05-01 09:30 的格式填写日期和时间")}

    def to_python(self, value: Any) -> datetime | None:
        read = super().to_python(value[:40] if isinstance(value, str) else value)
        if read is not None:
            clock.validate_instant(read)
        return read


class IntroduceForm(TakesErrors):
    """An introduction from an enquiry."""

    evidence = forms.ChoiceField(
        label=_("依据"), choices=Evidence.choices, widget=forms.RadioSelect
    )
    happened_at = InstantField(label=_("对接时间"), help_text=_("会面、通话或消息的时间。"))
    note = PlainTextField(
        label=_("经过"),
        max_length=2_000,
        multiline=True,
        required=False,
        help_text=_("时间、地点、参加人、谈了什么。双方都会看到。"),
    )


class MeetingForm(TakesErrors):
    """An introduction from a meeting, without an enquiry."""

    listing = PlainTextField(
        label=_("对接事项的编号"), max_length=16, help_text=_("需求、成果或服务的编号，如 XQ2026-…")
    )
    other = PlainTextField(
        label=_("另一方"),
        max_length=18,
        help_text=_("单位编号（JG 开头），或者统一社会信用代码。"),
    )
    name = PlainTextField(
        label=_("另一方名称"),
        max_length=120,
        required=False,
        help_text=_("尚未入驻平台的单位填写。"),
    )
    happened_at = InstantField(label=_("对接时间"))
    note = PlainTextField(
        label=_("经过"),
        max_length=2_000,
        multiline=True,
        help_text=_("时间、地点、参加人、谈了什么。双方都会看到。"),
    )


class AnswerForm(TakesErrors):
    """What a side says to an introduction."""

    side = PlainTextField(widget=forms.HiddenInput, required=False, max_length=40)
    answer = forms.ChoiceField(
        label=_("答复"),
        choices=[
            (Answer.ACKNOWLEDGED, _("确认属实：对接由这位技术经纪人促成，本单位受此约束")),
            (Answer.DISPUTED, _("有异议")),
        ],
        widget=forms.RadioSelect,
    )
    reason = PlainTextField(
        label=_("异议的理由"), max_length=500, multiline=True, rows=3, required=False
    )


class RuleForm(TakesErrors):
    """Which claim stands, and why."""

    winner = forms.ChoiceField(label=_("裁定"), widget=forms.RadioSelect)
    reason = PlainTextField(
        label=_("理由"),
        max_length=2_000,
        multiline=True,
        help_text=_("所有申报人和双方单位都会看到。"),
    )

    def __init__(self, *args: Any, claims: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stands = _("%(code)s（%(broker)s）成立")
        self.fields["winner"].choices = [  # type: ignore[attr-defined]
            *(
                (row.code, stands % {"code": row.code, "broker": row.broker.name})
                for row in claims
                if row.status != IntroductionStatus.WITHDRAWN
            ),
            ("none", _("都不成立")),
        ]


class AppealForm(TakesErrors):
    """Why a ruling should be looked at again."""

    text = PlainTextField(label=_("申诉理由"), max_length=2_000, multiline=True)


class TaskForm(TakesErrors):
    """Something to do by a day."""

    title = PlainTextField(label=_("要做什么"), max_length=120)
    due_on = ComingDateField(label=_("截止日期"))


class RateForm(TakesErrors):
    """How a broker worked."""

    score = forms.TypedChoiceField(
        label=_("评分"),
        coerce=int,
        choices=[
            ("5", _("5 分，很满意")),
            ("4", _("4 分，满意")),
            ("3", _("3 分，一般")),
            ("2", _("2 分，不满意")),
            ("1", _("1 分，很不满意")),
        ],
        widget=forms.RadioSelect,
    )
    text = PlainTextField(
        label=_("说明"),
        max_length=1_000,
        multiline=True,
        required=False,
        help_text=_("只有这位技术经纪人能看到；公开的只有满 5 份后的份数和平均分。"),
    )
