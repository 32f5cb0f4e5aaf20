"""What the shared pages must be told about one kind of listing, and which kinds there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from marketplace.kernel.workflow import Workflow
from marketplace.listings.exports import ListingColumn
from marketplace.listings.filters import Facet
from marketplace.listings.forms import Step
from marketplace.listings.rulebook import Quality


@dataclass(frozen=True)
class Move:
    """A move as a page offers it: what it asks for, what it will do, how it is made."""

    run: Callable[..., Any]
    explain: Any
    form: type[forms.Form] | None = None
    danger: bool = False
    done: Any = ""


@dataclass(frozen=True)
class Shape:
    """The functions of the slice that the pages call: two questions and the writes."""

    visible_to: Callable[[Any], QuerySet[Any]]
    own: Callable[[Any], QuerySet[Any]]
    queue: Callable[[Any], QuerySet[Any]]
    quality: Callable[[Any], Quality]
    create: Callable[..., Any]
    create_whole: Callable[..., Any]
    save: Callable[..., Any]
    submit: Callable[..., Any]
    give_back: Callable[..., Any]
    publish: Callable[..., Any]
    contact: Callable[..., dict[str, str]]


@dataclass(frozen=True)
class Kind:
    """One kind of listing: `name` is slice, URL namespace, index and template folder in one."""

    name: str
    noun: str
    title: Any
    model: Any
    flow: Workflow
    steps: tuple[Step, ...]
    shape: Shape
    moves: dict[str, Move]
    facets: Sequence[Facet]
    return_reasons: Sequence[tuple[str, Any]]
    columns: Sequence[ListingColumn] = ()
    #: Child tables that an exported row needs.
    children: tuple[str, ...] = ("indicators",)

    @property
    def prefix(self) -> str:
        """The two letters that its codes begin with, such as `XQ`."""
        prefix: str = self.model._meta.get_field("code").prefix  # noqa: SLF001 -- public API of Django
        return prefix

    @property
    def subject(self) -> str:
        """The journal's and the files' name for it, such as `needs.need`."""
        return f"{self.name}.{self.noun}"

    def perm(self, verb: str) -> str:
        """A permission's full name, such as `needs.edit_need`."""
        return f"{self.name}.{verb}_{self.noun}"

    def template(self, page: str) -> str:
        """A template of the slice, such as `needs/need_detail.html`."""
        return f"{self.name}/{self.noun}_{page}.html"

    def url(self, view: str, *args: object) -> str:
        """A URL of the slice."""
        return reverse(f"{self.name}:{view}", args=args)

    def step(self, key: str) -> Step | None:
        """The step of that key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def after(self, key: str) -> str:
        """The key of the step after this one; "check" after the last."""
        keys = [*(step.key for step in self.steps), "check"]
        return keys[keys.index(key) + 1]


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a kind known; called when the app of its slice is ready."""
    _kinds[kind.name] = kind


def kinds() -> tuple[Kind, ...]:
    """Every kind of listing, in the order of registration."""
    return tuple(_kinds.values())


def kind_named(name: str) -> Kind:
    """The kind of that name, such as `needs`. KeyError when there is none."""
    return _kinds[name]
