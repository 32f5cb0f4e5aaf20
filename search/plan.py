"""What a backend receives: queries as bounded lists of terms, and rows ready to write."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Protocol, TypeVar

from search.analysis import (
    MAX_CHARACTERS,
    Word,
    has_chinese,
    tokenize,
    version,
)
from search.query import Hit, Range, RangeFacet, Value
from search.schema import Bool, Date, Document, Field, IndexSpec, Keyword, Number, Text

# Raised when the stored form of a row changes; an index with another number is rebuilt.
FORMAT = 1
MAX_KEYWORD = 200
MAX_KEYWORDS = 200

Stored = str | int | float | bool


@dataclass(frozen=True)
class Stream:
    """Texts of one weight that are indexed together, as words and as grams."""

    name: str
    weight: float
    fields: tuple[str, ...]
    translation: bool = False
    naming: bool = False

    def takes(self, plan: "Plan") -> bool:
        """Whether a plan searches this stream: `find` also searches names, `match` does not."""
        return not self.naming or plan.required > 0


@dataclass(frozen=True)
class Term:
    """One token to be OR-ed; `count` is how often the query has it."""

    text: str
    kind: str  # "words" or "grams"
    count: int

    def may_stand_in(self, stream: Stream) -> bool:
        """Whether this stream can contain the term: a translation has no Chinese words."""
        return not (stream.translation and has_chinese(self.text))


@dataclass(frozen=True)
class Plan:
    """A search to run: which rows (words, filters), in which order, what to count.

    At least `required` of `words` must be in a row, each as one of its forms or as all its grams.
    With `required` 0 any of `terms` is enough, and without terms every visible row is found.
    """

    terms: tuple[Term, ...] = ()
    words: tuple[Word, ...] = ()
    required: int = 0
    filters: Mapping[str, Sequence[Value] | Range] = field(default_factory=dict)
    facets: tuple[str | RangeFacet, ...] = ()
    sort: str = ""
    offset: int = 0
    limit: int = 20
    count: bool = True


@dataclass(frozen=True)
class Answer:
    """The result of a plan; `total` is 0 when the plan does not count."""

    hits: list[Hit]
    total: int
    facets: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Row:
    """A document ready to be indexed: token streams and plain values. A tombstone has neither."""

    id: str
    rev: int
    visible: bool
    streams: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    values: Mapping[str, tuple[Stored, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Revision:
    """The state of a row in an index."""

    id: str
    rev: int
    visible: bool


_Number = TypeVar("_Number", int, float)


class Load(Protocol):
    """Reads rows as they are now: these, or all (None), leaving out those held at their revision."""

    def __call__(
        self, ids: Sequence[str] | None, held: Mapping[str, int] | None = None, /
    ) -> Iterable[Row]:
        """`held` maps ids to the revisions that are not read again."""


Progress = Callable[[int, int | None], None]


def streams_of(spec: IndexSpec) -> list[Stream]:
    """The streams of an index: texts of one kind and weight share one, as fewer streams are faster."""
    groups: dict[tuple[bool, bool, bool, float], list[str]] = {}
    for name, kind in spec.texts.items():
        key = (not kind.naming, not kind.translation, kind.title, kind.weight)
        groups.setdefault(key, []).append(name)
    return [
        Stream(f"s{number}", weight, tuple(names), not original, not about)
        for number, ((about, original, _title, weight), names) in enumerate(
            sorted(groups.items(), reverse=True)
        )
    ]


def fingerprint(spec: IndexSpec) -> str:
    """A hash that changes when an existing index can no longer be used."""
    parts = [FORMAT, version()]
    parts += [f"{name}={kind!r}" for name, kind in spec.fields.items()]
    return sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


def row_of(spec: IndexSpec, id_: str, rev: int, document: Document | None) -> Row:
    """The document in indexed form; a tombstone when it is None or not visible."""
    if document is None or not document.get("visible", True):
        return Row(id_, rev, visible=False)
    streams = {}
    for stream in streams_of(spec):
        text = "\n".join(str(document.get(name) or "") for name in stream.fields)
        tokens = tokenize(text[:MAX_CHARACTERS])
        streams[stream.name] = (" ".join(tokens.words), " ".join(tokens.grams))
    values = {
        name: stored(kind, document.get(name))
        for name, kind in spec.fields.items()
        if not isinstance(kind, Text)
    }
    return Row(id_, rev, visible=True, streams=streams, values=values)


def load_from(spec: IndexSpec) -> Load:
    """The spec's source as rows ready to index."""

    def load(ids: Sequence[str] | None, held: Mapping[str, int] | None = None) -> Iterator[Row]:
        for id_, rev, document in spec.source(ids):
            if held is None or held.get(str(id_)) != rev:
                yield row_of(spec, str(id_), int(rev), document)

    return load


def stored(kind: Field, value: object) -> tuple[Stored, ...]:
    """A document's value in stored form; values that do not fit the field are left out."""
    if value is None or value == "":
        return ()
    many = value if isinstance(value, list | tuple | set | frozenset) else [value]
    if isinstance(kind, Keyword):
        distinct = dict.fromkeys(keyword(item) for item in many)
        return tuple(item for item in distinct if item)[:MAX_KEYWORDS]
    if isinstance(kind, Bool):
        return (bool(value),)
    number = number_of(kind, value)
    return () if number is None else (number,)


def label_of(kind: Field, key: object) -> str:
    """An engine's bucket key as the value that a filter takes."""
    if isinstance(kind, Bool):
        return "true" if key else "false"
    if isinstance(key, float) and key.is_integer():
        return str(int(key))
    return str(key)


def keyword(value: object) -> str:
    """A keyword as it is stored and compared: bounded, and always encodable."""
    text = str(value)[:MAX_KEYWORD]
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def number_of(kind: Field, value: object) -> int | float | None:
    """A number, or the UTC second of a date; None for what is neither, or beyond 2^53."""
    try:
        if isinstance(kind, Date):
            return _bounded(_seconds(value))
        if isinstance(kind, Number) and isinstance(value, int | float | str):
            return _bounded(float(value))
    except (ValueError, OverflowError):
        pass
    return None


def bounds(spec: IndexSpec, name: str, wanted: Range) -> tuple[float | None, float | None] | None:
    """The stored bounds of a range, both included; None when one of them is no number or date.

    A plain date at the upper end means the end of that day.
    """
    field = spec.fields[name]
    if not isinstance(field, Number | Date):
        raise KeyError(f"{spec.name} has no range over {name!r}")
    low, high = (
        None if end is None else number_of(field, end) for end in (wanted.low, wanted.high)
    )
    if (low is None) != (wanted.low is None) or (high is None) != (wanted.high is None):
        return None
    if high is not None and isinstance(wanted.high, date) and not isinstance(wanted.high, datetime):
        high += 86_399
    return low, high


def _bounded(number: _Number | None) -> _Number | None:
    return number if number is not None and abs(number) <= 2**53 else None


def _seconds(value: object) -> int | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(moment.timestamp())
    if isinstance(value, date):
        return int(datetime.combine(value, time.min, UTC).timestamp())
    if isinstance(value, int | float):
        return int(value)
    return None
