"""What the pages share: book and year from the address, charts with their tables."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import FEN_PER_WAN, FEN_PER_YI
from marketplace.sheets.writers import CSV_TYPE
from marketplace.statistics.queries import Cell, Headline
from marketplace.statistics.queries.labels import key_label
from marketplace.statistics.queries.rows import Rows
from marketplace.statistics.rulebook.pace import percent
from marketplace.web import charts
from marketplace.web.formats import in_english

_FEN_PER_MILLION = 100 * FEN_PER_WAN
_FEN_PER_BILLION = 10 * FEN_PER_YI
#: Colours of a stacked bar.
_MOST_STACKED = 5
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII)
#: The districts on a grid, roughly as they lie; None is an empty field.
GRID: tuple[tuple[str | None, ...], ...] = (
    (None, "371328", "371323", None),
    ("371326", "371325", "371321", "371327"),
    (None, "371302", "371312", "371329"),
    ("371324", "371311", "371322", None),
)


def book_of(request: HttpRequest) -> str:
    """The book that the address asks for; the city's unless it says `sample`."""
    return str(Book.SAMPLE if request.GET.get("book") == "sample" else Book.CITY)


def year_of(request: HttpRequest, known: Sequence[int]) -> int:
    """The year that the address asks for, if there is one such; else the last known, else this one."""
    typed = request.GET.get("year", "")
    if typed.isascii() and typed.isdecimal() and len(typed) == 4 and int(typed) in known:
        return int(typed)
    return known[0] if known else clock.today().year


def month_of(request: HttpRequest, name: str, default: str) -> str:
    """A month of the address, as 2026-10; the default where it is none."""
    typed = request.GET.get(name, "")
    return typed if _MONTH.match(typed) else default


def format_of(request: HttpRequest) -> str:
    """The kind of file that the address asks for. Raises InvalidInput for any but xlsx and csv."""
    chosen = request.GET.get("format", "xlsx")
    if chosen not in {"csv", "xlsx"}:
        raise InvalidInput({"format": [_("只能导出为 xlsx 或 csv")]})
    return chosen


