"""How an application declares an index: fields, and a source of documents.

The engine has no list of models. The owner of the data registers an `IndexSpec` at start; everything else
(tokens, index, facets, suggestions, vectors) follows from it. A document contains only what any visitor
may read.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = frozenset({"id", "rev", "tokens", "visible"})


@dataclass(frozen=True, kw_only=True)
class Text:
    """Text that is searched by its words.

    `weight` multiplies the score of a hit in it. Titles are indexed apart:
    BM25 already scores a hit in a shorter text higher, so a title gets no extra weight. `suggest` above 0
    makes the whole text a completion in the search box; higher numbers come first.

    A `translation` is the same content in English. It is indexed apart, so that a row with a translation is
    not ranked lower for its longer text; only words that are not Chinese are searched in it. `naming` are
    names and numbers of the row (its owner, its code): the search box finds the row by them, but `match`
    ignores them, since they do not describe the subject. Neither is part of a vector.
    """

    weight: float = 1.0
    title: bool = False
    suggest: int = 0
    translation: bool = False
    naming: bool = False


Lookup = Callable[[Sequence[Any]], Q]


@dataclass(frozen=True, kw_only=True)
class Filterable:
    """A field to filter by, and how the database answers the same (`Table`).

    `column` is the column of the table that holds the value: it is compared, put in ranges and sorted
    by. Where a value is not simply in a column, `lookup(values)` is the condition for "has one of these
    values". Neither changes what is indexed.
    """

    column: str = field(default="", repr=False, compare=False)
    lookup: Lookup | None = field(default=None, repr=False, compare=False)

    @property
    def is_in_table(self) -> bool:
        """Whether the database can filter by it."""
        return bool(self.column) or self.lookup is not None


@dataclass(frozen=True, kw_only=True)
class Keyword(Filterable):
    """One exact value, or several (`multi`), to filter by and to count; strings only."""

    multi: bool = False
    suggest: int = 0

    @property
    def is_in_table(self) -> bool:
        """A column holds one value: several are filtered by a `lookup`."""
        return self.lookup is not None or (bool(self.column) and not self.multi)


@dataclass(frozen=True, kw_only=True)
class Number(Filterable):
    """A whole or decimal number, to filter by range and to sort by; None when unknown."""


@dataclass(frozen=True, kw_only=True)
class Date(Filterable):
    """A date or an aware datetime, kept to the second in UTC; None when unknown."""


@dataclass(frozen=True, kw_only=True)
class Bool(Filterable):
    """Yes or no, to filter by and to count."""


Field = Text | Keyword | Number | Date | Bool
Document = Mapping[str, Any]
SourceRow = tuple[str, int, Document | None]
Source = Callable[[Sequence[str] | None], Iterable[SourceRow]]
Shown = Callable[[Sequence[str]], Iterable[str]]
Preparer = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of an index in the database: the source of lists without words while the index is away.

    `rows()` yields the rows that may be found, with whatever aliases the fields' columns name. `id` and
    `rev` are the columns of what `source` yields under these names. By the fields in `unfiltered` no list
    is filtered or sorted. What is answered from a table: `search.table`.
    """

    rows: Callable[[], QuerySet[Any]]
    id: str
    rev: str = "rev"
    unfiltered: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class IndexSpec:
    """One index.

    `source(ids)` yields `(id, rev, document)` for these ids, or for all when `ids` is None. The
    document is None when the row exists but must not be found (withdrawn, expired): such a tombstone
    keeps its `rev`, so that a late older write cannot bring the row back. A row that is gone for good
    is simply not yielded. `size()` estimates how many rows there are, which decides whether a lost
    index is rebuilt within the request or beside it. `passage(document)` is the text that becomes the
    row's vector. `default_sort` orders results without a text, such as `-published_at`. `label` is the
    index's name for people. `newest(words)` yields what is shown and has all these words, as far as the
    database can tell quickly, newest first: what is answered from while there is no index.
    `shown(ids)` yields which of these rows may be shown now, in one query: completions are checked by it,
    since they may be asked for before the row's withdrawal has reached them. `prepare(text)` is applied to
    a whole text of one of these rows before it is used as a question (`engine.match`, `written_as`): it
    takes out what says nothing of the subject, such as set phrases. Documents are indexed without it.
    `table` is the database's own source of lists.
    """

    name: str
    fields: Mapping[str, Field]
    source: Source = field(repr=False)
    size: Callable[[], int] | None = field(default=None, repr=False)
    passage: Callable[[Document], str] | None = field(default=None, repr=False)
    default_sort: str = ""
    label: Any = ""
    newest: Callable[[Sequence[str]], Iterable[SourceRow]] | None = field(default=None, repr=False)
    shown: Shown | None = field(default=None, repr=False)
    prepare: Preparer | None = field(default=None, repr=False)
    table: Table | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in (self.name, *self.fields):
            if not _NAME.fullmatch(name) or "__" in name or name in _RESERVED:
                raise ValueError(f"{name!r} cannot name an index or a field")
        if not self.texts:
            raise ValueError(f"index {self.name} has no text to search in")
        if self.default_sort and not self.sortable(self.default_sort):
            raise ValueError(f"index {self.name} cannot sort by {self.default_sort}")
        if self.table is not None and (lacking := self._not_in(self.table)):
            raise ValueError(f"the table of index {self.name} cannot filter by {lacking}")

    def _not_in(self, table: Table) -> list[str]:
        """The fields that lists may be filtered by and the database cannot filter by."""
        return [
            name
            for name, kind in self.fields.items()
            if isinstance(kind, Filterable)
            and name not in table.unfiltered
            and not kind.is_in_table
        ]

    @property
    def texts(self) -> dict[str, Text]:
        """The searched fields, in the order declared."""
        return {name: kind for name, kind in self.fields.items() if isinstance(kind, Text)}

    @property
    def prose(self) -> dict[str, Text]:
        """The texts without translations and names: what a row is about."""
        return {
            name: kind for name, kind in self.texts.items() if not (kind.translation or kind.naming)
        }

    def sortable(self, sort: str) -> bool:
        """Whether `sort` (a field, `-` before it for descending) names a number or a date."""
        return isinstance(self.fields.get(sort.removeprefix("-")), Number | Date)

    def passage_of(self, document: Document) -> str:
        """The text that becomes the document's vector: titles, then 200 characters of the rest."""
        if self.passage is not None:
            return self.passage(document)
        titles = [str(document.get(n) or "") for n, kind in self.prose.items() if kind.title]
        bodies = [str(document.get(n) or "") for n, kind in self.prose.items() if not kind.title]
        return " ".join([*titles, " ".join(bodies)[:200]]).strip()


_specs: dict[str, IndexSpec] = {}


def register(spec: IndexSpec) -> IndexSpec:
    """Make an index known; called once per process, from an app's `ready()`."""
    _specs[spec.name] = spec
    return spec


def unregister(name: str) -> None:
    """Remove an index from the register; for temporary indexes and tests."""
    _specs.pop(name, None)


def get(name: str) -> IndexSpec:
    """The index of that name; KeyError with the known names when there is none."""
    try:
        return _specs[name]
    except KeyError:
        raise KeyError(f"no index {name!r}; there are {', '.join(sorted(_specs))}") from None


def table_of(name: str) -> Table:
    """The table of an index; KeyError when there is no such index, or it has none."""
    table = get(name).table
    if table is None:
        raise KeyError(f"index {name} has no table")
    return table


def all_specs() -> list[IndexSpec]:
    """Every registered index, by name."""
    return [_specs[name] for name in sorted(_specs)]
