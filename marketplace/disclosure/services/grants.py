"""Asking for a grant, giving it, and taking it back."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure import events, queries
from marketplace.disclosure.models import Grant, NameRelease
from marketplace.disclosure.policies import subject_kinds
from marketplace.disclosure.rulebook import MOST_NOTE, MOST_REASON, Subject, against_end
from marketplace.disclosure.workflow import GRANT, Status
from marketplace.files.queries import attachments_of
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

#: So many grants the clock ends in one run.
AT_ONCE = 500


@transaction.atomic
def request_grant(subject: Subject, org: Organization, *, note: str = "", actor: Actor) -> Grant:
    """申请查阅保密内容；本单位任何成员都可以申请。

    Raises Forbidden for who does not work for `org`, InvalidInput at `organization` or `note`, Refused when
    there is nothing to disclose, the listing is not public, or a request or a grant is open already.
    """
    if not access_of(actor).in_org(org.pk):
        raise Forbidden(_("只能以本单位名义申请"))
    _refuse_parties(subject, org)
    note = _limited("note", note, MOST_NOTE)
    _refuse_nothing(subject)
    grant = _new(subject, org, requested_by=actor, note=note)
    _insert(grant)
    publish(events.GrantRequested(subject_id=grant.pk), actor=actor)
    return grant


@transaction.atomic
def give_grant(
    grant: Grant, *, until: date | None, actor: Actor, releases_name: bool = False, rev: Rev = None
) -> Grant:
    """同意申请，授权查阅到 `until` 当日（含）。

    On an anonymous listing it releases the owner's name to the organisation, which `releases_name` must
    confirm. Raises Forbidden, InvalidInput at `until` or `releases_name`, Refused, Stale.
    """
    grant = _lock(grant)
    GRANT.fire("give", grant, actor)
    check(grant.rev, rev, grant)
    if not grant.organization.is_verified:
        raise Refused(_("对方单位未通过认证或已被暂停，不能授权"))
    _give(
        grant,
        queries.subject_named(grant.subject_kind, grant.subject_id),
        until,
        actor,
        releases_name,
    )
    _save(grant, "granted_by", "since", "until", "releases_name")
    publish(events.GrantGiven(subject_id=grant.pk, until=str(until)), actor=actor)
    return grant


@transaction.atomic
def offer_grant(
    subject: Subject,
    org: Organization,
    *,
    until: date | None,
    actor: Actor,
    releases_name: bool = False,
) -> Grant:
    """主动授权给一个没有申请的单位。Raises the same as `request_grant` and `give_grant`."""
    if not access_of(actor).binds(subject.owner_id):
        raise Forbidden(_("需要本单位审核人或管理员授权"))
    _refuse_parties(subject, org)
    _refuse_nothing(subject)
    grant = _new(subject, org)
    GRANT.fire("give", grant, actor)
    _give(grant, subject, until, actor, releases_name)
    _insert(grant)
    publish(events.GrantGiven(subject_id=grant.pk, until=str(until)), actor=actor)
    return grant


@transaction.atomic
def prolong(grant: Grant, *, until: date | None, actor: Actor, rev: Rev = None) -> Grant:
    """修改截止日期，可以延长也可以提前。Raises Forbidden, InvalidInput at `until`, Refused, Stale."""
    grant = _lock(grant)
    GRANT.fire("prolong", grant, actor, at=clock.database_now())
    check(grant.rev, rev, grant)
    grant.until = _end(until)
    _save(grant, "until")
    publish(events.GrantProlonged(subject_id=grant.pk, until=str(until)), actor=actor)
    return grant


@transaction.atomic
def decline(grant: Grant, *, reason: str, actor: Actor, rev: Rev = None) -> Grant:
    """不同意申请；理由会告诉对方。Raises Forbidden, InvalidInput at `reason`, Refused, Stale."""
    return _close("decline", grant, reason, actor, rev, events.GrantDeclined)


@transaction.atomic
def revoke(grant: Grant, *, reason: str, actor: Actor, rev: Rev = None) -> Grant:
    """撤销授权，立即生效。Raises Forbidden, InvalidInput at `reason`, Refused, Stale.

    The row is locked, so a download that is being recorded is finished first, and none begins after.
    """
    return _close("revoke", grant, reason, actor, rev, events.GrantRevoked)


@transaction.atomic
def withdraw(grant: Grant, *, actor: Actor, rev: Rev = None) -> Grant:
    """撤回还没有答复的申请。Raises Forbidden, Refused, Stale."""
    grant = _lock(grant)
    GRANT.fire("withdraw", grant, actor)
    check(grant.rev, rev, grant)
    grant.closed_at = clock.now()
    _save(grant, "closed_at")
    publish(events.GrantWithdrawn(subject_id=grant.pk), actor=actor)
    return grant


def end_grants() -> int:
    """End the grants whose time is over; how many. Called by the clock.

    They gave nothing any more since their end: `queries.opening` looks at the period, not at this state.
    """
    return sum(_end_one(grant.pk) for grant in readable(queries.over()[:AT_ONCE]))


@transaction.atomic
def _end_one(pk: int) -> bool:
    grant = Grant.objects.select_for_update().get(pk=pk)
    if GRANT.refusal("end", grant, None):
        return False
    GRANT.fire("end", grant, None)
    grant.closed_at = clock.now()
    _save(grant, "closed_at")
    publish(events.GrantEnded(subject_id=grant.pk), actor=None)
    return True


@transaction.atomic
def release_name(
    subject: Subject,
    *,
    organization: Organization | None = None,
    visitor_key: str = "",
    actor: Actor,
) -> NameRelease:
    """向一个单位（或一位访客）公开匿名发布者的名称，没有保密授权也可以。重复公开不产生新记录。

    Raises Forbidden for people who do not approve for the owner, InvalidInput at `organization`.
    """
    if not access_of(actor).binds(subject.owner_id):
        raise Forbidden(_("需要本单位审核人或管理员确认"))
    if organization is not None and organization.pk == subject.owner_id:
        raise InvalidInput({"organization": [_("不需要向本单位公开")]})
    return _release(subject, organization, visitor_key, actor)


def _release(
    subject: Subject, organization: Organization | None, visitor_key: str, actor: Actor
) -> NameRelease:
    release, is_new = NameRelease.objects.get_or_create(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        organization=organization,
        visitor_key=visitor_key,
        defaults={
            "owner_id": subject.owner_id,
            "by_id": actor.pk,
            "is_sample": subject.is_sample,
        },
    )
    if is_new:
        publish(
            events.NameReleased(
                subject_id=release.pk,
                of_kind=subject.kind,
                of_id=subject.pk,
                organization_id=None if organization is None else organization.pk,
            ),
            actor=actor,
        )
    return release


def _new(
    subject: Subject, org: Organization, *, requested_by: Actor | None = None, note: str = ""
) -> Grant:
    """A request; an offer is given before it is saved."""
    return Grant(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        owner_id=subject.owner_id,
        organization=org,
        is_sample=org.is_sample or subject.is_sample,
        requested_by_id=None if requested_by is None else requested_by.pk,
        note=note,
    )


def _give(
    grant: Grant, subject: Subject | None, until: date | None, actor: Actor, releases_name: bool
) -> None:
    """Set the columns of a grant that is given, and release the owner's name where it is hidden."""
    grant.since, grant.until, grant.granted_by_id = clock.now(), _end(until), actor.pk
    if subject is None or not subject.hides_owner:
        return
    if not releases_name:
        reason = _("这条信息没有公开单位名称。授权后对方会知道本单位名称，请勾选确认")
        raise InvalidInput({"releases_name": [reason]})
    grant.releases_name = True
    _release(subject, grant.organization, "", actor)


