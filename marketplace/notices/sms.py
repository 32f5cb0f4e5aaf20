"""Text messages through an exchangeable sender: `SMS_BACKEND` names the class.

The embedded profile writes each message into a file below `DATA_DIR/sms`, so that sign-up by mobile
number can be tried without a provider. Production needs a class of its own with `send`: providers
in China deliver only texts registered with them beforehand, so it maps each template name below to
the number of its registered text and passes `params`; it raises SmsError when a message is refused.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock

TEMPLATES = {
    "code": _("【%(site)s】验证码 %(code)s，15 分钟内有效。请勿告诉他人。"),
    "already_registered": _("【%(site)s】此号码已注册账号，请直接登录；忘记密码可用验证码重设。"),
    "unknown_account": _("【%(site)s】此号码尚未注册账号。如非本人操作，请忽略。"),
    "invitation": _("【%(site)s】%(org)s 邀请您加入。请用本号码登录后在“我的单位”中接受：%(url)s"),
    "visitor_code": _("【%(site)s】咨询验证码 %(code)s，10 分钟内有效。请勿告诉他人。"),
    "visitor_link": _("【%(site)s】查看您的咨询和答复，30 天内有效：%(url)s"),
    "visitor_erased": _(
        "【%(site)s】您的咨询和联系方式已删除，原链接已失效。如有疑问请与平台联系。"
    ),
    "visitor_silent": _(
        "【%(site)s】您的咨询 5 个工作日没有得到答复。查看、补充或结束，30 天内有效：%(url)s"
    ),
    "visitor_lead": _(
        "【%(site)s】有技术经纪人愿意跟进您的咨询，请查看姓名后决定是否同意，30 天内有效：%(url)s"
    ),
    "visitor_met": _(
        "【%(site)s】您咨询的单位与您联系上了吗？打开链接点一下即可答复，30 天内有效：%(url)s"
    ),
}


class SmsError(Exception):
    """The message could not be handed over; trying again may help."""


class SmsBackend(Protocol):
    """What a sender must be able to do."""

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> None:
        """Hand one message over. `phone` is E.164; raises SmsError."""


def send_sms(phone: str, template: str, *, language: str = "zh-hans", **params: str) -> None:
    """Send the text `template` to a number, in this language. Raises SmsError, KeyError."""
    if template not in TEMPLATES:
        raise KeyError(template)
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    with translation.override(language):
        backend.send(phone, template, {"site": settings.SITE_NAME, **params})


def text_of(template: str, params: Mapping[str, str]) -> str:
    """The message in the active language."""
    return str(TEMPLATES[template]) % dict(params)


class FileBackend:
    """Writes each message as a JSON file readable by the owner only, oldest name first."""

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> None:
        """Write one message."""
        folder = Path(settings.DATA_DIR) / "sms"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{clock.now():%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}.json"
        message = {"to": phone, "template": template, "text": text_of(template, params)}
        path.touch(mode=0o600)
        path.write_text(json.dumps(message, ensure_ascii=False), encoding="utf-8")


class MemoryBackend:
    """Keeps messages in a list: for tests."""

    outbox: ClassVar[list[dict[str, str]]] = []

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> None:
        """Keep one message."""
        text = text_of(template, params)
        self.outbox.append({"to": phone, "template": template, "text": text, **params})
