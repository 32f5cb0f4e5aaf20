"""Where an example begins: one tender for each stage, made once; an example's changes are rolled back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from marketplace.awards import services as awards
from marketplace.awards.models import Award, Result
from marketplace.bids.models import Bid
from marketplace.evaluation.models import Panel
from marketplace.journal.models import Delivery
from marketplace.journal.services import drain
from marketplace.kernel import clock
from marketplace.openings import services as openings
from marketplace.parties.models import Organization, User
from marketplace.tenders.models import Lot, Tender
from tests.cast import Cast
from tests.factories.bids import (
    Keepers,
    Seal,
    hand_in,
    make_draft,
    make_keepers,
    make_sealed_tender,
)
from tests.factories.evaluation import INDUSTRY, finish, make_expert, make_panel, make_reader
from tests.factories.openings import hand_in_sealed
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import make_tender

#: Stands in the form of every bid.
CANARY = "金丝雀配方七号"
#: The slices whose handlers run here; notices, search and the others have tests of their own.
_MECHANISM = ("tenders", "bids", "openings", "evaluation", "awards", "publicity", "deals")


@dataclass
class Start:
    """A tender, the instant at which an example begins, and what browsers know of its sealed bids."""

    tender: Tender
    at: datetime = field(default_factory=clock.now)
    seals: dict[str, Seal] = field(default_factory=dict)


@dataclass
class World:
    """Who acts. `firms`: the bidders with the person who binds each."""

    cast: Cast
    keepers: Keepers
    firms: list[tuple[Organization, User]]
    starts: dict[str, Start] = field(default_factory=dict)


def make_world(cast: Cast) -> World:
    """The people, and a tender at each place where an example may begin."""
    third = OrganizationFactory(name="沂蒙新材料研究院")
    firms = [
        (cast.university, cast.university_admin),
        (cast.other_enterprise, cast.outsider),
        (third, make_member(third, "org_admin")),
    ]
    made = World(cast, make_keepers(cast.operator), firms)
    for _number in range(8):
        make_expert(operator=cast.operator)
    for name, make in _STARTS.items():
        with _time() as later:
            made.starts[name] = make(made, later)
    return made


@contextmanager
def _time() -> Iterator[Callable[[Any], None]]:
    """A function that moves the clock to a minute after an instant."""
    with ExitStack() as stack:

        def later(at: Any) -> None:
            stack.enter_context(clock.shift(at - clock.now() + timedelta(minutes=1)))

        yield later


def deliver() -> None:
    """What the worker delivers, of the slices that this is about."""
    waiting = Delivery.objects.filter(status="pending")
    for row in waiting:
        if row.handler.split(".")[0] not in _MECHANISM:
            row.delete()
    # A lease that a dead worker held is over.
    waiting.update(next_try_at=clock.now() - timedelta(seconds=1))
    drain()


def _open(world: World, procedure: str) -> Tender:
    cast = world.cast
    row = make_tender(cast.enterprise, cast.approver, operator=cast.operator, procedure=procedure)
    return _known(row)


def _known(row: Tender) -> Tender:
    Tender.objects.filter(pk=row.pk).update(industry=INDUSTRY)
    return Tender.objects.get(pk=row.pk)


def _sealed(world: World) -> Tender:
    cast = world.cast
    row, _keepers = make_sealed_tender(
        cast.enterprise, cast.approver, operator=cast.operator, keepers=world.keepers
    )
    return _known(row)


def _bids(world: World, row: Tender) -> list[Bid]:
    found = []
    for place, (org, person) in enumerate(world.firms):
        bid = make_draft(row, org, person)
        hand_in(bid, person, price=80_000_000 + place, scheme=f"{CANARY} {place}")
        found.append(bid)
    return found


def taking(world: World, _later: Any) -> Start:
    return Start(_open(world, "call"))


def taking_sealed(world: World, _later: Any) -> Start:
    return Start(_sealed(world))


def closed_sealed(world: World, later: Any) -> Start:
    made = Start(_sealed(world))
    for org, person in world.firms[:2]:
        bid = make_draft(made.tender, org, person)
        made.seals[bid.code] = hand_in_sealed(bid, person, scheme=CANARY)  # type: ignore[arg-type]
    later(made.tender.deadline)
    made.at = clock.now()
    return made


def opened(world: World, later: Any) -> Start:
    """A challenge whose panel is drawn; nobody has answered."""
    row, _handed_in = _opened(world, later, "challenge")
    make_panel(Lot.objects.get(tender=row), world.cast.operator)
    return Start(row)


def _opened(world: World, later: Any, procedure: str) -> tuple[Tender, list[Bid]]:
    row = _open(world, procedure)
    bids = _bids(world, row)
    later(row.deadline)
    openings.up_to_date(Tender.objects.get(pk=row.pk))
    return row, bids


def scoring(world: World, later: Any) -> Start:
    row, _handed_in = _opened(world, later, "challenge")
    make_panel(Lot.objects.get(tender=row), world.cast.operator, state="scoring")
    return Start(row)


def _judged(world: World, later: Any) -> Tender:
    """A call of which one reader has proposed the result."""
    row, bids = _opened(world, later, "call")
    lot = Lot.objects.select_related("tender__owner").get(tender=row)
    panel: Panel = make_reader(lot, world.cast.member, world.cast.approver)
    finish(panel, {bid.code: [str(90 - 7 * place)] for place, bid in enumerate(bids)})
    return row


def proposed(world: World, later: Any) -> Start:
    return Start(_judged(world, later))


def _publicised(world: World, later: Any) -> Tender:
    row = _judged(world, later)
    result = Result.objects.select_related("tender__owner", "lot").get(tender=row)
    awards.submit_result(
        result, days=5, contact="采购部 0539-8100000", note="", actor=world.cast.approver
    )
    return row


def publicised(world: World, later: Any) -> Start:
    return Start(_publicised(world, later))


def awarded(world: World, later: Any) -> Start:
    row = _publicised(world, later)
    award = Award.objects.select_related("publicity").get(result__tender=row)
    later(award.publicity.ends_at)  # type: ignore[union-attr]
    result = Result.objects.select_related("tender__owner", "lot").get(tender=row)
    awards.confirm_award(result, actor=world.cast.approver)
    deliver()
    return Start(row)


_STARTS: dict[str, Callable[[World, Any], Start]] = {
    one.__name__: one
    for one in (
        taking,
        taking_sealed,
        closed_sealed,
        opened,
        scoring,
        proposed,
        publicised,
        awarded,
    )
}
#: Names of where an example may begin.
STARTS = tuple(_STARTS)