def _end(day: date | None) -> Any:
    reason = against_end(day, clock.today())
    if day is None or reason:
        raise InvalidInput({"until": [reason]})
    return clock.end_of_day(day)


def _refuse_parties(subject: Subject, org: Organization) -> None:
    if subject.kind not in subject_kinds():
        raise Refused(_("这类信息没有保密内容"))
    if org.pk == subject.owner_id:
        raise InvalidInput({"organization": [_("这是本单位发布的信息，不需要授权")]})
    if not org.is_verified:
        raise InvalidInput({"organization": [_("单位未通过认证或已被暂停，不能查阅保密内容")]})


def _refuse_nothing(subject: Subject) -> None:
    if not subject.is_public:
        raise Refused(_("这条信息现在没有公开发布，不能申请或授权"))
    if not subject.text and not attachments_of(subject.kind, subject.pk, audience="restricted"):
        raise Refused(_("这条信息没有保密内容"))


def _insert(grant: Grant) -> None:
    try:
        with transaction.atomic():
            insert(grant)
    except IntegrityError as error:
        if queries.grants_of(grant.subject_kind, grant.subject_id).filter(
            organization=grant.organization, status__in=[Status.REQUESTED, Status.GRANTED]
        ):
            raise Refused(_("该单位已有一份申请或授权，不能重复")) from error
        raise


def _close(
    move: str, grant: Grant, reason: str, actor: Actor, rev: Rev, event: type[Event]
) -> Grant:
    grant = _lock(grant)
    GRANT.fire(move, grant, actor)
    check(grant.rev, rev, grant)
    grant.reason = _limited("reason", reason, MOST_REASON)
    if not grant.reason:
        raise InvalidInput({"reason": [_("请写明理由，对方会看到")]})
    grant.closed_at = clock.now()
    _save(grant, "reason", "closed_at")
    publish(event(subject_id=grant.pk), actor=actor)
    return grant


def _limited(name: str, text: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise InvalidInput({name: [_("最多 %(most)d 个字") % {"most": most}]})
    return text


def _lock(grant: Grant) -> Grant:
    rows = Grant.objects.select_for_update(of=("self",))
    return rows.select_related("owner", "organization").get(pk=grant.pk)


def _save(grant: Grant, *columns: str) -> None:
    grant.rev += 1
    grant.updated_at = clock.now()
    grant.save(update_fields=["status", "rev", "updated_at", *columns])
