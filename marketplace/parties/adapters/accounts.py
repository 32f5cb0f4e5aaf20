"""allauth's account adapter: phone numbers, passwords, mails, stages and limits of sign-in."""

# ruff: noqa: ARG002 -- the signatures are allauth's

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage, PhoneVerificationStage
from allauth.core.context import request_context

from marketplace.kernel.errors import TooMany
from marketplace.notices.sms import send_sms
from marketplace.parties import queries, rulebook, services
from marketplace.parties.adapters import devices
from marketplace.parties.forms import MobileField
from marketplace.parties.models import User
from marketplace.web.afterwards import after_response
from marketplace.web.throttle import client_network

#: allauth does not say how long its windows last; after so many seconds it is worth another try.
ALLAUTH_WINDOW = 60


class ConfirmEmailStage(EmailVerificationStage):
    """Asks for the code sent by mail, of everyone who has confirmed no contact yet.

    allauth would ask whoever signed up by phone for an e-mail address they don't have.
    """

    def handle(self) -> Any:
        user = self.login.user
        if user is not None and (user.is_confirmed or not user.email):
            return None, True
        return super().handle()


class ConfirmPhoneStage(PhoneVerificationStage):
    """Asks for the code sent by SMS, of everyone who has confirmed no contact yet."""

    def handle(self) -> Any:
        user = self.login.user
        if user is not None and user.is_confirmed:
            return None, True
        return super().handle()


