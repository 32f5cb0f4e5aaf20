"""A publicity stands still while an objection waits for its answer, or as the authority decides."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.publicity import events
from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.rulebook import MOST_REASON
from marketplace.publicity.services.locking import given, locked, save
from marketplace.publicity.workflow import UNANSWERED, ObjectionStatus, Status
from marketplace.taxonomy.queries import later_by


def hold(publicity: Publicity, *, at: datetime) -> None:
    """Suspend a locked publicity because of an objection, unless it stands still already.

    Nobody is named in the history of the publicity, which others than those who handle objections read.
    """
    if publicity.is_suspended or publicity.status != Status.RUNNING:
        return
    _stop(publicity, Publicity.Cause.OBJECTION, at=at, actor=None)


def let_go(publicity: Publicity, *, at: datetime) -> None:
    """Resume a locked publicity when no objection waits any more. A decision of the authority stays.

    An answer that was overdue before this suspension began is one past which the authority let it go on.
    """
    if publicity.suspended_for != Publicity.Cause.OBJECTION:
        return
    waiting = Objection.objects.filter(publicity=publicity, status__in=UNANSWERED)
    passed = Q(status=ObjectionStatus.LATE, answer_due__lte=publicity.suspended_at)
    if waiting.exclude(passed).exists():
        return
    _go_on(publicity, at=at, actor=None)


@transaction.atomic
def suspend_publicity(
    publicity: Publicity, *, reason: str, actor: Actor, rev: Rev = None
) -> Publicity:
    """The authority stops a running publicity. Raises Forbidden, Refused, Stale, InvalidInput at `reason`."""
    publicity = _for_authority(publicity, actor, rev)
    if publicity.status != Status.RUNNING or not publicity.is_on:
        raise Refused(_("公示不在进行中"))
    text = given(reason, at="reason", most=MOST_REASON, needed=_("请写明暂停的理由"))
    if publicity.suspended_for == Publicity.Cause.AUTHORITY:
        raise Refused(_("公示已经暂停"))
    publicity.suspend_reason = text
    # Where an objection has stopped it already, its time stands still since then.
    since = publicity.suspended_at or clock.database_now()
    _stop(publicity, Publicity.Cause.AUTHORITY, at=since, actor=actor)
    return publicity


@transaction.atomic
def resume_publicity(
    publicity: Publicity, *, reason: str, actor: Actor, rev: Rev = None
) -> Publicity:
    """The authority lets a suspended publicity go on, also past an objection whose answer is overdue.

    Raises Forbidden, Refused while an answer is not overdue yet, Stale, InvalidInput at `reason`.
    """
    publicity = _for_authority(publicity, actor, rev)
    if not publicity.is_suspended:
        raise Refused(_("公示没有暂停"))
    waiting = Objection.objects.filter(publicity=publicity, status=ObjectionStatus.SUBMITTED)
    if waiting.exists():
        raise Refused(_("异议还在答复期限内，答复后公示自动恢复"))
    publicity.suspend_reason = given(
        reason, at="reason", most=MOST_REASON, needed=_("请写明恢复的理由")
    )
    _go_on(publicity, at=clock.database_now(), actor=actor)
    return publicity


def _for_authority(publicity: Publicity, actor: Actor, rev: Rev) -> Publicity:
    publicity = locked(publicity)
    if not actor.has_perm("publicity.suspend_publicity", publicity):
        raise Forbidden
    check(publicity.rev, rev, publicity)
    return publicity


def _stop(publicity: Publicity, cause: str, *, at: datetime, actor: Actor | None) -> None:
    publicity.suspended_at, publicity.suspended_for = at, cause
    save(publicity)
    publish(events.PublicitySuspended(subject_id=publicity.pk, cause=str(cause)), actor=actor)


def _go_on(publicity: Publicity, *, at: datetime, actor: Actor | None) -> None:
    """Its end moves by whole days, as that of a call does."""
    ends_at, since = publicity.ends_at, publicity.suspended_at
    if ends_at is None or since is None:
        raise TypeError("only a suspended publicity is resumed")
    publicity.ends_at = ends_at = later_by(ends_at, at - since)
    publicity.suspended_at, publicity.suspended_for = None, ""
    save(publicity)
    publish(
        events.PublicityResumed(subject_id=publicity.pk, ends_at=ends_at.isoformat()),
        actor=actor,
    )
