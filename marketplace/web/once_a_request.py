"""Numbers that several parts of one page show: each is asked of the database once for a request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import unwrap
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def fresh() -> Iterator[None]:
    """Remember answers until the end of this block: one request."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once_a_request(ask: Function) -> Function:
    """Remember the answer of `ask(…, user)` until the request ends; outside of a request never.

    For what is shown, not for what is decided on: a write in the same request is not noticed.
    """

    @wraps(ask)
    def asked(*given: Any) -> Any:
        answers = _answers.get()
        if answers is None:
            return ask(*given)
        key = _key(ask, given)
        if key not in answers:
            answers[key] = ask(*given)
        return answers[key]

    return asked  # type: ignore[return-value]


def is_remembering() -> bool:
    """Whether a request runs, whose answers are remembered."""
    return _answers.get() is not None


def remembered(asked: Callable[..., Any], *given: Any) -> Any:
    """The answer that a function of `once_a_request` gave in this request; None when it was not asked."""
    answers = _answers.get()
    return None if answers is None else answers.get(_key(unwrap(asked), given))


def _key(ask: Callable[..., Any], given: tuple[Any, ...]) -> tuple[Any, ...]:
    # A user is known by key, since the request's lazy object and the user behind it are the same
    # person; what else is given, such as a kind of listing, lives as long as the process.
    *others, user = given
    return (ask, *map(id, others), user.pk)
