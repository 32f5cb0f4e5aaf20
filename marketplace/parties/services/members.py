"""Members of an organisation: invitations, roles, leaving."""

import logging
import secrets
import smtplib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.notices.sms import SmsError, send_sms
from marketplace.parties import events, queries
from marketplace.parties.models import Invitation, Membership, Organization, User
from marketplace.parties.policies import OrgRole
from marketplace.parties.workflow import INVITATION, OrgStatus

logger = logging.getLogger(__name__)

#: An invitation can be accepted for this long.
VALID_FOR = timedelta(days=7)
MOST_OPEN = 50
#: Messages to strangers that one organisation may cause on one day.
MOST_PER_DAY = 100


@dataclass(frozen=True)
class Sent:
    """A new invitation with its token. The token cannot be read again later."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite_member(
    org: Organization, *, role: str, actor: User, email: str = "", phone: str = ""
) -> Sent:
    """Invite one person, by e-mail address or E.164 number. An older invitation is revoked.

    The answer is the same whether the person has an account or not. The message goes out after
    commit. Raises Forbidden, InvalidInput (both or no contact, unknown role, member already),
    Refused (suspended, too many).
    """
    row = _managed(org, actor)
    if row.status == OrgStatus.SUSPENDED:
        raise Refused(_("单位已暂停，不能邀请成员"))
    _check_invitation(row, role, email, phone)
    for old in Invitation.objects.filter(
        organization=row, email=email, phone=phone, status=Invitation.Status.OPEN
    ):
        _revoke(old, actor)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organization=row,
        email=email,
        phone=phone,
        role=role,
        token_hash=queries.hash_of(token),
        invited_by=actor,
        expires_at=clock.now() + VALID_FOR,
    )
    publish(
        events.MemberInvited(subject_id=row.pk, invitation_id=invitation.pk, role=role), actor=actor
    )
    transaction.on_commit(lambda: _send(invitation, token, actor.language))
    return Sent(invitation, token)


def _check_invitation(org: Organization, role: str, email: str, phone: str) -> None:
    if bool(email) == bool(phone):
        raise InvalidInput({"contact": [_("请填写邮箱或手机号码中的一项")]})
    if role not in OrgRole.values:
        raise InvalidInput({"role": [_("没有这个角色")]})
    known = {"user__email": email} if email else {"user__phone": phone}
    if Membership.objects.current().filter(organization=org, **known).exists():
        raise InvalidInput({"contact": [_("此人已是本单位成员")]})
    if queries.open_invitations(org).count() >= MOST_OPEN:
        raise Refused(_("待接受的邀请过多，请先撤回不需要的邀请"))
    since = clock.now() - timedelta(days=1)
    if Invitation.objects.filter(organization=org, created_at__gte=since).count() >= MOST_PER_DAY:
        raise Refused(_("今天发出的邀请过多，请明天再试"))


def _send(invitation: Invitation, token: str, language: str) -> None:
    # Not a handler, because only the hash of the token is stored. If sending fails, the admin invites
    # again, or passes on the link that the page shows.
    person = queries.person_reached_by(email=invitation.email, phone=invitation.phone)
    language = person.language if person else language
    with translation.override(language):
        link = settings.SITE_URL.rstrip("/") + reverse("parties:invitation", args=[token])
        name = queries.name_for_strangers(invitation.organization)
        context = {"org": name, "link": link, "site_name": settings.SITE_NAME}
        try:
            if invitation.phone:
                mine = settings.SITE_URL.rstrip("/") + reverse("parties:own_organizations")
                send_sms(invitation.phone, "invitation", language=language, org=name, url=mine)
            else:
                send_mail(
                    _now("【%(site)s】%(org)s 邀请您加入")
                    % {"site": settings.SITE_NAME, "org": name},
                    render_to_string("parties/mail/invitation.txt", context),
                    None,
                    [invitation.email],
                )
        except (smtplib.SMTPException, OSError, SmsError) as error:
            logger.warning("invitation %s not sent: %s", invitation.code, type(error).__name__)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, actor: User) -> None:
    """Revoke an invitation. Raises Forbidden, Refused when it is no longer open."""
    _managed(invitation.organization, actor)
    _revoke(Invitation.objects.select_for_update().get(pk=invitation.pk), actor)


def _revoke(invitation: Invitation, actor: User) -> None:
    INVITATION.fire("revoke", invitation, actor)
    _ended(invitation, actor)


def _ended(invitation: Invitation, actor: User) -> None:
    invitation.save(update_fields=["status"])
    publish(
        events.InvitationRevoked(
            subject_id=invitation.organization_id, invitation_id=invitation.pk
        ),
        actor=actor,
    )


@transaction.atomic
def accept_invitation(invitation: Invitation, *, actor: User) -> Membership:
    """Accept an invitation, which must be open and sent to a contact that the actor has confirmed.

    Raises Forbidden for anyone else, Refused when it was used, revoked or has expired.
    """
    Organization.objects.select_for_update().get(pk=invitation.organization_id)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    INVITATION.fire("accept", row, actor, at=clock.database_now())
    if not is_addressed_to(row, actor):
        raise Forbidden(_("这份邀请发给另一个邮箱或手机号码，请用该联系方式的账号接受"))
    if actor.access.in_org(row.organization_id):
        raise Refused(_("您已是该单位的成员"))
    row.accepted_by = actor
    row.save(update_fields=["status", "accepted_by"])
    member = Membership.objects.create(
        user=actor, organization_id=row.organization_id, role=row.role
    )
    publish(
        events.MemberJoined(subject_id=row.organization_id, user_id=actor.pk, role=row.role),
        actor=actor,
    )
    actor.forget_access()
    return member


def is_addressed_to(invitation: Invitation, person: User) -> bool:
    """Whether the invitation names an address or number this person has confirmed."""
    if invitation.email:
        return bool(person.email_verified_at) and person.email == invitation.email
    return bool(person.phone_verified_at) and person.phone == invitation.phone


@transaction.atomic
def change_member_role(
    member: Membership, *, role: str, actor: User, rev: Rev = None
) -> Membership:
    """Give a member another role; `rev` is the role they were seen in.

    Raises Forbidden, InvalidInput, Stale, Refused for the last admin.
    """
    org = _managed(member.organization, actor)
    if role not in OrgRole.values:
        raise InvalidInput({"role": [_("没有这个角色")]})
    row = _present(member)
    if row.role == role:
        return row
    check(row.role, rev, row)
    if row.role == OrgRole.ORG_ADMIN:
        _keep_an_admin(org, row)
    row.role = role
    row.save(update_fields=["role"])
    publish(
        events.MemberRoleChanged(subject_id=org.pk, user_id=row.user_id, role=role), actor=actor
    )
    actor.forget_access()
    return row


@transaction.atomic
def remove_member(member: Membership, *, actor: User, rev: Rev = None) -> None:
    """Remove a member seen in the role `rev`, or leave: the membership ends now and is kept.

    Open invitations that the person has sent are revoked. Raises Forbidden, Stale, Refused for the last
    admin and for a membership that has ended.
    """
    leaves = member.user_id == actor.pk
    org = Organization.objects.select_for_update().get(pk=member.organization_id)
    if not leaves and not actor.has_perm("parties.manage_members", org):
        raise Forbidden
    row = _present(member)
    check(row.role, rev, row)
    if row.role == OrgRole.ORG_ADMIN:
        _keep_an_admin(org, row)
    end_membership(row)
    sent = Invitation.objects.filter(
        organization=org, invited_by_id=row.user_id, status=Invitation.Status.OPEN
    )
    event = events.MemberRemoved(subject_id=org.pk, user_id=member.user_id, left=leaves)
    for invitation in sent:
        INVITATION.fire("lapse", invitation, None, because=event)
        _ended(invitation, actor)
    publish(event, actor=actor)
    actor.forget_access()


def end_membership(row: Membership) -> None:
    """End a membership that is locked."""
    # Clocks of machines may differ, and the end must not be before the start.
    row.left_at = max(clock.database_now(), row.joined_at)
    row.save(update_fields=["left_at"])


def _present(member: Membership) -> Membership:
    row = Membership.objects.select_for_update().get(pk=member.pk)
    if row.left_at is not None:
        raise Refused(_("此人已不是本单位成员"))
    return row


def _managed(org: Organization, actor: User) -> Organization:
    """Lock the organisation, so that concurrent changes of its members run one after the other."""
    row = Organization.objects.select_for_update().get(pk=org.pk)
    if not actor.has_perm("parties.manage_members", row):
        raise Forbidden
    return row


def _keep_an_admin(org: Organization, leaving: Membership) -> None:
    others = Membership.objects.current().filter(
        organization=org, role=OrgRole.ORG_ADMIN, user__is_active=True
    )
    if not others.exclude(pk=leaving.pk).exists():
        raise Refused(_("单位至少要有一名管理员，请先指定另一名管理员"))
