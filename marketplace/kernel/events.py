"""Events: past-tense facts that a service publishes, and the handlers that listen.

The class name and the field names of an event are stored in the database: do not rename them, and
give new fields a default. A handler runs after commit, at least once, independently of the others.
So it reads the row again before it acts, and running it twice must do no harm.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self, TypeVar

_F = TypeVar("_F", bound=Callable[[Any], None])

_events: dict[str, type["Event"]] = {}
_handlers: dict[str, "Handler"] = {}
_listeners: dict[str, list[str]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One fact about one subject. `label` is what the history page says."""

    subject_id: int
    subject_kind: ClassVar[str]
    label: ClassVar[Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__name__ in _events:
            raise TypeError(f"two events are called {cls.__name__}")
        _events[cls.__name__] = cls

    def payload(self) -> dict[str, Any]:
        """Everything but the subject, as plain JSON values."""
        values = asdict(self)
        values.pop("subject_id")
        return values

    @classmethod
    def restore(cls, subject_id: int, payload: dict[str, Any]) -> Self:
        """Rebuild the event from its stored payload. Fields that no longer exist are left out."""
        known = {field.name for field in fields(cls)}
        kept = {name: value for name, value in payload.items() if name in known}
        return cls(subject_id=subject_id, **kept)


@dataclass(frozen=True)
class Handler:
    """A function that receives events: a list of them with `batch`, otherwise one."""

    name: str
    run: Callable[[Any], None]
    batch: bool


def on(*events: type[Event], batch: bool = False, name: str = "") -> Callable[[_F], _F]:
    """Register a function as a handler of these events, under `name`, else `module.function`."""

    def register(function: _F) -> _F:
        known = name or f"{function.__module__.removeprefix('marketplace.')}.{function.__name__}"
        if known in _handlers:
            raise TypeError(f"two handlers are called {known}")
        _handlers[known] = Handler(known, function, batch)
        for event in events:
            _listeners.setdefault(event.__name__, []).append(known)
        return function

    return register


def event_named(name: str) -> type[Event] | None:
    """The event class of a stored name, or None when no such event exists any more."""
    return _events.get(name)


def all_events() -> list[type[Event]]:
    """Every event class, sorted by name."""
    return [_events[name] for name in sorted(_events)]


def handler_named(name: str) -> Handler | None:
    """The handler of a stored name, or None when it no longer exists."""
    return _handlers.get(name)


def handlers_of(event: type[Event]) -> list[str]:
    """The names of the handlers of this event."""
    return list(_listeners.get(event.__name__, []))
