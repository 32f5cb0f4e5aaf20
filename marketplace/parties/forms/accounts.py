"""Forms of accounts: allauth's own, dressed and asked for an e-mail address or a mobile number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core import context
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp

from marketplace.parties import services
from marketplace.parties.forms.contacts import ContactField, is_phone
from marketplace.parties.models import Language
from marketplace.web.forms import DateField, FormMixin, JiebangForm, PlainTextField, TermField

NEW_PASSWORD_HINT = _("至少 12 个字符，可以用一句好记的话；不要使用姓名、手机号码或本站名称")


# --- sign-up ----------------------------------------------------------------------------------
class SignupForm(FormMixin, account.SignupForm):
    """One page, by exactly one of address and number; the same answer whoever is known already."""

    field_order = ["by", "email", "phone", "name", "password1", "agree"]
    name = PlainTextField(label=_("姓名"), max_length=60, help_text=_("对外联系时显示"))
    by = forms.CharField(widget=forms.HiddenInput, required=False)
    agree = forms.BooleanField(label=_("我已阅读并同意服务协议和隐私政策"))
    # People don't see it and leave it empty.
    homepage = forms.CharField(required=False)

    def __init__(self, *args: Any, by: str = "email", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_contact = by if by in {"email", "phone"} else "email"
        self.fields["by"].initial = self.by_contact
        self.fields.pop("email" if self.by_contact == "phone" else "phone")
        contact = self.fields[self.by_contact]
        contact.required = True
        contact.label = _("手机号码") if self.by_contact == "phone" else _("邮箱")
        contact.help_text = _("我们会发送验证码，请填写能收到的联系方式")
        contact.widget.attrs.pop("placeholder", None)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        password = self.fields["password1"]
        password.label, password.help_text = _("密码"), NEW_PASSWORD_HINT
        password.widget.attrs.pop("placeholder", None)
        self.fields["agree"].error_messages["required"] = _("请先阅读并同意服务协议和隐私政策")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        given = [name for name in ("email", "phone") if cleaned.get(name)]
        if len(given) > 1 or (not given and not self.errors):
            raise ValidationError(_("请填写邮箱或手机号码中的一项"))
        return cleaned

    def validate_unique_email(self, value: str) -> str:
        services.discard_unconfirmed(email=value)
        return str(super().validate_unique_email(value))

    def _clean_phone(self) -> None:
        if phone := self.cleaned_data.get("phone"):
            services.discard_unconfirmed(phone=phone)
        super()._clean_phone()

    def try_save(self, request: HttpRequest) -> Any:
        if self.cleaned_data["homepage"]:
            return None, redirect("account_login")
        if self.account_already_exists:
            get_adapter().spend_as_long_as_signing_up(self.cleaned_data["password1"])
        return super().try_save(request)


# --- sign-in ----------------------------------------------------------------------------------
class LoginForm(FormMixin, account.LoginForm):
    """Address or number, and the password."""

    def __init__(self, *args: Any, by: str = "email", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("手机号码") if by == "phone" else _("邮箱")
        self.fields["login"] = ContactField(by=by, label=label)
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.order_fields(["login", "password"])


class RequestCodeForm(FormMixin, account.RequestLoginCodeForm):
    """Sign-in by a code: one field for address or number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.clear()
        self.fields["login"] = ContactField(label=_("邮箱或手机号码"))

    def clean(self) -> dict[str, Any]:
        login = self.cleaned_data.get("login", "")
        self._user = None
        if not login:
            return self.cleaned_data
        get_adapter().count_code(context.request, login)
        name = "phone" if is_phone(login) else "email"
        inner = account.RequestLoginCodeForm({name: login})
        if not inner.is_valid():
            for messages in inner.errors.values():
                self.add_error("login", messages)
        else:
            user = inner._user  # noqa: SLF001 -- what allauth's own view reads
            self._user = user if user is not None and user.is_active else None
            self.cleaned_data[name] = login
        return self.cleaned_data


