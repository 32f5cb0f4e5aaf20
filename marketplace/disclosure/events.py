"""Facts about agreements, grants and released names. No text and no name of a person is in them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

GRANT = "disclosure.grant"
ACCEPTANCE = "disclosure.acceptance"
TEXT = "disclosure.agreementtext"
RELEASE = "disclosure.namerelease"


@dataclass(frozen=True, kw_only=True)
class AgreementPublished(Event):
    """A new version of the non-disclosure agreement was published; it may take effect later."""

    subject_kind = TEXT
    label = _("保密协议新版本已发布")
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class AgreementAccepted(Event):
    """An organisation accepted a version; `sha256` is the hash of the accepted text."""

    subject_kind = ACCEPTANCE
    label = _("确认保密协议")
    organization_id: int = 0
    version: int = 0
    sha256: str = ""
    sealed: bool = False


@dataclass(frozen=True, kw_only=True)
class GrantRequested(Event):
    """An organisation asks to read a confidential part."""

    subject_kind = GRANT
    label = _("已申请查阅保密内容")


@dataclass(frozen=True, kw_only=True)
class GrantGiven(Event):
    """The owner grants it until the end of the day `until` (ISO date)."""

    subject_kind = GRANT
    label = _("已同意查阅保密内容")
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class GrantDeclined(Event):
    """The owner does not grant it."""

    subject_kind = GRANT
    label = _("不同意查阅保密内容")


@dataclass(frozen=True, kw_only=True)
class GrantWithdrawn(Event):
    """The organisation takes its request back."""

    subject_kind = GRANT
    label = _("撤回查阅申请")


@dataclass(frozen=True, kw_only=True)
class GrantProlonged(Event):
    """The owner sets another last day `until` (ISO date), later or earlier."""

    subject_kind = GRANT
    label = _("修改授权截止日期")
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class GrantRevoked(Event):
    """The owner takes the grant back: it gives nothing from this moment on."""

    subject_kind = GRANT
    label = _("保密内容授权已撤销")


@dataclass(frozen=True, kw_only=True)
class GrantEnded(Event):
    """The end of the grant has come."""

    subject_kind = GRANT
    label = _("保密内容授权已到期")


@dataclass(frozen=True, kw_only=True)
class NameReleased(Event):
    """The owner of an anonymous listing lets one organisation, or one visitor, know its name."""

    subject_kind = RELEASE
    label = _("向对方公开单位名称")
    of_kind: str = ""
    of_id: int = 0
    organization_id: int | None = None