_STAGES = {
    "allauth.account.stages.EmailVerificationStage": ConfirmEmailStage,
    "allauth.account.stages.PhoneVerificationStage": ConfirmPhoneStage,
}


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account adapter: accounts by e-mail address or mobile number."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("此账号已停用"),
        "duplicate_email": _("这已是您的邮箱"),
        "email_password_mismatch": _("邮箱或密码不正确"),
        "email_taken": _("此邮箱已被使用"),
        "enter_current_password": _("当前密码不正确"),
        "incorrect_code": _("验证码不正确"),
        "incorrect_password": _("密码不正确"),
        "invalid_login": _("请输入邮箱或手机号码"),
        "invalid_or_expired_key": _("链接无效或已过期"),
        "invalid_password_reset": _("重设链接无效或已过期"),
        "phone_password_mismatch": _("手机号码或密码不正确"),
        "phone_taken": _("此手机号码已被使用"),
        "rate_limited": _("操作过于频繁，请稍后再试"),
        "same_as_current": _("与现在的相同，请填写新的"),
        "select_only_one": _("请填写邮箱或手机号码中的一项"),
        "too_many_login_attempts": _("尝试次数过多，请稍后再试，或改用验证码登录"),
        "unverified_primary_email": _("请先确认邮箱"),
        "username_password_mismatch": _("账号或密码不正确"),
    }

    # --- accounts -----------------------------------------------------------------------------
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        data = form.cleaned_data
        return services.register_person(
            user,
            email=data.get("email") or "",
            phone=data.get("phone") or "",
            name=data.get("name") or "",
            password=data.get("password1"),
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People here have no user name."""

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An address is replaced by another, never taken away."""
        return not email_address.pk

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        done = super().confirm_email(request, email_address)
        if done:
            services.confirm_email(email_address.user, email_address.email)
        return done

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Needs no EmailAddress row: allauth looks for one, accounts made by a command have none."""
        contact = user.email or user.phone
        self.pre_authenticate(self.request, email=contact)
        if user.check_password(password):
            self._rollback_login_failed_rl_usage()
            return True
        services.record_failed_sign_in(user)
        return False

    # --- phones -------------------------------------------------------------------------------
    def phone_form_field(self, **kwargs: Any) -> Any:
        return MobileField(**kwargs)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, bool(user.phone_verified_at)) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        services.set_phone(user, phone, confirmed=verified)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        services.confirm_phone(user, phone)

    def get_user_by_phone(self, phone: str) -> User | None:
        try:
            return queries.user_by_phone(rulebook.normalize_mobile(phone))
        except rulebook.UnfitNumber:
            return None

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **_kwargs: Any) -> None:
        send = partial(send_sms, phone, "code", language=user.language, code=code)
        after_response(self.request, send)

    def send_account_already_exists_sms(self, phone: str) -> None:
        language = translation.get_language() or "zh-hans"
        send = partial(send_sms, phone, "already_registered", language=language)
        after_response(self.request, send)

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        """Say nothing: a stranger's number must not be rung up through this site."""

    # --- sign-in ------------------------------------------------------------------------------
    def get_login_stages(self) -> list[str]:
        return [
            f"{own.__module__}.{own.__qualname__}" if (own := _STAGES.get(path)) else path
            for path in super().get_login_stages()
        ]

    # Limits are the product's own (`services.attempts`): allauth counts wrong passwords by account
    # alone, so that ten by anybody keep the owner out, and it answers 200.
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count one try. Raises TooMany (429)."""
        contact = (credentials.get("email") or credentials.get("phone") or "").lower()
        self._counted = services.count_password(**self._who(request, contact))

    def _rollback_login_failed_rl_usage(self) -> None:
        services.uncount(self._counted)

    def count_code(self, request: HttpRequest, contact: str) -> None:
        """Count one code that is asked for. Raises TooMany (429)."""
        services.count_code(**self._who(request, contact.lower()))

    def _who(self, request: HttpRequest, contact: str) -> dict[str, str]:
        by_mail = "@" in contact
        user = queries.user_by_email(contact) if by_mail else queries.user_by_phone(contact)
        return {
            "contact": contact,
            "network": client_network(request),
            "device": devices.known_for(request, user.pk if user else None),
        }

    def validation_error(self, code: str, *args: Any) -> Any:
        """What allauth would say at a form, with 200, of a limit is 429 like any other."""
        if code in {"too_many_login_attempts", "rate_limited"}:
            raise TooMany(ALLAUTH_WINDOW)
        return super().validation_error(code, *args)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """The same of a limit that it would tell in a message on the next page."""
        if kwargs.get("message") == self.error_messages["rate_limited"]:
            raise TooMany(ALLAUTH_WINDOW)
        super().add_message(request, level, *args, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down a wrong password for an account that exists, and only that."""
        user = queries.user_by_email(credentials.get("email") or "")
        if user is None and credentials.get("phone"):
            user = queries.user_by_phone(credentials["phone"])
        if user is not None:
            # Afterwards: an account that exists must not answer later than one that does not.
            after_response(request, partial(services.record_failed_sign_in, user))

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Every way of signing in passes here; what it returns is answered instead."""
        if queries.may_sign_in(user):
            return super().pre_login(request, user, **kwargs)
        clear_login(request)
        return self.respond_user_inactive(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        records = get_authentication_records(request, user)
        services.record_sign_in(user, method=records[-1]["method"] if records else "signup")
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.pk)
        return response

    def spend_as_long_as_signing_up(self, password: str) -> None:
        """Hash a password for nothing, so that a known address answers as slowly as a new one."""
        make_password(password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("parties:security")

    # --- mails --------------------------------------------------------------------------------
    def format_email_subject(self, subject: str) -> str:
        return f"【{settings.SITE_NAME}】{force_str(subject)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Written and sent after the response, so that how long it takes tells nobody anything."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        write = partial(self._write_mail, template_prefix, email, context, language)
        after_response(self.request, partial(_within, self.request, write))

    def _write_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], language: str
    ) -> None:
        """In the reader's language, and by name, when the reader is known.

        Whoever has not confirmed the address may be a stranger to the account: the name was typed
        by whoever typed the address, and could say anything.
        """
        reader = context.get("user") or queries.user_by_email(email)
        known = reader if queries.has_confirmed(reader, email) else None
        with translation.override(known.language if known else language):
            super().send_mail(
                template_prefix,
                email,
                {**context, "reader": known, "site_name": settings.SITE_NAME},
            )


def _within(request: HttpRequest, work: Callable[[], None]) -> None:
    """Allauth looks for the request in a variable that is empty once the request is over."""
    with request_context(request):
        work()
