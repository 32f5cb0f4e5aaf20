"""Forms of the decisions on a filing, of the seller's reports and of the use of a registration."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import in_wan
from marketplace.registration.models import UseKind, UseSide
from marketplace.registration.rulebook.numbers import BadNumber, read_number
from marketplace.registration.rulebook.reasons import REFUSE_REASONS, RETURN_REASONS
from marketplace.registration.services.filing import Recognised
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.forms import (
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    TermField,
)

#: Digits with blanks and hyphens as people type them; which numbers are right, the service says.
validate_digits = RegexValidator(r"^[\w\s\-—]*\Z", _("请输入数字"))


class TakesErrors(JiebangForm):
    """A form that shows at its fields what a service refused."""

    def take(self, error: InvalidInput) -> None:
        """Put each message at its field; one of no field goes to the top."""
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class NoteForm(TakesErrors):
    """A decision with a note that may be empty."""

    note = PlainTextField(label=_("说明"), max_length=500, multiline=True, required=False)


class ReturnForm(TakesErrors):
    """What is to be corrected."""

    reasons = forms.MultipleChoiceField(
        label=_("需要补正的内容"),
        choices=[(code, text) for code, (text, _anchor) in RETURN_REASONS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("退回理由不在清单中"),
            "required": _("请至少选择一项退回理由"),
        },
    )
    note = PlainTextField(
        label=_("说明"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("申报人会看到；请写清楚缺什么、怎么补"),
    )

    def rows(self) -> list[dict[str, str]]:
        """The reasons as the service takes them."""
        note = self.cleaned_data.get("note", "")
        return [
            {
                "code": code,
                "text": note if code == "other" else "",
                "field": RETURN_REASONS[code][1],
            }
            for code in self.cleaned_data["reasons"]
        ]


class RefuseForm(TakesErrors):
    """Why the contract is not recognised."""

    codes = forms.MultipleChoiceField(
        label=_("理由"),
        choices=list(REFUSE_REASONS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("理由不在清单中"),
            "required": _("请至少选择一项理由"),
        },
    )
    note = PlainTextField(label=_("说明"), max_length=500, multiline=True, required=False)


class ReasonForm(TakesErrors):
    """A decision that needs a reason."""

    reason = PlainTextField(label=_("理由"), max_length=500, multiline=True)


class _RecognisedForm(TakesErrors):
    contract_type = TermField(
        lambda: taxonomy.choices("contract_type"), label=_("证明上的合同类型")
    )
    total = MoneyFormField(exact=True, label=_("证明上的成交额"))
    technical = MoneyFormField(exact=True, label=_("证明上的技术交易额"))

    def recognised(self) -> Recognised:
        """What the register says."""
        cleaned = self.cleaned_data
        return Recognised(cleaned["contract_type"], cleaned["total"], cleaned["technical"])


class RegisterForm(_RecognisedForm):
    """The official number and date, and what the certificate says."""

    official_number = forms.CharField(
        validators=[validate_digits],
        label=_("官方登记编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("14 位或 16 位数字，由全国技术合同管理与服务系统给出；平台不编号。"),
    )
    official_on = DateField(label=_("登记日期"))

    confirmed = forms.BooleanField(
        label=_("已核对：与合同或登记日期不一致之处以登记证明为准"),
        required=False,
        help_text=_("编号年份与登记日期、金额与合同不一致时须勾选"),
    )

    field_order = (
        *("official_number", "official_on", "contract_type", "total", "technical", "confirmed"),
    )

    def is_sure(self, contract: Any) -> bool:
        """Whether nothing differs from the contract, or a person has said that the certificate is right."""
        found = [] if self.cleaned_data["confirmed"] else list(self._doubts(contract))
        for text in found:
            self.add_error("confirmed", text)
        return not found

    def _doubts(self, contract: Any) -> Iterator[str]:
        """What the certificate seldom says, each with both values."""
        data = self.cleaned_data
        try:
            year = read_number(data["official_number"]).year
        except BadNumber:
            # The service names it at its field.
            year = data["official_on"].year
        if year != data["official_on"].year:
            said = {"year": str(year), "other": str(data["official_on"].year)}
            yield _("编号中的年份是 %(year)s，登记日期是 %(other)s 年，请核对后勾选") % said
        words = {
            "total": _("填写的成交额是 %(typed)s 万元，合同为 %(known)s 万元，请核对后勾选"),
            "technical": _(
                "填写的技术交易额是 %(typed)s 万元，合同为 %(known)s 万元，请核对后勾选"
            ),
        }
        for name, text in words.items():
            known = getattr(contract, f"amount_{name}_fen")
            if known is not None and data[name] is not None and data[name] != known:
                yield text % {"typed": in_wan(data[name]), "known": in_wan(known)}


class ChangeForm(_RecognisedForm):
    """What the register says after a change, and why it changed; a wrong number or day is corrected here too."""

    official_number = forms.CharField(
        validators=[validate_digits],
        label=_("官方登记编号"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("录入有误时在这里更正；留空则不变。"),
    )
    official_on = DateField(label=_("登记日期"), required=False)
    reason = PlainTextField(label=_("变更原因"), max_length=500, multiline=True)


class IncomeForm(TakesErrors):
    """The technical income of a performed contract."""

    amount = MoneyFormField(exact=True, label=_("核定的技术性收入"))
    note = PlainTextField(label=_("说明"), max_length=200, required=False)


class FiledForm(TakesErrors):
    """What the seller says that the national system gave."""

    reported_number = forms.CharField(
        validators=[validate_digits],
        label=_("国家系统给出的登记编号"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("还没有编号时留空。编号经登记员核对后才计入统计。"),
    )
    reported_on = DateField(label=_("登记日期"), required=False)


class UseForm(TakesErrors):
    """One use of the registration."""

    side = forms.ChoiceField(label=_("用证方"), choices=UseSide.choices)
    kind = forms.ChoiceField(label=_("用途"), choices=UseKind.choices)
    used_on = DateField(label=_("用证日期"))
    instalment = forms.ChoiceField(label=_("对应的分期付款"), required=False)
    invoice = forms.ChoiceField(label=_("对应的发票"), required=False)
    amount = MoneyFormField(exact=True, label=_("金额"), required=False)
    note = PlainTextField(label=_("说明"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        instalments: Iterable[Any] = (),
        invoices: Iterable[Any] = (),
        sides: Iterable[str] = UseSide.values,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instalments = {str(row.pk): row for row in instalments}
        self.invoices = {str(row.pk): row for row in invoices}
        self._choose("instalment", self.instalments, lambda row: f"{row.position} {row.what}")
        self._choose("invoice", self.invoices, lambda row: row.number)
        allowed = set(sides)
        self.fields["side"].choices = [  # type: ignore[attr-defined]
            pair for pair in UseSide.choices if pair[0] in allowed
        ]

    def _choose(self, name: str, rows: dict[str, Any], label: Any) -> None:
        choices = [("", _("不对应")), *((key, label(row)) for key, row in rows.items())]
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class ReportForm(TakesErrors):
    """When a use was reported after a change."""

    reported_on = DateField(label=_("报告日期"))


class PaperForm(TakesErrors):
    """One paper of the filing, or the certificate."""

    file = forms.FileField(
        label=_("文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx"}),
        error_messages={"required": _("请选择文件"), "missing": _("请选择文件")},
    )


class ElsewhereForm(RegisterForm):
    """A registration at the seller's place."""
