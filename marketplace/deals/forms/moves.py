"""Forms of what is done with a contract: final text, signature, performance, amendments, the end."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.deals.forms.fields import ContractDayField
from marketplace.deals.models import SignedForm
from marketplace.deals.workflow import Side
from marketplace.web.forms import JiebangForm, MoneyFormField, PlainTextField

#: What the browser offers to choose; the service examines the file.
TEXT_TYPES = ".docx,.pdf"
SCAN_TYPES = ".pdf,.jpg,.jpeg,.png"


def _upload(label: Any, accept: str, **kwargs: Any) -> forms.FileField:
    return forms.FileField(label=label, widget=forms.FileInput(attrs={"accept": accept}), **kwargs)


class NewForm(JiebangForm):
    """What an empty contract begins with. `owners` are the organisations of the person."""

    owner = forms.ChoiceField(label=_("本单位"))
    title = PlainTextField(label=_("项目名称"), max_length=200)
    side = forms.ChoiceField(
        label=_("本单位是"),
        widget=forms.RadioSelect,
        choices=[
            (Side.SELLER, _("卖方（研究开发人、让与人、许可人、受托人）")),
            (Side.BUYER, _("买方（委托人、受让人、被许可人）")),
        ],
    )

    def __init__(self, *args: Any, owners: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(org.code, org.name) for org in owners]  # type: ignore[attr-defined]
        if len(owners) == 1:
            self.fields["owner"].widget = forms.HiddenInput()
            self.initial.setdefault("owner", owners[0].code)


class FinalTextForm(JiebangForm):
    """The final text: the draft of the platform, or a file of the parties."""

    source = forms.ChoiceField(
        label=_("定稿文本"),
        widget=forms.RadioSelect,
        choices=[
            ("generated", _("使用平台按合同信息生成的文本（DOCX）")),
            ("uploaded", _("上传双方商定的文本")),
        ],
    )
    file = _upload(_("文本文件"), TEXT_TYPES, required=False, help_text=_("DOCX 或者 PDF"))

    def clean(self) -> dict[str, Any]:
        """A file where one is to be uploaded."""
        held: dict[str, Any] = super().clean() or {}
        if held.get("source") == "uploaded" and not held.get("file") and "file" not in self.errors:
            self.add_error("file", _("请选择文件"))
        return held


class AttestForm(JiebangForm):
    """The sealed or signed copy of a party from outside."""

    scan = _upload(_("对方盖章或签字的定稿扫描件"), SCAN_TYPES, help_text=_("PDF 或图片"))


class SignForm(JiebangForm):
    """Day and copy of the signature."""

    signed_on = ContractDayField(label=_("签订日期"))
    form = forms.ChoiceField(
        label=_("签订形式"),
        widget=forms.RadioSelect,
        choices=SignedForm.choices,
        help_text=_(
            "带电子签名的 PDF：平台只检查文件中含有签名，不验证签名证书、签名人的身份，也不验证签名之后文件有没有改动。请各方用签署平台或者阅读软件自行验证。"
        ),
    )
    file = _upload(
        _("签订文本"),
        SCAN_TYPES,
        help_text=_("盖章、签字齐全的扫描件，或者签署平台导出的带电子签名的 PDF"),
    )
    fully_sealed = forms.BooleanField(
        label=_("已核对：各方印章、签字或者电子签名齐全"),
        required=False,
        help_text=_(
            "采用合同书形式订立的合同，自当事人均签名、盖章或者按指印时成立（民法典第四百九十条）"
        ),
    )


class CopyForm(JiebangForm):
    """Another copy of a signed contract."""

    file = _upload(_("补充的盖章文本"), SCAN_TYPES, help_text=_("PDF 或图片"))
    fully_sealed = forms.BooleanField(label=_("各方印章、签字齐全"), required=False)
    signed_on = ContractDayField(
        label=_("更正签订日期"),
        required=False,
        help_text=_("登记的签订日期与盖章文本不一致时填写；一致的不填"),
    )


class ReasonForm(JiebangForm):
    """Why."""

    reason = PlainTextField(label=_("原因"), max_length=500, multiline=True, rows=3)


class TerminateForm(ReasonForm):
    """When and why a signed contract ended."""

    ended_on = ContractDayField(label=_("终止日期"))

    field_order = ("ended_on", "reason")


class OriginForm(JiebangForm):
    """The record that a contract came from: one of those proposed, or another by its code."""

    OTHER = "other"

    record = forms.ChoiceField(label=_("来源记录"), widget=forms.RadioSelect)
    code = PlainTextField(
        label=_("其他记录的编号"),
        max_length=16,
        required=False,
        help_text=_("买方的需求（XQ…）、卖方的成果（CG…）或双方的合作意向（YX…）"),
    )

    def __init__(self, *args: Any, proposals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*proposals, (self.OTHER, _("其他记录，填写编号"))]
        self.fields["record"].choices = choices  # type: ignore[attr-defined]
        if not proposals:
            self.fields["record"].widget = forms.HiddenInput()
            self.initial.setdefault("record", self.OTHER)
            self.fields["code"].label = _("来源记录的编号")

    def clean(self) -> dict[str, Any]:
        """A code where none of the proposed records is chosen."""
        held: dict[str, Any] = super().clean() or {}
        if held.get("record") == self.OTHER and not held.get("code") and "code" not in self.errors:
            self.add_error("code", _("请填写编号"))
        return held


class PerformForm(JiebangForm):
    """What was really paid, where the total was estimated."""

    amount_performed_fen = MoneyFormField(
        label=_("实际履行金额"), unit="yuan", required=False, help_text=_("不填表示与成交额相同")
    )


class PaymentForm(JiebangForm):
    """A payment that was made."""

    instalment = forms.ChoiceField(label=_("对应的付款计划"), required=False)
    paid_on = ContractDayField(label=_("付款日期"))
    amount_fen = MoneyFormField(label=_("金额"), unit="yuan")
    note = PlainTextField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, instalments: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instalment"].choices = [  # type: ignore[attr-defined]
            ("", _("不对应")),
            *((str(row.pk), f"{row.position}. {row.what}") for row in instalments),
        ]


class InvoiceForm(JiebangForm):
    """An invoice."""

    payment = forms.ChoiceField(label=_("对应的付款"), required=False)
    number = PlainTextField(label=_("发票号码"), max_length=30)
    issued_on = ContractDayField(label=_("开票日期"))
    amount_fen = MoneyFormField(label=_("金额"), unit="yuan")

    def __init__(self, *args: Any, payments: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].choices = [  # type: ignore[attr-defined]
            ("", _("不对应")),
            *((str(row.pk), f"{row.paid_on} {row.amount_fen / 100:,.2f}") for row in payments),
        ]


class MilestoneDoneForm(JiebangForm):
    """When a step was reached."""

    done_on = ContractDayField(label=_("完成日期"))
    note = PlainTextField(label=_("说明"), max_length=500, required=False)


class AmendForm(JiebangForm):
    """Why a signed contract is amended; the form of the section comes beside it."""

    reason = PlainTextField(label=_("变更原因"), max_length=500, multiline=True, rows=3)


class AnswerAmendmentForm(JiebangForm):
    """The other side's answer; for a party from outside the sealed agreement."""

    note = PlainTextField(label=_("说明"), max_length=500, required=False)
    scan = _upload(_("对方盖章的变更协议"), SCAN_TYPES, required=False, help_text=_("PDF 或图片"))
