"""Status flows as data: which moves exist, who or what makes them, and what must hold first.

The buttons of a page, the `available_actions` of the API and the check in the service all come from
the same table, so they can't disagree. Only `Workflow.fire` assigns a status.

A move has exactly one kind of author: a person with a permission, the clock (a scheduled task finds
that a deadline has passed), or the system (it follows from a fact: an event elsewhere, the end of a job).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Model, TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused

#: Takes (subject, now) and returns "" or the reason why the move can't be made.
Guard = Callable[[Any, Any], object]


@dataclass(frozen=True)
class Transition:
    """One legal move. Exactly one of these three says who makes it:

    `permission`: a person who holds this django-rules permission for the subject.
    `by_clock`: the scheduled Celery task of this name, such as "needs.expire".
    `by_system`: the site itself, because of a fact elsewhere.

    `refusal` is what a person reads when the subject is in another state; "" stands for a sentence
    that names the state and the move.
    """

    name: str
    label: Any
    sources: frozenset[str]
    target: str
    permission: str = ""
    guards: tuple[Guard, ...] = ()
    by_clock: str = ""
    by_system: bool = False
    refusal: Any = ""

    def __init__(
        self,
        name: str,
        label: Any,
        sources: Iterable[str],
        target: str,
        permission: str = "",
        *,
        guards: tuple[Guard, ...] = (),
        by_clock: str = "",
        by_system: bool = False,
        refusal: Any = "",
    ) -> None:
        if [bool(permission), bool(by_clock), by_system].count(True) != 1:
            raise TypeError(
                f"{name}: a move is made by a person with a permission, by the clock or by the system"
            )
        for key, value in {
            "name": name,
            "label": label,
            "sources": frozenset(str(source) for source in sources),
            "target": str(target),
            "permission": permission,
            "guards": guards,
            "by_clock": by_clock,
            "by_system": by_system,
            "refusal": refusal,
        }.items():
            object.__setattr__(self, key, value)


@dataclass(frozen=True)
class Workflow:
    """A table of moves over the values of one status enum.

    `subject` is the label of the model whose rows move, such as "needs.need"; `column` is the status
    column of that model. A row is created in the state `initial`, or in one of `entries` (rows that
    come in from a file, for example).
    """

    states: type[TextChoices]
    initial: str
    transitions: dict[str, Transition] = field(default_factory=dict)
    subject: str = ""
    column: str = "status"
    entries: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        states: type[TextChoices],
        initial: str,
        *transitions: Transition,
        subject: str = "",
        column: str = "status",
        entries: Iterable[str] = (),
    ) -> Self:
        """Build, check and register a table; one without a subject stays out of the registry.

        Raises TypeError for unknown states, for doubled names, and when the column has a table already.
        """
        known = set(states.values)
        table: dict[str, Transition] = {}
        for move in transitions:
            if not move.sources <= known or move.target not in known:
                raise TypeError(f"{move.name} names an unknown state")
            if move.name in table:
                raise TypeError(f"two moves are called {move.name}")
            table[move.name] = move
        starts = {str(state) for state in entries}
        if not {initial, *starts} <= known:
            raise TypeError("a row would be created in an unknown state")
        flow = cls(states, str(initial), table, subject, column, frozenset(starts))
        if subject:
            if (subject, column) in _flows:
                raise TypeError(f"{subject}.{column} has two tables")
            _flows[subject, column] = flow
        return flow

    @property
    def model(self) -> type[Model]:
        """The model whose rows move. Raises LookupError when `subject` names none."""
        return apps.get_model(self.subject)

    def refusal(self, name: str, subject: Any, actor: Actor | None) -> object:
        """Why `actor` can't make this move now, or "" if it can be made."""
        error = self._error(self.transitions[name], subject, actor)
        return error.reason if error else ""

    def available(self, subject: Any, actor: Actor) -> list[Transition]:
        """The moves this person can make now, in the table's order."""
        return [
            move
            for move in self.transitions.values()
            if move.permission and self._error(move, subject, actor) is None
        ]

    def fire(
        self,
        name: str,
        subject: Any,
        actor: Actor | None,
        *,
        at: datetime | None = None,
        because: object | None = None,
    ) -> None:
        """Make the move: sets the status column of `subject`, saves nothing.

        `actor` is the person, or None for the site itself. A move by the system names its cause in
        `because`: the event that was handled, or the job that has ended; no other move does. `at` is
        the instant that guards judge by, `clock.database_now()` where a deadline decides.
        Raises Forbidden when the person may not, Refused when the state, a guard or the kind of the
        move says no, TypeError when `because` is missing or out of place.
        """
        move = self.transitions[name]
        if move.by_system != (because is not None):
            raise TypeError(f"{name}: `because` is for moves by the system, and they need it")
        if error := self._error(move, subject, actor, at):
            raise error
        setattr(subject, self.column, move.target)

    def mermaid(self) -> str:
        """The table as a mermaid state diagram."""
        starts = [state for state in self.states.values if state in self.entries]
        lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in (self.initial, *starts))]
        for move in self.transitions.values():
            mark = "（到期自动）" if move.by_clock else "（系统自动）" if move.by_system else ""
            lines += [
                f"    {source} --> {move.target}: {move.name}{mark}"
                for source in self.states.values
                if source in move.sources
            ]
        return "\n".join(lines)

    def _error(
        self, move: Transition, subject: Any, actor: Actor | None, at: datetime | None = None
    ) -> Refused | Forbidden | None:
        if move.permission and (actor is None or not actor.has_perm(move.permission, subject)):
            return Forbidden()
        if not move.permission and actor is not None:
            return Refused(_("“%(act)s”由系统自动完成，不能手动操作") % {"act": move.label})
        status = getattr(subject, self.column)
        if status not in move.sources:
            if move.refusal:
                return Refused(move.refusal)
            state = self.states(status).label
            return Refused(
                _("当前状态为“%(state)s”，不能%(act)s") % {"state": state, "act": move.label}
            )
        at = at or clock.now()
        for guard in move.guards:
            if reason := guard(subject, at):
                return Refused(reason)
        return None


_flows: dict[tuple[str, str], Workflow] = {}


def flows() -> tuple[Workflow, ...]:
    """Every registered table, sorted by subject and column. Complete once Django has loaded models."""
    return tuple(flow for _key, flow in sorted(_flows.items()))


def flow_of(model: type[Model], column: str = "status") -> Workflow | None:
    """The table of this model's status column, or None when it has none."""
    return _flows.get((model._meta.label_lower, column))  # noqa: SLF001 -- public by Django's documentation
