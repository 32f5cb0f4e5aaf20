"""Undertakings of secrecy, the shortlist, and the record of who read what."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import events, queries
from marketplace.openings.models import OpenedBid, Opening, Reading, Undertaking
from marketplace.openings.policies import is_admitted
from marketplace.openings.rulebook import UNDERTAKING, against_plan
from marketplace.openings.services.locking import locked, locked_bid
from marketplace.parties.policies import access_of
from marketplace.taxonomy.queries import is_off, later_by
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import in_words


@transaction.atomic
def give_undertaking(opening: Opening, version: int, *, actor: Actor) -> Undertaking:
    """Keep the undertaking of secrecy of a person of the purchaser; the same again changes nothing.

    Raises Forbidden, and InvalidInput at `agree` for another version of the text.
    """
    if not actor.has_perm("openings.undertake_opening", opening):
        raise Forbidden
    if version != UNDERTAKING:
        raise InvalidInput({"agree": [_("承诺书有更新，请刷新页面阅读后再确认")]})
    now = clock.database_now()
    made, is_new = Undertaking.objects.get_or_create(
        opening=opening,
        person_id=actor.pk,
        defaults={"version": version, "given_at": now, "is_sample": opening.is_sample},
    )
    if is_new:
        publish(events.UndertakingGiven(subject_id=opening.pk, version=version), actor=actor)
    return made


@transaction.atomic
def shortlist(row: OpenedBid, until: datetime | None = None, *, actor: Actor) -> OpenedBid:
    """Let the purchaser read the whole plan from now on; the bidder is told. Once more changes nothing.

    `until` is the deadline of the whole plan, where one can still come. All bids of a lot have the same: a later one
    moves those that were set before, and an earlier one is refused. Raises Forbidden, Refused where no summary comes
    first or while the tender is suspended, InvalidInput at `until`.
    """
    opening, now = locked(row.opening)
    row = locked_bid(row, opening)
    if not actor.has_perm("openings.shortlist_bid", row):
        raise Forbidden
    if not opening.tender.summary_first:
        raise Refused(_("这项征集不分摘要和完整方案"))
    if row.shortlisted_at is not None:
        return row
    if queries.asks_plans(row.lot, opening.tender):
        row.plan_until = _plan_until(row, opening, until, now)
        _move_others(row, actor)
    row.shortlisted_at = now
    row.save(update_fields=["shortlisted_at", "plan_until"])
    publish(events.BidShortlisted(subject_id=row.pk), actor=actor)
    return row


def _plan_until(
    row: OpenedBid, opening: Opening, until: datetime | None, now: datetime
) -> datetime:
    """The deadline that was asked for. Raises Refused, InvalidInput at `until`."""
    if opening.tender.is_suspended:
        raise Refused(_("项目已暂停"))
    reason = against_plan(opening.tender.ruled_by, until, now)
    set_before = queries.plans_until([row.lot_id]).get(row.lot_id)
    if until is not None and not reason:
        if is_off(clock.last_day(until)):
            reason = _("截止日是休息日，请另选一天")
        elif set_before is not None and until < set_before:
            reason = _("同一标段的入围方案同时截止，不能早于已定的 %(at)s") % {
                "at": in_words(set_before)
            }
    if until is None or reason:
        raise InvalidInput({"until": [reason]})
    return until


def _move_others(row: OpenedBid, actor: Actor) -> None:
    """Bids of the lot that were on the shortlist before have as much time as the one that comes now."""
    earlier = OpenedBid.objects.select_for_update().filter(
        lot_id=row.lot_id, plan_until__lt=row.plan_until
    )
    for one in earlier.order_by("pk"):
        one.plan_until = row.plan_until
        one.save(update_fields=["plan_until"])
        publish(events.PlanPostponed(subject_id=one.pk), actor=actor)


def follow_resumption(tender: Tender, since: datetime, now: datetime) -> None:
    """A suspension is over: whole plans are due later by whole days, at least as long as it lasted."""
    rows = OpenedBid.objects.select_for_update().filter(
        opening__tender=tender, plan_until__gt=since
    )
    for row in rows.order_by("pk"):
        row.plan_until = row.plan_until and later_by(row.plan_until, now - since)
        row.save(update_fields=["plan_until"])
        publish(events.PlanPostponed(subject_id=row.pk), actor=None)


@transaction.atomic
def note_reading(row: OpenedBid, *, actor: Actor, file: str = "") -> Reading | None:
    """Write down that somebody read a bid or took a file; the bidder's own people are not written down.

    Members of a panel are secret until the award, a representative of the purchaser too: the event of
    their reading names nobody, the row has the person.
    """
    access = access_of(actor)
    if access.in_org(row.bid.organization_id):
        return None
    of_purchaser = access.in_org(row.opening.tender.owner_id) and not is_admitted(actor, row)
    made = Reading.objects.create(
        opened=row,
        person_id=actor.pk,
        side=Reading.Side.PURCHASER if of_purchaser else Reading.Side.PANEL,
        file=file[:120],
        at=clock.database_now(),
        is_sample=row.opening.is_sample,
    )
    publish(events.BidRead(subject_id=row.pk), actor=actor if of_purchaser else None)
    return made
