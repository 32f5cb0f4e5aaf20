"""What a slice says about itself, once, and the register in which the shells read it.

Each slice has a module `slice.py` with one `Slice(...)`, registered when its app is ready. The shells
(portal, workbench, API, beat, sitemap, search) read the register and name no slice. Lists that a
reader sees are ordered by `order`, and by the order of registration where that is equal.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern

from marketplace.kernel import clock
from marketplace.web.slots import Contribution, contribute


def everyone(_user: Any) -> bool:
    """A menu entry that everybody who is signed in sees."""
    return True


@dataclass(frozen=True)
class MenuItem:
    """One entry of the workbench menu. `page` is a URL name, `group` a key of the workbench's GROUPS.

    `seen_by` decides for a user, `count` gives the number beside the entry: from lists declared by
    `parties.queries.counting.counted_for_menu`, so that one statement counts for all entries.
    """

    label: Any
    page: str
    icon: str
    group: str
    order: int
    seen_by: Callable[[Any], bool] = everyone
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class SiteLink:
    """A link to a page of the slice, in one of the site's own lists of links.

    `place`: `header`; `find`, `deal` or `help`, which are columns of the footer; `start`, what a
    member can begin on the workbench; `editor`, what editors may link to by name; `browse`, the lists
    that an empty page leads to; `unmet`, what to do where a search found nothing.
    """

    place: str
    label: Any
    page: str
    order: int


@dataclass(frozen=True)
class Todo:
    """One thing that a person should do: what, why, where.

    The urgent come first, then the nearest `due_at`, then the lowest `order`. Its slice declares the list behind it
    by `parties.queries.counting.counted_for_todos` and reads rows where the list has any.
    """

    icon: str
    title: str
    text: str
    action: str
    url: str
    due_at: datetime | None = None
    urgent: bool = False
    order: int = 50

    @property
    def due(self) -> str:
        """The last day in which it may still be done."""
        return clock.last_day(self.due_at).isoformat() if self.due_at else ""


@dataclass(frozen=True)
class Overview:
    """A panel of numbers on the workbench's first page, for people who work for an organisation.

    `numbers(user)` gives label and number of each line, in one query; `page` is the full list.
    """

    title: Any
    icon: str
    page: str
    order: int
    numbers: Callable[[Any], list[tuple[Any, int]]]


@dataclass(frozen=True)
class ReviewQueue:
    """What waits for the decision of a reviewer.

    `rows(user)` are the rows that this user decides on, oldest first, each with `code`, `title`,
    `owner` and `submitted_at`; `page` is the URL name of the decision and takes the code. Rows with
    a `template` of their own stand in a panel above the common table; it is given `rows`.
    """

    label: Any
    page: str
    order: int
    rows: Callable[[Any], "QuerySet[Any]"]
    count: Callable[[Any], int]
    template: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the site's search: `name` is the index, `rows(user, ids)` the rows of its hits.

    The template shows one `row`, with what was `searched`. `scope` is the short label of the choice
    in the search box; without one the section is found by a search of everything only.
    """

    name: str
    label: Any
    rows: Callable[[Any, list[str]], list[Any]]
    template: str
    page: str
    order: int
    scope: Any = ""


@dataclass(frozen=True)
class CodePage:
    """The page of a public code: two letters, who may see which rows, a URL name that takes the code."""

    prefix: str
    visible_to: Callable[[Any], "QuerySet[Any]"]
    page: str


@dataclass(frozen=True)
class Sitemap:
    """Rows that search engines are told of, in a stable order, each with `code` and `updated_at`."""

    name: str
    rows: Callable[[], "QuerySet[Any]"]
    page: str


@dataclass(frozen=True)
class Schedule:
    """A Celery task that beat sends every `every` seconds."""

    task: str
    every: float


@dataclass(frozen=True)
class Kept:
    """A sample that stays, since rows that are no samples refer to it; `because` names them."""

    name: str
    because: str


#: Called as progress(name, done, total) while samples are loaded.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Samples:
    """Sample data of a slice. Loaded from the lowest `order` up, removed from the highest down.

    `load` adds what is lacking. `remove` gives the number of rows that went, by name, and what stays.
    """

    what: str
    order: int
    load: Callable[[Progress], None]
    remove: Callable[[], tuple[dict[str, int], list[Kept]]]


@dataclass(frozen=True)
class Slice:
    """Everything that the shells need to know of one slice.

    `name` is its app label and URL namespace. `urls` names a module with the lists `public`,
    `workbench` and `api`, of which any may be absent; a process that serves no pages never imports it.
    A slice with workbench pages but no menu entry says why in `no_menu`.
    """

    name: str
    urls: str = ""
    menu: tuple[MenuItem, ...] = ()
    no_menu: str = ""
    links: tuple[SiteLink, ...] = ()
    todos: tuple[Callable[[Any], Iterable[Todo]], ...] = ()
    overviews: tuple[Overview, ...] = ()
    reviews: tuple[ReviewQueue, ...] = ()
    sections: tuple[Section, ...] = ()
    codes: tuple[CodePage, ...] = ()
    sitemaps: tuple[Sitemap, ...] = ()
    #: Paths of sitemap files that the slice serves itself.
    sitemap_files: tuple[str, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    samples: Samples | None = None
    slots: tuple[Contribution, ...] = ()

    def addresses(self, part: str) -> list[URLPattern]:
        """The slice's list of addresses of that name; empty where it has none."""
        return list(getattr(import_module(self.urls), part, [])) if self.urls else []


_slices: dict[str, Slice] = {}


def register(declared: Slice) -> None:
    """Make a slice known; called when its app is ready."""
    _slices[declared.name] = declared
    parts.cache_clear()
    for contribution in declared.slots:
        contribute(contribution)


def slices() -> tuple[Slice, ...]:
    """Every slice, in the order of INSTALLED_APPS."""
    return tuple(_slices.values())


@cache
def parts(name: str) -> tuple[Any, ...]:
    """All parts of one kind, such as "menu" or "sections", of all slices, in their order."""
    found = [part for one in slices() for part in getattr(one, name)]
    return tuple(sorted(found, key=lambda part: getattr(part, "order", 0)))


def scopes() -> list[Section]:
    """The sections that the search box offers by themselves."""
    return [section for section in parts("sections") if section.scope]
