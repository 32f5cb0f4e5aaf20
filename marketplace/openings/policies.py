"""Who opens, who reads a bid, who follows an opening."""

from collections.abc import Callable, Collection
from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, is_confirmed

#: Who follows every opening. None of them reads a bid by that.
READERS = (Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)

_readers: list[Callable[[Any, Any], bool]] = []


def register_readers(reader: Callable[[Any, Any], bool]) -> None:
    """Let an upper slice admit readers of opened bids: called with (person, OpenedBid)."""
    if reader not in _readers:
        _readers.append(reader)


_judges: list[Callable[[Collection[int]], Collection[int]]] = []


def register_judges(judges: Callable[[Collection[int]], Collection[int]]) -> None:
    """Let an upper slice say which of these lots, by key, have scores that are final: no plan comes in any more."""
    if judges not in _judges:
        _judges.append(judges)


def judged(lots: Collection[int]) -> set[int]:
    """Which of these lots have scores that are final. Asked under the lock of the tender where it must hold."""
    return {lot for judges in _judges for lot in judges(lots)} if lots else set()


@rules.predicate
def is_keeper(user: Actor, opening: Any) -> bool:
    """The person keeps one of the announced keys, and works for that organisation today."""
    if opening is None or not user.is_authenticated:
        return False
    access = access_of(user)
    return any(
        row.custodian.person_id == user.pk and access.in_org(row.custodian.organization_id)
        for row in opening.tender.keepers.select_related("custodian")
    )


@rules.predicate
def binds_keeper(user: Actor, opening: Any) -> bool:
    """The person makes promises for an organisation that keeps one of the keys."""
    if opening is None or not user.is_authenticated:
        return False
    access = access_of(user)
    rows = opening.tender.keepers.select_related("custodian")
    return any(access.binds(row.custodian.organization_id) for row in rows)


@rules.predicate
def is_purchaser(user: Actor, opening: Any) -> bool:
    """The person works for the purchaser."""
    return opening is not None and access_of(user).in_org(opening.tender.owner_id)


@rules.predicate
def follows(user: Actor, opening: Any) -> bool:
    """Operator, authority and auditor follow the opening; what bids say is not theirs to read."""
    return opening is not None and access_of(user).has(*READERS)


@rules.predicate
def is_of_bidder(user: Actor, opened: Any) -> bool:
    """The person works for the bidder."""
    return opened is not None and access_of(user).in_org(opened.bid.organization_id)


@rules.predicate
def binds_bidder(user: Actor, opened: Any) -> bool:
    """The person makes promises for the bidder."""
    return opened is not None and access_of(user).binds(opened.bid.organization_id)


@rules.predicate
def is_opened(_user: Actor, opened: Any) -> bool:
    """The bid was opened."""
    return opened is not None and opened.is_open


@rules.predicate
def undertook(user: Actor, opened: Any) -> bool:
    """The person works for the purchaser and undertook to keep the bids of this tender secret."""
    return (
        opened is not None
        and access_of(user).in_org(opened.opening.tender.owner_id)
        and opened.opening.undertakings.filter(person_id=user.pk).exists()
    )


@rules.predicate
def is_admitted(user: Actor, opened: Any) -> bool:
    """A slice above admits the person, such as an expert of the panel."""
    return opened is not None and any(reader(user, opened) for reader in _readers)


@rules.predicate
def binds_purchaser(user: Actor, opened: Any) -> bool:
    """The person makes promises for the purchaser."""
    return opened is not None and access_of(user).binds(opened.opening.tender.owner_id)


rules.add_perm("openings.view_opening", is_keeper | binds_keeper | is_purchaser | follows)
rules.add_perm("openings.post_opening", is_confirmed & is_keeper)
rules.add_perm("openings.excuse_opening", is_confirmed & (is_keeper | binds_keeper))
rules.add_perm("openings.undertake_opening", is_confirmed & is_purchaser)
rules.add_perm("openings.read_bid", is_opened & (is_of_bidder | undertook | is_admitted))
rules.add_perm("openings.shortlist_bid", is_confirmed & is_opened & undertook & binds_purchaser)
rules.add_perm("openings.complete_bid", is_confirmed & is_opened & binds_bidder)
rules.add_perm("openings.reveal_bid", is_confirmed & binds_bidder)
