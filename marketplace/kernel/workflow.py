"""Status flows as data: which moves exist, who may make them, and what must hold first.

The buttons of a page, the `available_actions` of the API and the check in the service all come from
the same table, so they can't disagree. Only `Workflow.fire` assigns a status.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused

#: Takes (subject, now) and returns "" or the reason why the move can't be made.
Guard = Callable[[Any, Any], object]


@dataclass(frozen=True)
class Transition:
    """One legal move. `permission` names a django-rules permission; a move by the clock needs none."""

    name: str
    label: Any
    sources: frozenset[str]
    target: str
    permission: str = ""
    guards: tuple[Guard, ...] = ()
    by_clock: bool = False

    def __init__(
        self,
        name: str,
        label: Any,
        sources: Iterable[str],
        target: str,
        permission: str = "",
        *,
        guards: tuple[Guard, ...] = (),
        by_clock: bool = False,
    ) -> None:
        if bool(permission) == by_clock:
            raise TypeError(f"{name}: a move is made by a person with a permission or by the clock")
        for key, value in {
            "name": name,
            "label": label,
            "sources": frozenset(str(source) for source in sources),
            "target": str(target),
            "permission": permission,
            "guards": guards,
            "by_clock": by_clock,
        }.items():
            object.__setattr__(self, key, value)


@dataclass(frozen=True)
class Workflow:
    """A table of moves over the values of one status enum."""

    states: type[TextChoices]
    initial: str
    transitions: dict[str, Transition] = field(default_factory=dict)

    @classmethod
    def of(cls, states: type[TextChoices], initial: str, *transitions: Transition) -> Self:
        """Build and check a table. Raises TypeError for unknown states or doubled names."""
        known = set(states.values)
        table: dict[str, Transition] = {}
        for move in transitions:
            if not move.sources <= known or move.target not in known:
                raise TypeError(f"{move.name} names an unknown state")
            if move.name in table:
                raise TypeError(f"two moves are called {move.name}")
            table[move.name] = move
        if initial not in known:
            raise TypeError("the initial state is unknown")
        return cls(states, str(initial), table)

    def refusal(self, name: str, subject: Any, actor: Any) -> object:
        """Why `actor` can't make this move now, or "" if it can be made."""
        error = self._error(self.transitions[name], subject, actor)
        return error.reason if error else ""

    def available(self, subject: Any, actor: Any) -> list[Transition]:
        """The moves this person can make now, in the table's order."""
        return [
            move
            for move in self.transitions.values()
            if not move.by_clock and self._error(move, subject, actor) is None
        ]

    def fire(self, name: str, subject: Any, actor: Any, *, at: datetime | None = None) -> None:
        """Make the move: sets `subject.status`, saves nothing.

        `at` is the instant that guards judge by, `clock.database_now()` where a deadline decides.
        Raises Forbidden when the person may not, Refused when the state or a guard says no.
        """
        move = self.transitions[name]
        if error := self._error(move, subject, actor, at):
            raise error
        subject.status = move.target

    def mermaid(self) -> str:
        """The table as a mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for move in self.transitions.values():
            mark = "（到期自动）" if move.by_clock else ""
            lines += [
                f"    {source} --> {move.target}: {move.name}{mark}"
                for source in self.states.values
                if source in move.sources
            ]
        return "\n".join(lines)

    def _error(
        self, move: Transition, subject: Any, actor: Any, at: datetime | None = None
    ) -> Refused | Forbidden | None:
        if move.permission and not actor.has_perm(move.permission, subject):
            return Forbidden()
        if subject.status not in move.sources:
            state = self.states(subject.status).label
            return Refused(
                _("当前状态为“%(state)s”，不能%(act)s") % {"state": state, "act": move.label}
            )
        at = at or clock.now()
        for guard in move.guards:
            if reason := guard(subject, at):
                return Refused(reason)
        return None
