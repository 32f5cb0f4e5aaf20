"""Event handlers: notices to people, and the search index of organisations."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.files.events import SUBJECT_KIND, AttachmentInfected
from marketplace.files.policies import register_reader
from marketplace.journal.events import AuditBroken
from marketplace.kernel import clock
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties import events, queries
from marketplace.parties.models import Delegation, Invitation, Organization, Verification
from marketplace.parties.policies import Role
from marketplace.taxonomy.events import CalendarRunsOut
from search import engine

kinds.register("parties.verification_waiting", _("有单位等待认证"), mail_default=False)
kinds.register("parties.verification_decided", _("单位认证结果"))
kinds.register("parties.organization_suspended", _("单位被暂停或恢复"))
kinds.register("parties.invited", _("单位邀请您加入"))
kinds.register("parties.members_changed", _("本单位成员变动"), mail_default=False)
kinds.register("parties.role_changed", _("您在单位中的角色变动"))
kinds.register("parties.file_stopped", _("附件被安全扫描拦截"))
kinds.register("parties.calendar_runs_out", _("下一年度工作日待录入"))
kinds.register("parties.delegated", _("被委托代理登记员"))
kinds.register("parties.audit_broken", _("审计链异常"))

register_reader("parties.verification", queries.reads_document)


# --- the search index -------------------------------------------------------------------------
@on(*events.SHOWN_CHANGES, batch=True)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the organisations as they are now."""
    engine.refresh("organizations", queries.codes_of([event.subject_id for event in batch]))


@on(events.OrganizationSamplesChanged)
def follow_samples(event: events.OrganizationSamplesChanged) -> None:
    """Samples that were loaded are found, those that were deleted are not."""
    engine.refresh("organizations", event.codes)


# --- verification -----------------------------------------------------------------------------
@on(events.VerificationSubmitted)
def tell_registrars(event: events.VerificationSubmitted) -> None:
    """A dossier waits: everyone who may decide learns of it."""
    dossier = Verification.objects.select_related("organization").get(pk=event.verification_id)
    notify(
        "parties.verification_waiting",
        [person for person in queries.deciders() if person.pk != dossier.applicant_id],
        title=_("“%(org)s”提交了单位认证"),
        params={"org": dossier.organization.name},
        url=address_of("parties:verification_review", dossier.code),
        subject=(events.ORGANIZATION, event.subject_id),
    )


@on(events.OrganizationVerified)
def tell_verified(event: events.OrganizationVerified) -> None:
    """Applicant and admins learn that the organisation is verified."""
    dossier = _dossier(event.verification_id)
    notify(
        "parties.verification_decided",
        _concerned(dossier),
        title=_("“%(org)s”已通过单位认证"),
        params={"org": dossier.organization.name},
        body=_("现在可以发布需求和成果，并邀请同事加入。"),
        url=address_of("parties:manage", dossier.organization.code),
        subject=(events.ORGANIZATION, event.subject_id),
    )


@on(events.OrganizationReturned)
def tell_returned(event: events.OrganizationReturned) -> None:
    """Applicant and admins learn that something must be corrected; the page says what."""
    dossier = _dossier(event.verification_id)
    notify(
        "parties.verification_decided",
        _concerned(dossier),
        title=_("“%(org)s”的单位认证被退回补正"),
        params={"org": dossier.organization.name},
        body=_("退回原因见认证页面。已填写的内容和已上传的材料都保留，修改后可重新提交。"),
        url=address_of("parties:verification", dossier.organization.code),
        subject=(events.ORGANIZATION, event.subject_id),
    )


def _dossier(verification_id: int) -> Verification:
    return Verification.objects.select_related("organization", "applicant").get(pk=verification_id)


def _concerned(dossier: Verification) -> list[Any]:
    """Whom the answer concerns: who claims the organisation, or whoever administers it today."""
    return (
        [dossier.applicant]
        if dossier.is_claim
        else list(queries.admins_of(dossier.organization_id))
    )


@on(events.OrganizationSuspended)
def tell_suspended(event: events.OrganizationSuspended) -> None:
    """The admins learn that their organisation was taken out of public view, and why."""
    org = Organization.objects.get(pk=event.subject_id)
    notify(
        "parties.organization_suspended",
        queries.admins_of(org.pk),
        title=_("“%(org)s”已被暂停"),
        params={"org": org.name, "remark": event.remark},
        body=_("原因：%(remark)s"),
        url=address_of("parties:manage", org.code),
        subject=(events.ORGANIZATION, org.pk),
    )


@on(events.OrganizationRestored)
def tell_restored(event: events.OrganizationRestored) -> None:
    """The admins learn that their organisation is shown again."""
    org = Organization.objects.get(pk=event.subject_id)
    notify(
        "parties.organization_suspended",
        queries.admins_of(org.pk),
        title=_("“%(org)s”已恢复"),
        params={"org": org.name},
        url=address_of("parties:manage", org.code),
        subject=(events.ORGANIZATION, org.pk),
    )


