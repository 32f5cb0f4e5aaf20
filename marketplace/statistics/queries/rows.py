"""Which rows of a published table may be compared: those of its newest month, and what is left of the total.

A cell grows only when the rules of disclosure let it, so that rows of one table reach up to different months.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.statistics.queries.public import Cell
from marketplace.statistics.rulebook.disclosure import LEAST_CONTRACTS


@dataclass(frozen=True)
class Rows:
    """The rows of a table. `current` are of the month `newest`, `older` of earlier ones.

    `total_fen` is what the current rows may be divided by, 0 where there is no such total. `rest` is what the
    total has beyond the current rows. `adds_up` says whether these rows with the rest are the total.
    """

    newest: str
    current: list[Cell]
    older: list[Cell]
    total_fen: int
    rest: Cell | None
    adds_up: bool


def rows_of(cells: Sequence[Cell], total: Cell | None, *, overlaps: bool) -> Rows:
    """Part the cells of a table and measure the current ones by the total of the same month.

    The rest is a difference of figures that are public, so it tells a reader nothing new: rule 4 of disclosure
    holds back every figure by which one contract, or two, could be computed. It is shown only where it counts
    enough contracts for a figure of its own; a smaller one, or one below zero, comes from corrections.
    """
    newest = max((cell.through for cell in cells), default="")
    current = [cell for cell in cells if cell.through == newest]
    older = [cell for cell in cells if cell.through != newest]
    if overlaps or total is None or total.through != newest or total.amount_fen <= 0:
        return Rows(newest, current, older, 0, None, adds_up=False)
    rest = Cell(
        "",
        total.contracts - sum(cell.contracts for cell in current),
        total.amount_fen - sum(cell.amount_fen for cell in current),
        total.technical_fen - sum(cell.technical_fen for cell in current),
        newest,
    )
    if not (rest.contracts or rest.amount_fen or rest.technical_fen):
        return Rows(newest, current, older, total.amount_fen, None, adds_up=True)
    shown = rest.contracts >= LEAST_CONTRACTS and rest.amount_fen > 0 and rest.technical_fen >= 0
    return Rows(newest, current, older, total.amount_fen, rest if shown else None, adds_up=shown)
