"""The lock of the tender first, then that of the bid; the clock is read between them.

So a bid is taken or refused by the instant at which the lock was got, in the transaction that stores it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.bids import queries
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Hand
from marketplace.exclusions import queries as exclusions
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import NotVisible, Refused
from marketplace.tenders.queries import act_of
from marketplace.tenders.services import up_to_date


def locked(bid: Bid) -> tuple[Bid, datetime]:
    """The bid under the lock of its tender, both as they are now, and the instant. Raises NotVisible."""
    tender, now = up_to_date(bid.tender)
    rows = Bid.objects.select_for_update(of=("self",)).select_related("organization", "lot")
    found = rows.filter(pk=bid.pk).first()
    if found is None:
        raise NotVisible
    found.tender = tender
    return found, now


def save(bid: Bid) -> None:
    """Save the row as a new version."""
    bid.rev += 1
    bid.updated_at = clock.now()
    bid.save()


def note_hand(bid: Bid, actor: Actor) -> None:
    """Write down that this person has a hand in the bid. Raises Refused where he acts for another in the lot."""
    if queries.others_of_person(bid, actor.pk):
        raise Refused(
            _(
                "您已代表另一单位参加这个标段，同一人不能代理两个投标人（招标投标法实施条例第四十条）"
            )
        )
    Hand.objects.get_or_create(bid=bid, person_id=actor.pk)


def refuse_bidder(bid: Bid) -> None:
    """Raises Refused for an organisation that may not bid for this tender, with the reason."""
    tender = bid.tender
    if bid.organization_id == tender.owner_id:
        raise Refused(_("发榜单位不能参加自己的征集"))
    keepers = tender.keepers.filter(custodian__organization_id=bid.organization_id)
    if tender.is_sealed and keepers.exists():
        raise Refused(_("本单位保管这项征集的密钥，不能同时参加"))


def refuse_excluded(bid: Bid, partners: Iterable[str], at: datetime) -> None:
    """Raises Refused where a decision of a competent body excludes the bidder, a partner, or a person with a hand in it.

    A decision that begins later does not touch what was handed in: it stops the award.
    """
    parties = [exclusions.named(bid.organization), *exclusions.partners(partners)]
    what = act_of(bid.tender)
    if reason := exclusions.refusal(exclusions.against(parties, what, at)):
        raise Refused(reason)
    hands = list(bid.hands.values_list("person_id", flat=True))
    people = exclusions.against_people(hands, what, at)
    if reason := exclusions.refusal([row for rows in people.values() for row in rows]):
        raise Refused(reason)


def erase_after_commit(paths: Iterable[str]) -> None:
    """Erase files of the store once it is certain that their rows are gone."""
    gone = list(paths)

    def erase() -> None:
        for path in gone:
            store.erase(path)

    transaction.on_commit(erase)
