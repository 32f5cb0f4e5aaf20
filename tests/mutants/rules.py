"""The list of rules to break, read from `rules.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True)
class Mutant:
    """One broken rule: where it stands, what takes its place, and whose failure is awaited."""

    rule: str
    file: str
    text: str
    broken: str
    tests: tuple[str, ...]


def load() -> list[Mutant]:
    """All of them, in the order of the file."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**{**row, "tests": tuple(row["tests"])}) for row in rows]
