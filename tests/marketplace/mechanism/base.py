"""Where an example begins, and what every rule needs."""

import random
import secrets
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any, ClassVar
from unittest import mock

from django.db import transaction

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
)

from marketplace.awards import queries as award_queries
from marketplace.awards.models import Award, Result
from marketplace.bids.models import Bid
from marketplace.bids.workflow import LIVE as LIVE_BIDS
from marketplace.evaluation import queries as evaluation_queries
from marketplace.evaluation.models import Panel, Seat
from marketplace.evaluation.workflow import OPEN_PANELS
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.publicity.models import Objection
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.workflow import OPEN
from tests.marketplace.mechanism.starts import STARTS, World

FIRM = st.integers(0, 2)
SEAT = st.integers(0, 4)
POINTS = st.sampled_from(["0", "60", "80.25", "99.5", "100"])
GROUNDS = Objection.Ground.values
MOVES = (
    "uphold",
    "dismiss",
    "withdraw",
    "complain",
    "admit",
    "refuse",
    "sustain",
    "reject",
    "report",
    "remedy",
)


def when(holds: Callable[[Any], bool]) -> Any:
    """The rule does nothing unless this holds.

    Not a precondition: what is drawn next must not depend on rows, or a replay that finds others is an error.
    """

    def decorate(act: Any) -> Any:
        @wraps(act)
        def guarded(self: Any, *given: Any, **said: Any) -> None:
            self.idle = not holds(self)
            if not self.idle:
                act(self, *given, **said)

        return guarded

    return decorate


def at(*stages: str) -> Any:
    """The rule acts while the lot is in one of these stages."""
    return when(lambda self: self.stage in stages)


class Base(RuleBasedStateMachine):
    """One tender in a savepoint that is rolled back. `world` is set by the test."""

    world: ClassVar[World]
    #: How often a rule's act was let through.
    went: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.saved = transaction.savepoint()
        self.time = ExitStack()
        self.since = Entry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        self.plain: dict[tuple[str, int], dict[str, Any]] = {}
        self.ended: dict[str, Any] = {}
        self.stage = ""
        self.is_open = False
        self.stood = False
        self.idle = False

    @initialize(name=st.sampled_from(STARTS))
    def start(self, name: str) -> None:
        """Begin at a place of the way."""
        begun = self.world.starts[name]
        self.cast = self.world.cast
        self.row, self.seals = begun.tender, dict(begun.seals)
        # Always the same instant, however long the examples before this one took.
        self.time.enter_context(clock.shift(begun.at - clock.now()))
        # The same acts lead to the same rows: codes and draws decide orders.
        draw = random.Random(14)
        same = {
            "token_bytes": lambda size=32: draw.randbytes(size),
            "token_hex": lambda size=32: draw.randbytes(size).hex(),
            "choice": draw.choice,
            "randbelow": draw.randrange,
        }
        self.time.enter_context(mock.patch.multiple(secrets, **same))
        # The clock has nothing to do with the tenders of other examples.
        Tender.objects.exclude(pk=self.row.pk).update(next_check=None)
        self.look()

    @property
    def tender(self) -> Tender:
        return Tender.objects.select_related("owner").get(pk=self.row.pk)

    @property
    def lot(self) -> Lot:
        return Lot.objects.select_related("tender__owner").get(tender=self.row)

    def look(self) -> None:
        self.stage = self.lot.stage
        self.is_open = self.tender.status_at(clock.database_now()) in OPEN

    def attempt(self, act: Any) -> bool:
        """Whether it was let through. What is refused for a reason changes nothing; any other error is a fault."""
        try:
            with transaction.atomic():
                act()
        except DomainError:
            return False
        self.went[sys._getframe(1).f_code.co_name] += 1
        return True

    def bid(self, firm: int) -> Bid | None:
        org, _person = self.world.firms[firm]
        rows = Bid.objects.filter(tender=self.row, organization=org, status__in=sorted(LIVE_BIDS))
        return rows.first()

    def result(self) -> Result | None:
        rows = Result.objects.select_related("tender__owner", "lot").filter(tender=self.row)
        return rows.order_by("-round").first()

    def award(self) -> Award | None:
        found = self.result()
        return award_queries.award_of(found) if found is not None else None

    def panel(self) -> Panel | None:
        rows = Panel.objects.filter(lot__tender=self.row, status__in=sorted(OPEN_PANELS))
        return rows.select_related("lot__tender__owner").first()

    def seat(self, number: int) -> Seat | None:
        panel = self.panel()
        seats = evaluation_queries.sitting_of(panel) if panel is not None else []
        return seats[number % len(seats)] if seats else None
