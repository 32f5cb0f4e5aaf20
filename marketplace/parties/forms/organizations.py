"""Forms of organisations: entering, profile, dossier, decision, members."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.files.forms import UploadsField
from marketplace.parties import rulebook
from marketplace.parties.forms.contacts import ContactField
from marketplace.parties.models import Scale
from marketplace.parties.policies import OrgRole
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import JiebangForm, PhoneField, PlainTextField, TermField


class UsccField(forms.CharField):
    """统一社会信用代码; cleaned to 18 upper-case signs, or an error that says which part is wrong."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("label", _("统一社会信用代码"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        typed = "" if value in self.empty_values else str(value).strip()
        if not typed:
            return ""
        try:
            return rulebook.normalize_uscc(typed)
        except rulebook.UnfitCode as error:
            raise ValidationError(error.args[0], code="uscc") from error


class NewOrganizationForm(JiebangForm):
    """What is needed to enter an organisation."""

    uscc = UsccField(help_text=_("营业执照或法人证书上的 18 位代码"))
    name = PlainTextField(label=_("单位全称"), max_length=120, help_text=_("与证照一致"))
    kind = TermField(Choices("org_kind"), label=_("单位类型"))
    district = TermField(Choices("district"), label=_("所在区县"))


class OrganizationForm(JiebangForm):
    """The profile. Identity is shown but fixed while a registrar has or gave the word."""

    name = PlainTextField(label=_("单位全称"), max_length=120)
    uscc = UsccField()
    kind = TermField(Choices("org_kind"), label=_("单位类型"))
    district = TermField(Choices("district"), label=_("所在区县"))
    address = PlainTextField(label=_("地址"), max_length=200, required=False)
    summary = PlainTextField(
        label=_("单位简介"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("主营业务、技术特长、科研平台；显示在单位主页"),
    )
    scale = TermField(lambda: Scale.choices, label=_("规模"), required=False)
    honors = PlainTextField(
        label=_("资质与荣誉"),
        max_length=600,
        multiline=True,
        required=False,
        help_text=_("每行一项，如“高新技术企业（2024）”"),
    )
    website = forms.URLField(label=_("网址"), required=False, max_length=200, assume_scheme="https")
    contact_name = PlainTextField(label=_("公开联系人"), max_length=60, required=False)
    contact_phone = PhoneField(label=_("公开联系电话"), required=False)
    contact_email = forms.EmailField(label=_("公开联系邮箱"), required=False, max_length=254)
    name_en = PlainTextField(label=_("英文名称"), max_length=200, required=False)
    summary_en = PlainTextField(
        label=_("英文简介"), max_length=1500, multiline=True, required=False
    )

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed:
            for name in ("name", "uscc", "kind"):
                del self.fields[name]

    def clean_website(self) -> str:
        address: str = self.cleaned_data["website"]
        if address and not address.startswith(("http://", "https://")):
            raise ValidationError(_("网址应以 http:// 或 https:// 开头"))
        return address

    def clean_honors(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["honors"].splitlines()]
        return [line for line in lines if line][:20]


class DossierForm(JiebangForm):
    """Documents and a word to the registrar. `status` is that of the page that shows its errors."""

    status = 400
    documents = UploadsField(label=_("添加材料"), required=False)
    note = PlainTextField(
        label=_("补充说明"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("例如更名情况、授权说明；只有审核人员能看到"),
    )


class ReturnForm(JiebangForm):
    """Why a dossier goes back."""

    reasons = forms.MultipleChoiceField(
        label=_("退回原因"),
        choices=lambda: rulebook.RETURN_REASONS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("请从列表中选择")},
    )
    remark = PlainTextField(label=_("说明"), max_length=500, multiline=True, required=False)


class SuspendForm(JiebangForm):
    """Why an organisation is suspended."""

    remark = PlainTextField(label=_("原因"), max_length=200, multiline=True)


class InvitationForm(JiebangForm):
    """Whom to ask, and as what."""

    contact = ContactField(autocomplete="off", label=_("邮箱或手机号码"))
    role = TermField(lambda: OrgRole.choices, label=_("角色"), blank=None, initial=OrgRole.MEMBER)


class RoleForm(JiebangForm):
    """Another role for a member."""

    role = TermField(lambda: OrgRole.choices, label=_("角色"), blank=None)
