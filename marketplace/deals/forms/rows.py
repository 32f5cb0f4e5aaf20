"""Repeated rows of a contract: parties, deductions, instalments, milestones, indicators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.deals.forms.fields import ContractDayField, CountryField, DistrictField, ShareField
from marketplace.deals.workflow import Side
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import (
    MoneyFormField,
    PlainTextField,
    RowForm,
    TermField,
    rows_of,
)

#: Most parties of a contract, and most rows of every other table.
MOST_PARTIES, MOST_ROWS = 20, 30


class PartyForm(RowForm):
    """One party. `organization` is the code of an organisation here; empty for a party from outside."""

    organization = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    broker = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    side = forms.ChoiceField(label=_("当事人类别"), choices=Side.choices)
    name = PlainTextField(label=_("名称或姓名"), max_length=120)
    is_person = forms.BooleanField(label=_("自然人（不填证件号码）"), required=False)
    identity = PlainTextField(
        label=_("统一社会信用代码或境外注册号"), max_length=40, required=False
    )
    nature = TermField(Choices("party_nature"), label=_("单位性质"), required=False)
    district = DistrictField(label=_("行政区划代码"), required=False, help_text=_("六位数字"))
    country = CountryField(label=_("国家代码"), required=False, initial="CHN")
    legal_head = PlainTextField(label=_("法定代表人"), max_length=60, required=False)
    contact_name = PlainTextField(label=_("联系人"), max_length=60, required=False)
    contact_phone = PlainTextField(label=_("联系电话"), max_length=32, required=False)
    share_bp = ShareField(label=_("份额"), required=False, help_text=_("同一方只有一个单位时不填"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, span in (("name", 6), ("identity", 4), ("nature", 4), ("is_person", 4)):
            self.fields[name].span = span  # type: ignore[attr-defined]
        for name in ("name", "identity", "legal_head", "contact_name", "contact_phone"):
            self.fields[name].counted = False  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """A row with nothing but the country that was filled in for it is empty."""
        names = ("name", "identity", "district", "legal_head", "contact_name", "contact_phone")
        typed = any(str(self[name].data or "").strip() for name in (*names, "share_bp"))
        return typed or bool(self["organization"].data)

    def clean(self) -> dict[str, Any]:
        """A natural person's number is not kept here."""
        held: dict[str, Any] = super().clean() or {}
        if held.get("is_person") and held.get("identity"):
            self.add_error("identity", _("自然人不填证件号码，平台不保存身份证号"))
        return held


class ParticularForm(RowForm):
    """What the registration form asks of a party and is no term of the contract. `party` is its key."""

    party = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    name = PlainTextField(label=_("名称或姓名"), max_length=120, required=False)
    nature = TermField(Choices("party_nature"), label=_("单位性质"), required=False)
    district = DistrictField(label=_("行政区划代码"), required=False, help_text=_("六位数字"))
    country = CountryField(label=_("国家代码"), required=False, initial="CHN")
    legal_head = PlainTextField(label=_("法定代表人"), max_length=60, required=False)
    contact_name = PlainTextField(label=_("联系人"), max_length=60, required=False)
    contact_phone = PlainTextField(label=_("联系电话"), max_length=32, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].span = 8  # type: ignore[attr-defined]
        self.fields["nature"].span = 4  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["readonly"] = True
        for name in ("name", "legal_head", "contact_name", "contact_phone"):
            self.fields[name].counted = False  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """A row without a party is empty."""
        return bool(self["party"].data)


class DeductionForm(RowForm):
    """One sum that is no price of technology."""

    kind = TermField(Choices("deduction_kind"), label=_("项目"), blank=None)
    amount_fen = MoneyFormField(label=_("金额"), unit="yuan")
    note = PlainTextField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].span = 6  # type: ignore[attr-defined]
        self.fields["note"].counted = False  # type: ignore[attr-defined]


class InstalmentForm(RowForm):
    """One planned payment."""

    what = PlainTextField(label=_("付款条件"), max_length=200, required=False)
    due_on = ContractDayField(label=_("付款日期"), required=False)
    amount_fen = MoneyFormField(label=_("金额"), unit="yuan")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].span = 6  # type: ignore[attr-defined]
        self.fields["what"].counted = False  # type: ignore[attr-defined]


class MilestoneForm(RowForm):
    """One step of performance."""

    what = PlainTextField(label=_("节点"), max_length=200)
    due_on = ContractDayField(label=_("完成日期"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].span = 8  # type: ignore[attr-defined]
        self.fields["what"].counted = False  # type: ignore[attr-defined]


class IndicatorForm(RowForm):
    """One indicator of acceptance."""

    name = PlainTextField(label=_("指标名称"), max_length=60)
    target = PlainTextField(label=_("要求"), max_length=60)
    unit = PlainTextField(label=_("单位"), max_length=20, required=False)
    method = PlainTextField(label=_("检验方法"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.counted = False  # type: ignore[attr-defined]


PartyRows = rows_of(PartyForm, most=MOST_PARTIES)
ParticularRows = rows_of(ParticularForm, most=MOST_PARTIES, extra=0)
DeductionRows = rows_of(DeductionForm, most=MOST_ROWS)
InstalmentRows = rows_of(InstalmentForm, most=MOST_ROWS)
MilestoneRows = rows_of(MilestoneForm, most=MOST_ROWS)
IndicatorRows = rows_of(IndicatorForm, most=MOST_ROWS)
