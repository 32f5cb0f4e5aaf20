"""Facts about people and organisations. Payloads never hold an address or a number in full."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

USER = "parties.user"
ORGANIZATION = "parties.organization"


# --- people -----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event):
    """Someone made an account, by "email" or "phone"."""

    subject_kind = USER
    label = pgettext_lazy("event", "注册账号")
    by: str = "email"
    consent_version: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactConfirmed(Event):
    """An e-mail address ("email") or a mobile number ("phone") was confirmed by a code."""

    subject_kind = USER
    label = pgettext_lazy("event", "确认联系方式")
    by: str = "email"


@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(Event):
    """The person's authenticator and recovery codes were taken away by an operator."""

    subject_kind = USER
    label = _("两步验证被重置")


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """Name or language was changed by the person."""

    subject_kind = USER
    label = _("修改个人资料")


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A person signed in; `method` is the last step: password, code, mfa …"""

    subject_kind = USER
    label = pgettext_lazy("event", "登录")
    method: str = "password"


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """A wrong password or code for an account that exists."""

    subject_kind = USER
    label = _("登录失败")


@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(Event):
    """A second factor was added, removed, or its recovery codes were made anew."""

    subject_kind = USER
    label = _("修改两步验证")
    act: str = ""
    factor: str = ""


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """The password was changed ("change") or set anew by a code ("reset")."""

    subject_kind = USER
    label = pgettext_lazy("event", "修改密码")
    by: str = "change"


@dataclass(frozen=True, kw_only=True)
class PlatformRoleGranted(Event):
    """A person was given a role on the platform."""

    subject_kind = USER
    label = _("授予平台角色")
    role: str = ""
    district: str = ""


@dataclass(frozen=True, kw_only=True)
class PlatformRoleRevoked(Event):
    """A role on the platform was taken from a person."""

    subject_kind = USER
    label = _("收回平台角色")
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class RoleDelegated(Event):
    """A registrar named a deputy for a period. The subject is the deputy."""

    subject_kind = USER
    label = _("授予代理")
    role: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class DelegationEnded(Event):
    """A delegation was ended before its last day. The subject is the deputy."""

    subject_kind = USER
    label = _("提前结束代理")
    role: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class ApiTokenCreated(Event):
    """A key to the API was made."""

    subject_kind = USER
    label = _("创建接口令牌")
    prefix: str = ""
    scope: str = "read"


@dataclass(frozen=True, kw_only=True)
class ApiTokenRevoked(Event):
    """A key to the API was revoked."""

    subject_kind = USER
    label = _("撤销接口令牌")
    prefix: str = ""


# --- organisations ----------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(Event):
    """An organisation was entered."""

    subject_kind = ORGANIZATION
    label = pgettext_lazy("event", "登记单位")


@dataclass(frozen=True, kw_only=True)
class OrganizationEdited(Event):
    """The profile of an organisation was changed; `fields` names what."""

    subject_kind = ORGANIZATION
    label = _("修改单位资料")
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class VerificationSubmitted(Event):
    """A dossier was handed in; `round` counts from one."""

    subject_kind = ORGANIZATION
    label = _("提交单位认证")
    verification_id: int = 0
    round: int = 1
    is_claim: bool = False


@dataclass(frozen=True, kw_only=True)
class OrganizationVerified(Event):
    """A registrar found the organisation and the applicant to be what they say."""

    subject_kind = ORGANIZATION
    label = _("单位认证通过")
    verification_id: int = 0


@dataclass(frozen=True, kw_only=True)
class OrganizationReturned(Event):
    """A registrar sent a dossier back; `reasons` are codes of `rulebook.RETURN_REASONS`."""

    subject_kind = ORGANIZATION
    label = _("单位认证退回")
    verification_id: int = 0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class OrganizationSuspended(Event):
    """A verified organisation was suspended."""

    subject_kind = ORGANIZATION
    label = pgettext_lazy("event", "暂停单位")
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class OrganizationRestored(Event):
    """A suspended organisation is verified again."""

    subject_kind = ORGANIZATION
    label = pgettext_lazy("event", "恢复单位")


@dataclass(frozen=True, kw_only=True)
class OrganizationSamplesChanged(Event):
    """Sample organisations were loaded or deleted; `codes` are theirs."""

    subject_kind = ORGANIZATION
    label = _("加载或移除示例单位")
    codes: list[str] = field(default_factory=list)


#: After these the public sees an organisation, no longer sees it, or reads something else of it.
SHOWN_CHANGES = (
    OrganizationEdited,
    OrganizationVerified,
    OrganizationSuspended,
    OrganizationRestored,
)


# --- members ----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class MemberInvited(Event):
    """Somebody was asked to join."""

    subject_kind = ORGANIZATION
    label = pgettext_lazy("event", "邀请成员")
    invitation_id: int = 0
    role: str = "member"


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(Event):
    """An invitation was taken back."""

    subject_kind = ORGANIZATION
    label = _("撤回邀请")
    invitation_id: int = 0


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """A person now works for the organisation."""

    subject_kind = ORGANIZATION
    label = _("成员加入")
    user_id: int = 0
    role: str = "member"


@dataclass(frozen=True, kw_only=True)
class MemberRoleChanged(Event):
    """The role of a member was changed."""

    subject_kind = ORGANIZATION
    label = _("调整成员角色")
    user_id: int = 0
    role: str = "member"


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Event):
    """A person works for the organisation no more: removed, or left."""

    subject_kind = ORGANIZATION
    label = _("成员离开")
    user_id: int = 0
    left: bool = False