def csv_file(lines: Iterable[bytes], name: str) -> StreamingHttpResponse:
    """A CSV file of this name."""
    response = StreamingHttpResponse(lines, content_type=CSV_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@dataclass(frozen=True)
class Unit:
    """The unit of a drawing. Exact amounts stand in the tables."""

    name: str
    fen: int

    @property
    def is_whole(self) -> bool:
        """Whether amounts have no decimals: 万元 only."""
        return self.fen == FEN_PER_WAN

    def of(self, fen: int) -> float:
        """An amount in this unit: two decimals, 万元 whole."""
        return round(fen / self.fen) if self.is_whole else round(fen / self.fen, 2)

    def shown(self, fen: int) -> str:
        """The same as text."""
        return f"{self.of(fen):,}" if self.is_whole else f"{self.of(fen):,.2f}"


def unit_for(amounts: Iterable[int | None]) -> Unit:
    """亿元 where an amount reaches one, otherwise 万元: small amounts would all be 0.0.

    English counts in millions and billions.
    """
    top = max((abs(one) for one in amounts if one is not None), default=0)
    if in_english():
        return (
            Unit("billion CNY", _FEN_PER_BILLION)
            if top >= _FEN_PER_BILLION
            else Unit("million CNY", _FEN_PER_MILLION)
        )
    return Unit(_("亿元"), FEN_PER_YI) if top >= FEN_PER_YI else Unit(_("万元"), FEN_PER_WAN)


@dataclass(frozen=True)
class Tile:
    """A field of the grid of counties: its shade from 0 to 4, None for an empty field."""

    label: str
    amount: str
    shade: int | None
    #: The month up to which an older row counts; it has the lowest shade.
    month: str = ""


def tiles(rows: Rows, unit: Unit) -> list[list[Tile]]:
    """The counties on their grid. A county that is not published on its own says so, an older row its month.

    A single current row has nothing to be compared with and gets no shade.
    """
    amounts = {cell.key: cell.amount_fen for cell in rows.current}
    older = {cell.key: cell for cell in rows.older}
    top = max([*amounts.values(), 1])
    found = []
    for row in GRID:
        line = []
        for code in row:
            if code is None:
                line.append(Tile("", "", None))
            elif code in amounts:
                shade = min(4, max(0, 5 * amounts[code] // top)) if len(amounts) > 1 else 0
                line.append(
                    Tile(key_label("district", code), unit.shown(amounts[code]), int(shade))
                )
            elif code in older:
                cell = older[code]
                line.append(
                    Tile(key_label("district", code), unit.shown(cell.amount_fen), 0, cell.through)
                )
            else:
                line.append(Tile(key_label("district", code), "—", 0))
        found.append(line)
    return found


def goal_chart(head: Headline) -> SafeString | str:
    """Progress to the target, with the mark of the pace where there is one."""
    if head.target is None:
        return ""
    unit, share = unit_for([head.target.amount_fen]), percent(head.percent)
    reached, target = unit.of(head.amount_fen), unit.of(head.target.amount_fen)
    if head.mark is None:
        return charts.progress(reached, target, unit=unit.name, share=share)
    until, due = head.mark
    return charts.goal(reached, target, unit.of(due), unit=unit.name, share=share, until=until)


def years_chart(totals: dict[int, int], targets: dict[int, Any]) -> SafeString:
    """Turnover and target of each year, with the table of the same numbers."""
    years = sorted({*totals, *targets})[-6:]
    unit = unit_for([*totals.values(), *(aim.amount_fen for aim in targets.values())])
    rows = [
        (
            str(year),
            unit.of(totals.get(year, 0)),
            unit.of(targets[year].amount_fen) if year in targets else None,
        )
        for year in years
    ]
    names = {"unit": unit.name}
    return charts.figure(
        _("各年成交额与目标（%(unit)s）") % names,
        charts.legend([(_("实际"), "k1"), (_("目标"), "plan")])
        + charts.columns(rows, unit=unit.name),
        [_("年份"), _("实际（%(unit)s）") % names, _("目标（%(unit)s）") % names],
        [
            [
                year,
                unit.shown(totals[year]) if year in totals else "—",
                unit.shown(targets[year].amount_fen) if year in targets else _("未设目标"),
            ]
            for year in years
        ],
    )


def curve_chart(head: Headline) -> SafeString:
    """The year's curve against its pace and the year before."""
    labels = [_("%(n)s月") % {"n": month} for month in range(1, 13)]
    due: list[int | None] = []
    if head.target is not None and head.pace is not None:
        due = [head.pace.due_fen(head.target.amount_fen, month) for month in range(1, 13)]
    unit = unit_for([*head.before, *head.curve, *due])
    found = [
        (_("%(year)s 年累计") % {"year": head.year - 1}, "s4", head.before, False),
        (_("进度"), "s3 dash", due, False),
        (_("%(year)s 年累计") % {"year": head.year}, "s1", head.curve, True),
    ]
    series = [
        charts.Series(name, css, [None if one is None else unit.of(one) for one in values], filled)
        for name, css, values, filled in found
        if any(one is not None for one in values)
    ]
    if not series:
        return charts.lines([], [])
    return charts.figure(
        _("%(year)s 年逐月累计成交额（%(unit)s）") % {"year": head.year, "unit": unit.name},
        charts.legend([(one.name, one.css) for one in series])
        + charts.lines(labels, series, unit=unit.name, minor=(1, 3, 5, 7, 9, 11)),
        [_("月份"), *[one.name for one in series]],
        [
            [label, *[("—" if one.values[n] is None else f"{one.values[n]:,}") for one in series]]
            for n, label in enumerate(labels)
        ],
    )


def table_chart(table: str, found: Rows) -> SafeString:
    """Bars of the rows of a table's newest month, with the rest of the total at the end.

    One stacked bar where all its cells are published and fit in it. A list is its own table: label, amount,
    share.
    """
    cells, total_fen = found.current, found.total_fen
    unit = unit_for(cell.amount_fen for cell in cells)
    shown = [cell for cell in cells if cell.amount_fen > 0]
    if table == "kind" and len(shown) <= _MOST_STACKED and total_fen == _sum(cells) == _sum(shown):
        return charts.stack(
            [(key_label(table, cell.key), unit.of(cell.amount_fen)) for cell in shown],
            unit=unit.name,
        )
    named = [(key_label(table, cell.key), cell) for cell in shown]
    if found.rest is not None:
        named.append((rest_label(), found.rest))
    rows = [
        (
            label,
            unit.of(cell.amount_fen),
            f"{percent(Fraction(100 * cell.amount_fen, total_fen))}%" if total_fen > 0 else "",
        )
        for label, cell in named
    ]
    return charts.bars(rows, unit=unit.name)


def rest_label() -> str:
    """The name of what a total has beyond the rows that are shown with it."""
    return _("其他与不单列")


def _sum(cells: Iterable[Cell]) -> int:
    return sum(cell.amount_fen for cell in cells)
