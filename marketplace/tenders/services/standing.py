"""The operator records by which act this platform may run tenders under the law, and when that ends."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders import events, queries
from marketplace.tenders.models import Standing
from marketplace.tenders.rulebook import MOST_LINE
from marketplace.tenders.services.locking import given, save


@transaction.atomic
def record_standing(*, body: str, basis: str, actor: Actor) -> Standing:
    """Record it from now on. Raises Forbidden, Refused where one holds already, InvalidInput."""
    _may(actor)
    now = clock.database_now()
    if queries.standing_now(now) is not None:
        raise Refused(_("已有一条有效的记录"))
    row = Standing(
        body=given(body, at="body", most=120, needed=_("请填写认定机关")),
        basis=given(basis, at="basis", most=MOST_LINE, needed=_("请填写文件名称和文号")),
        since=now,
        recorded_by_id=actor.pk,
    )
    try:
        with transaction.atomic():
            insert(row)
    except IntegrityError:
        # Another operator was faster by a moment.
        raise Refused(_("已有一条有效的记录")) from None
    publish(events.StandingRecorded(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def end_standing(standing: Standing, *, actor: Actor, rev: Rev = None) -> Standing:
    """End it now: no tender is published under it any more; those that run go on. Raises Forbidden, Refused, Stale."""
    _may(actor)
    standing = Standing.objects.select_for_update().get(pk=standing.pk)
    check(standing.rev, rev, standing)
    if standing.until is not None:
        raise Refused(_("这条记录已经终止"))
    standing.until, standing.holds = clock.database_now(), False
    save(standing)
    publish(events.StandingRecorded(subject_id=standing.pk), actor=actor)
    return standing


def _may(actor: Actor) -> None:
    if not actor.has_perm("tenders.record_standing"):
        raise Forbidden
