"""Undertakings of secrecy, the shortlist, and the record of who read what."""

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import events
from marketplace.openings.models import OpenedBid, Opening, Reading, Undertaking
from marketplace.openings.policies import is_admitted
from marketplace.openings.rulebook import UNDERTAKING
from marketplace.openings.services.locking import locked, locked_bid
from marketplace.parties.policies import access_of


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
def shortlist(row: OpenedBid, *, actor: Actor) -> OpenedBid:
    """Let the purchaser read the whole plan from now on; the bidder is told. Once more changes nothing.

    Raises Forbidden, and Refused where no summary comes first.
    """
    opening, now = locked(row.opening)
    row = locked_bid(row, opening)
    if not actor.has_perm("openings.shortlist_bid", row):
        raise Forbidden
    if not opening.tender.summary_first:
        raise Refused(_("这项征集不分摘要和完整方案"))
    if row.shortlisted_at is None:
        row.shortlisted_at = now
        row.save(update_fields=["shortlisted_at"])
        publish(events.BidShortlisted(subject_id=row.pk), actor=actor)
    return row


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
