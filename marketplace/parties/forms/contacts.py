"""Fields for an e-mail address or a mobile number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from marketplace.parties import rulebook


class MobileField(forms.CharField):
    """A mobile number of mainland China, typed in any usual way; cleaned to E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("label", _("手机号码"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        typed = "" if value in self.empty_values else str(value).strip()
        if not typed:
            return ""
        try:
            return rulebook.normalize_mobile(typed)
        except rulebook.UnfitNumber as error:
            raise ValidationError(error.args[0], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return value.removeprefix("+86") if isinstance(value, str) else value


class ContactField(forms.CharField):
    """An e-mail address or a mobile number; cleaned to lower case, or to E.164."""

    def __init__(self, *, by: str = "email", autocomplete: str = "username", **kwargs: Any) -> None:
        # Not type=email: a number typed on that tab is understood too.
        attrs = {"type": "tel", "inputmode": "tel"} if by == "phone" else {"inputmode": "email"}
        attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        typed = "" if value in self.empty_values else str(value).strip()
        if not typed:
            return ""
        if rulebook.looks_like_mobile(typed):
            return rulebook.normalize_mobile(typed)
        typed = typed[:300].lower()
        try:
            validate_email(typed)
        except ValidationError as error:
            raise ValidationError(_("请输入邮箱或 11 位手机号码"), code="invalid") from error
        return typed


def is_phone(contact: str) -> bool:
    """Whether a cleaned contact is a number."""
    return contact.startswith("+")
