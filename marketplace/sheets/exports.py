"""Every list that can be had as a spreadsheet: its name, who may have it, columns, rows and rate.

A slice registers its exports when its app is ready. The door that answers a request and the job that
writes a long workbook find them here by name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.actors import Actor
from marketplace.sheets.writers import Column


@dataclass(frozen=True)
class Export:
    """One list as a spreadsheet.

    `columns` are the headings in the reader's language. `rows` gives the cells of these codes in their
    order, without those that the actor may not see. `may` says who may ask for the list at all. `rate`
    is a key of `web.costs.RATES`. A private export holds what only members of an organisation may see.
    """

    name: str
    title: Any
    columns: Callable[[], Sequence[Column]]
    rows: Callable[[Actor, Iterable[str]], Iterator[list[Any]]]
    may: Callable[[Actor], bool] = lambda _actor: True
    rate: str = "export"
    is_private: bool = False


_exports: dict[str, Export] = {}


def register(*exports: Export) -> None:
    """Make exports known. Raises TypeError when a name is taken."""
    for export in exports:
        if export.name in _exports:
            raise TypeError(f"two exports are called {export.name}")
        _exports[export.name] = export


def export_named(name: str) -> Export:
    """The export of that name, such as `needs` or `needs.own`. KeyError when there is none."""
    return _exports[name]


def exports() -> tuple[Export, ...]:
    """Every export, in the order of registration."""
    return tuple(_exports.values())
