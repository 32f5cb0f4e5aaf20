"""What the record proves of a broker: acknowledged introductions, intents, contracts.

The parts of the product that hold such facts register a source, so that the page of a broker, the API
and the yearly form count alike.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.brokerage.models import Broker

INTRODUCTION, INTENT, CONTRACT = "introduction", "intent", "contract"


@dataclass(frozen=True)
class Fact:
    """One acknowledged introduction, agreed intent or contract. Amounts are in fen.

    `title` and `fields` say what it was about without naming anybody: the public list shows only them,
    kind and month. The rest is for the yearly form.
    """

    kind: str
    at: datetime
    title: str
    name: str = ""
    number: str = ""
    buyer: str = ""
    seller: str = ""
    #: 成交额: the whole contract.
    amount_fen: int | None = None
    #: 技术交易额: the part of it that is technical.
    technical_fen: int | None = None
    #: The code of the contract. Several sources may tell of one contract; it counts once.
    contract: str = ""
    #: Whether the contract is in the official register. The yearly form counts no other.
    is_registered: bool = False
    #: Whether the subject was an achievement, which the form lists apart.
    is_achievement: bool = False


@dataclass(frozen=True)
class Record:
    """The facts of one broker, newest first."""

    facts: Sequence[Fact] = field(default_factory=list)

    def of(self, kind: str) -> list[Fact]:
        """The facts of one kind."""
        return [fact for fact in self.facts if fact.kind == kind]

    @property
    def introductions(self) -> int:
        """How many introductions were acknowledged by both sides."""
        return len(self.of(INTRODUCTION))

    @property
    def intents(self) -> int:
        """How many of them led to an agreed intent."""
        return len(self.of(INTENT))

    @property
    def contracts(self) -> int:
        """How many led to a contract."""
        return len(self.of(CONTRACT))

    def __bool__(self) -> bool:
        return bool(self.facts)


#: Takes ids of brokers and a half-open period (None: open); gives facts by broker.
Source = Callable[[Sequence[int], datetime | None, datetime | None], "dict[int, list[Fact]]"]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Add a source of facts; called when apps are ready. Registering twice counts once."""
    if source not in _sources:
        _sources.append(source)


def records_of(
    brokers: Iterable[Broker], since: datetime | None = None, until: datetime | None = None
) -> dict[int, Record]:
    """The records of these brokers by id; one call of each source however many there are."""
    ids = [row.pk for row in brokers]
    found: dict[int, list[Fact]] = {pk: [] for pk in ids}
    for source in _sources:
        for pk, facts in source(ids, since, until).items():
            found[pk] += facts
    return {
        pk: Record(sorted(once_each(facts), key=lambda fact: fact.at, reverse=True))
        for pk, facts in found.items()
    }


def once_each(facts: Iterable[Fact]) -> list[Fact]:
    """The facts with each contract once: as the register has it, where it was registered."""
    found: list[Fact] = []
    contracts: dict[str, Fact] = {}
    for fact in facts:
        if not fact.contract:
            found.append(fact)
        elif fact.contract not in contracts or fact.is_registered:
            contracts[fact.contract] = fact
    return [*found, *contracts.values()]


def record_of(
    broker: Broker, since: datetime | None = None, until: datetime | None = None
) -> Record:
    """The record of one broker, of all time or within a half-open period."""
    return records_of([broker], since, until)[broker.pk]
