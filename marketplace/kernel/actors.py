"""Who acts: the type of every `actor` parameter, without a dependency on the model of a person."""

from typing import Any, Protocol


class Actor(Protocol):
    """A person who is signed in, or a visitor (`AnonymousUser`).

    `Actor | None` is for writes that the site also makes by itself: None is a scheduled task or a
    handler. A service that needs more than this (a membership, a language) takes `parties.models.User`.
    """

    @property
    def pk(self) -> Any:
        """The primary key; None for a visitor."""

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether this person holds a django-rules permission, for one object or in general."""
