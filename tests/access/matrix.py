"""Reads `access_matrix.toml`: which status each role gets on each route, in each state."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.access.roles import GROUPS, expand

FILE = Path(__file__).parents[1] / "access_matrix.toml"
METHODS = ("get", "post", "put", "patch", "delete")
ALWAYS = "always"
#: A status, or "login": 302 to the sign-in page.
Status = int | str
#: role -> status
Row = dict[str, Status]
#: What `<slice>`, `<noun>` and `<closed>` stand for in rules that hold for every kind of listing. A kind that
#: never ends well has no `<closed>` state and no `<close>` move, and one that is not `<matched>` no pages of matches.
_WORDS = ("<slice>", "<noun>", "<closed>", "<close>", "<matched>")
KINDS = tuple(
    dict(zip(_WORDS, words, strict=True))
    for words in (
        ("needs", "need", "solved", "solve", "need"),
        ("achievements", "achievement", "transferred", "transfer", "achievement"),
        ("offerings", "offering", "", "", ""),
    )
)


class BadMatrix(ValueError):
    """The table contradicts itself or leaves something out."""


@dataclass
class Rule:
    """One route with one kind of subject: method -> state -> role -> status."""

    name: str
    subject: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    #: Tables that an answered GET may write to (marking as read, counting a download).
    writes: frozenset[str] = frozenset()
    #: Methods that a class answers beside those of the table: OPTIONS, an alias of POST.
    also: frozenset[str] = frozenset()
    table: dict[str, dict[str, Row]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What a test report calls it."""
        args = ",".join(str(value) for value in self.args.values())
        return "/".join(part for part in (self.name, self.subject, args) if part)

    def cells(self) -> Iterator[tuple[str, str, str, Status]]:
        """(method, state, role, status), always in the same order: of like cells the first is drawn."""
        for method, states in self.table.items():
            for state, row in states.items():
                for role, status in sorted(row.items()):
                    yield method, state, role, status


@dataclass
class Group:
    """Routes of a library under one prefix, all with the same audience."""

    prefix: str
    visitor: tuple[Status, ...]
    denied: tuple[Status, ...]
    open_to: frozenset[str]
    except_: frozenset[str]


@dataclass
class Matrix:
    """The whole table."""

    rules: list[Rule]
    groups: list[Group]


def load(path: Path = FILE) -> Matrix:
    """The table, expanded to roles. Raises BadMatrix where it is not whole."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = [rule for entry in raw["route"] for rule in _rules(entry)]
    groups = [
        Group(
            prefix=entry["prefix"],
            visitor=tuple(entry["visitor"]),
            denied=tuple(entry["denied"]),
            open_to=expand(entry["open_to"]),
            except_=frozenset(entry.get("except", ())),
        )
        for entry in raw.get("group", [])
    ]
    return Matrix(rules, groups)


def _rules(entry: Mapping[str, Any]) -> Iterator[Rule]:
    names = [entry["name"]] if isinstance(entry["name"], str) else entry["name"]
    for name in names:
        of_kinds = any(word in name + entry.get("subject", "") for word in KINDS[0])
        for words in KINDS if of_kinds else ({},):
            if not _lacks(name, entry, words):
                yield _rule(_fill(name, words), entry, words)


def _lacks(name: str, entry: Mapping[str, Any], words: Mapping[str, str]) -> bool:
    """Whether the entry is about a move or a page that this kind of listing does not have."""
    texts = (name, *entry.get("args", {}).values())
    return any(not value and word in text for text in texts for word, value in words.items())


def _rule(name: str, entry: Mapping[str, Any], words: Mapping[str, str]) -> Rule:
    unknown = set(entry) - {"name", "subject", "args", "writes", "also", "note", *METHODS}
    if unknown:
        raise BadMatrix(f"{name}: unknown keys {sorted(unknown)}")
    rule = Rule(
        name=name,
        subject=_fill(entry.get("subject", ""), words),
        args={key: _fill(value, words) for key, value in entry.get("args", {}).items()},
        writes=frozenset(_fill(table, words) for table in entry.get("writes", ())),
        also=frozenset(entry.get("also", ())),
    )
    for method in METHODS:
        if method in entry:
            rule.table[method] = _states(
                f"{rule.label} {method}", entry[method], words, rule.subject
            )
    return rule


def _states(
    where: str, entry: Mapping[str, Any], words: Mapping[str, str], subject: str
) -> dict[str, dict[str, Status]]:
    plain = all(not isinstance(value, dict) for value in entry.values())
    states: dict[str, Row] = {}
    for key, row in ({ALWAYS: entry} if plain else entry).items():
        for state in _fill(key, words).split():
            if state in states:
                raise BadMatrix(f"{where}: state {state} stands twice")
            states[state] = _row(f"{where} {state}", row, subject, state)
    return states


def _row(where: str, row: Mapping[str, Status], subject: str, state: str) -> Row:
    found: Row = {}
    for expression, status in row.items():
        for role in expand(expression, subject, state):
            if role in found:
                raise BadMatrix(f"{where}: {role} stands twice")
            found[role] = status
    if missing := GROUPS["everyone"] - set(found):
        raise BadMatrix(f"{where}: no status for {sorted(missing)}")
    return found


def _fill(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