# --- members ----------------------------------------------------------------------------------
@on(events.MemberInvited)
def tell_invited(event: events.MemberInvited) -> None:
    """Who has an account with the invited contact finds the invitation there, without the link."""
    invitation = (
        Invitation.objects.filter(pk=event.invitation_id, status=Invitation.Status.OPEN)
        .select_related("organization")
        .first()
    )
    if invitation is None:
        return
    person = queries.person_reached_by(email=invitation.email, phone=invitation.phone)
    if person is not None:
        notify(
            "parties.invited",
            [person],
            title=_("“%(org)s”邀请您加入"),
            params={"org": queries.name_for_strangers(invitation.organization)},
            url=address_of("parties:own_organizations"),
            subject=(events.ORGANIZATION, event.subject_id),
        )


@on(events.MemberJoined)
def tell_joined(event: events.MemberJoined) -> None:
    """The admins learn of a new colleague."""
    for person in queries.users_by_id([event.user_id]):
        org = Organization.objects.get(pk=event.subject_id)
        notify(
            "parties.members_changed",
            queries.admins_of(org.pk).exclude(pk=person.pk),
            title=_("%(name)s 已加入“%(org)s”"),
            params={"name": person.get_full_name(), "org": org.name},
            url=address_of("parties:members", org.code),
            subject=(events.ORGANIZATION, org.pk),
        )


@on(events.MemberRoleChanged, events.MemberRemoved)
def tell_member(event: events.MemberRoleChanged | events.MemberRemoved) -> None:
    """The member learns of a changed role or of being removed; who left knows."""
    if isinstance(event, events.MemberRemoved) and event.left:
        return
    removed = isinstance(event, events.MemberRemoved)
    org = Organization.objects.get(pk=event.subject_id)
    notify(
        "parties.role_changed",
        queries.users_by_id([event.user_id]),
        title=_("您已被移出“%(org)s”") if removed else _("您在“%(org)s”的角色已调整"),
        params={"org": org.name},
        url=address_of("parties:own_organizations"),
        subject=(events.ORGANIZATION, org.pk),
    )


# --- files ------------------------------------------------------------------------------------
@on(AttachmentInfected)
def tell_uploader(event: AttachmentInfected) -> None:
    """Whoever uploaded a file that the scanner has stopped learns of it, and what to do."""
    notify(
        "parties.file_stopped",
        queries.users_by_id([event.user_id] if event.user_id else []),
        title=_("附件“%(name)s”含恶意代码，已拦截"),
        params={"name": event.name},
        body=_("文件没有保存，也没有人能下载。请检查你的电脑，换一份干净的文件再上传。"),
        subject=(SUBJECT_KIND, event.subject_id),
    )


# --- the calendar of working days ---------------------------------------------------------------
@on(CalendarRunsOut)
def tell_operators(event: CalendarRunsOut) -> None:
    """The operators learn in time that no deadline can be counted into the next year.

    Here, because the calendar stands below this slice and knows no people.
    """
    notify(
        "parties.calendar_runs_out",
        queries.people_with_role(Role.OPERATOR),
        title=_("请录入 %(year)s 年的节假日安排"),
        params={"year": str(event.year)},
        body=_("到期未录入时，法定期限无法计算，提醒按星期一至星期五估算。"),
        url=address_of("taxonomy:year", event.year),
        subject=(event.subject_kind, event.subject_id),
    )


# --- deputies ---------------------------------------------------------------------------------
@on(events.RoleDelegated)
def tell_deputy(event: events.RoleDelegated) -> None:
    """The deputy learns of the role and its days."""
    row = Delegation.objects.select_related("holder", "deputy").get(code=event.code)
    notify(
        "parties.delegated",
        [row.deputy],
        title=_("%(holder)s 委托您代理登记员"),
        params={
            "holder": row.holder.get_full_name(),
            "from": clock.day_of(row.starts_at).isoformat(),
            "until": row.last_day.isoformat(),
        },
        body=_("代理期 %(from)s 至 %(until)s（含当日），期满自动收回。"),
        url=address_of("parties:delegations"),
        subject=(events.USER, row.deputy_id),
    )


# --- the audit chain --------------------------------------------------------------------------
@on(AuditBroken)
def tell_of_broken_audit(event: AuditBroken) -> None:
    """Auditors and operators learn that the journal is not as it was written."""
    notify(
        "parties.audit_broken",
        queries.people_with_role(Role.AUDITOR, Role.OPERATOR),
        title=_("审计校验发现 %(n)s 处异常"),
        params={"n": event.findings},
        body=_("请在服务器上运行 verify_audit，它会指出第一条异常记录。处理之前请不要清理数据。"),
    )
