"""The shapes of a thread: its stages, the records in each, and the days between them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from marketplace.files.models import Attachment
from marketplace.kernel.clock import day_of


class Fact(NamedTuple):
    """One line of a record, in the reader's language."""

    label: Any
    value: Any


@dataclass(frozen=True)
class Piece:
    """One record of a stage as its reader may see it.

    `at` is the instant (UTC) or the day on which the stage was reached by this record; None while it has
    not been. `files` are those that the reader may open.
    """

    code: str
    title: str
    state: Any
    at: datetime | date | None
    url: str = ""
    facts: Sequence[Fact] = ()
    files: Sequence[Attachment] = ()

    @property
    def day(self) -> date | None:
        """The day of `at` in Asia/Shanghai."""
        return day_of(self.at) if isinstance(self.at, datetime) else self.at


@dataclass(frozen=True)
class Stage:
    """One stage with its records, oldest first.

    A stage without a record is a gap once a later stage has one, and open otherwise; a stage that not
    every undertaking passes is then left out (`is_skipped`) instead. `days` counts from the stage before
    it that was reached; None where either day is missing.
    """

    name: str
    label: Any
    pieces: Sequence[Piece]
    is_gap: bool = False
    is_skipped: bool = False
    days: int | None = None

    @property
    def day(self) -> date | None:
        """The first day on which the stage was reached."""
        return min((piece.day for piece in self.pieces if piece.day is not None), default=None)


@dataclass(frozen=True)
class Thread:
    """One undertaking from its listing to the counted yuan, as one reader may see it."""

    code: str
    title: str
    stages: Sequence[Stage] = field(default_factory=tuple)
    is_sample: bool = False

    @property
    def files(self) -> list[tuple[str, Attachment]]:
        """Every file that the reader may open, with the name of its stage; each file once."""
        found: dict[int, tuple[str, Attachment]] = {}
        for stage in self.stages:
            for piece in stage.pieces:
                for row in piece.files:
                    found.setdefault(row.pk, (stage.name, row))
        return list(found.values())


def with_gaps(stages: Sequence[Stage], *, not_needed: Collection[str] = ()) -> list[Stage]:
    """The same stages with gaps and days between; those of `not_needed` are no gap when they are empty.

    >>> [s.is_gap for s in with_gaps([Stage("a", "a", []), Stage("b", "b", [])])]
    [False, False]
    """
    last = max((n for n, stage in enumerate(stages) if stage.pieces), default=-1)
    found, before = [], None
    for n, stage in enumerate(stages):
        days = None
        if stage.day is not None:
            days = (stage.day - before).days if before is not None else None
            before = stage.day
        passed = not stage.pieces and n < last
        skipped = passed and stage.name in not_needed
        found.append(replace(stage, is_gap=passed and not skipped, is_skipped=skipped, days=days))
    return found