class CodeMixin(FormMixin):
    """The six digits of a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        field.label = _("验证码")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class LoginCodeForm(CodeMixin, account.ConfirmLoginCodeForm):
    """The code of a sign-in."""


class EmailCodeForm(CodeMixin, account.ConfirmEmailVerificationCodeForm):
    """The code that confirms an address."""


class PhoneCodeForm(CodeMixin, account.VerifyPhoneForm):
    """The code that confirms a number."""


class ResetCodeForm(CodeMixin, account.ConfirmPasswordResetCodeForm):
    """The code of a password reset."""


# --- contacts, passwords ----------------------------------------------------------------------
class EmailForm(FormMixin, account.AddEmailForm):
    """A new address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("新的邮箱")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class PhoneForm(FormMixin, account.ChangePhoneForm):
    """A new number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("新的手机号码")


class PhoneReset(PasswordResetVerificationProcess):
    """allauth's reset by code, the code sent to a number, which stands where the address would."""

    @classmethod
    def initiate(cls, *, request: HttpRequest, user: Any, email: str) -> "PhoneReset":
        process = cls(request, state=cls.initial_state(user, email), user=user)
        process.send()
        process.persist()
        return process

    def send(self) -> None:
        if self.user:
            self.state["code"] = get_adapter().generate_password_reset_code()
            get_adapter().send_verification_code_sms(
                self.user, self.state["email"], self.state["code"]
            )


class ResetForm(FormMixin, account.ResetPasswordForm):
    """Address or number to which the code of a reset goes. allauth's view reads `email`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = ContactField(label=_("邮箱或手机号码"))

    def clean_email(self) -> str:
        contact = self.cleaned_data["email"]
        get_adapter().count_code(context.request, contact)
        if not is_phone(contact):
            return str(super().clean_email())
        user = get_adapter().get_user_by_phone(contact)
        self.users = [user] if user is not None and user.is_active else []
        return str(contact)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        contact = self.cleaned_data["email"]
        if not is_phone(contact):
            return str(super().save(request, **kwargs))
        user = self.users[0] if self.users else None
        PhoneReset.initiate(request=request, user=user, email=contact)
        return str(contact)


class _NewPasswordMixin(FormMixin):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields  # type: ignore[attr-defined]
        fields["password1"].label = _("新密码")
        fields["password1"].help_text = NEW_PASSWORD_HINT
        fields["password2"].label = _("再输入一次新密码")
        for field in fields.values():
            field.widget.attrs.pop("placeholder", None)


class NewPasswordForm(_NewPasswordMixin, account.ResetPasswordKeyForm):
    """The new password of a reset."""


class PasswordForm(_NewPasswordMixin, account.ChangePasswordForm):
    """The old password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("当前密码")
        self.fields["oldpassword"].help_text = ""


class ReauthenticateForm(FormMixin, account.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


class FactorForm(CodeMixin, factors.AuthenticateForm):
    """The second factor at sign-in."""


class FactorAgainForm(CodeMixin, factors.ReauthenticateForm):
    """The second factor once more."""


class ActivateTOTPForm(CodeMixin, totp.ActivateTOTPForm):
    """The first code of a new authenticator."""


class ProfileForm(JiebangForm):
    """What a person says of themself."""

    name = PlainTextField(label=_("姓名"), max_length=60, help_text=_("对外联系时显示"))
    language = forms.ChoiceField(
        label=_("邮件和消息的语言"), choices=Language.choices, widget=forms.RadioSelect
    )


class TokenForm(JiebangForm):
    """A key to the API."""

    name = PlainTextField(
        label=_("名称"), max_length=60, help_text=_("例如使用它的系统：科技处成果库同步")
    )
    scope = forms.ChoiceField(
        label=_("权限范围"),
        choices=lambda: [("read", _("只读")), ("write", _("读写"))],
        widget=forms.RadioSelect,
        initial="read",
    )
    days = TermField(
        lambda: [("30", _("30 天")), ("90", _("90 天")), ("365", _("1 年"))],
        label=_("有效期"),
        blank=None,
        initial="90",
    )


class DelegationForm(JiebangForm):
    """A deputy for one of one's own roles, from one day to another."""

    field_order = ("role",)
    deputy = PlainTextField(
        label=_("代理人的邮箱或手机号"),
        max_length=254,
        help_text=_("对方须已注册；代理期间登录需要两步验证"),
    )
    starts = DateField(label=_("开始日期"))
    until = DateField(label=_("结束日期"), help_text=_("含当日，最长 90 天"))
    reason = PlainTextField(label=_("原因"), max_length=200, help_text=_("例如：年休假"))

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label=_("岗位"), choices=roles)
