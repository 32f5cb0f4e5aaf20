"""allauth's second factors; their secrets are stored encrypted."""

import io
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from qrcode.image.svg import SvgPathFillImage

from marketplace.parties import services


class MFAAdapter(DefaultMFAAdapter):
    """allauth's second factors; their secrets are stored encrypted."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("您的平台角色要求两步验证，不能关闭"),
        "incorrect_code": _("验证码不正确"),
        "unverified_email": _("请先确认邮箱，再开启两步验证"),
    }

    def get_totp_label(self, user: Any) -> str:
        return user.email or user.phone or str(user)

    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME

    def build_totp_svg(self, url: str) -> str:
        """On white, for the dark look too: scanners want dark on light."""
        buffer = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(buffer)
        return buffer.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Staff can't do without."""
        return not authenticator.user.access.is_staff

    def encrypt(self, text: str) -> str:
        return services.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return services.decrypt(encrypted_text)
