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
from marketplace.kernel.money import FEN_PER_YI
from marketplace.sheets.writers import CSV_TYPE
from marketplace.statistics.queries import Cell, Headline
from marketplace.statistics.queries.labels import key_label
from marketplace.statistics.rulebook.pace import percent
from marketplace.web import charts

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


def yi(fen: int) -> float:
    """亿元 with two decimals, for a drawing; exact amounts stand in the tables."""
    return round(fen / FEN_PER_YI, 2)


@dataclass(frozen=True)
class Tile:
    """A field of the grid of counties: its shade from 0 to 4, None for an empty field."""

    label: str
    amount: str
    shade: int | None


def tiles(cells: Sequence[Cell]) -> list[list[Tile]]:
    """The counties on their grid. A county that is not published on its own says so."""
    amounts = {cell.key: cell.amount_fen for cell in cells}
    top = max([*amounts.values(), 1])
    found = []
    for row in GRID:
        line = []
        for code in row:
            if code is None:
                line.append(Tile("", "", None))
            elif code in amounts:
                shade = min(4, max(0, 5 * amounts[code] // top))
                line.append(
                    Tile(key_label("district", code), f"{yi(amounts[code]):,.2f}", int(shade))
                )
            else:
                line.append(Tile(key_label("district", code), "—", 0))
        found.append(line)
    return found


def goal_chart(head: Headline) -> SafeString | str:
    """Progress to the target, with the mark of the pace where there is one."""
    if head.target is None:
        return ""
    due = head.due_fen
    if due is None:
        return charts.progress(yi(head.amount_fen), yi(head.target.amount_fen), unit=_("亿元"))
    return charts.goal(yi(head.amount_fen), yi(head.target.amount_fen), yi(due), unit=_("亿元"))


def years_chart(totals: dict[int, int], targets: dict[int, Any]) -> SafeString:
    """Turnover and target of each year, with the table of the same numbers."""
    years = sorted({*totals, *targets})[-6:]
    rows = [
        (
            str(year),
            yi(totals.get(year, 0)),
            yi(targets[year].amount_fen) if year in targets else None,
        )
        for year in years
    ]
    return charts.figure(
        _("各年成交额与目标（亿元）"),
        charts.legend([(_("实际"), "k1"), (_("目标"), "plan")])
        + charts.columns(rows, unit=_("亿元")),
        [_("年份"), _("实际（亿元）"), _("目标（亿元）")],
        [
            [
                year,
                f"{yi(totals[year]):.2f}" if year in totals else "—",
                f"{yi(targets[year].amount_fen):.2f}" if year in targets else _("未设目标"),
            ]
            for year in years
        ],
    )


def curve_chart(head: Headline) -> SafeString:
    """The year's curve against its pace and the year before."""
    labels = [_("%(n)s月") % {"n": month} for month in range(1, 13)]
    series = []
    if any(value is not None for value in head.before):
        series.append(
            charts.Series(_("%(year)s 年累计") % {"year": head.year - 1}, "s2", _yis(head.before))
        )
    due: list[int | None] = []
    if head.target is not None and head.pace is not None:
        due = [head.pace.due_fen(head.target.amount_fen, month) for month in range(1, 13)]
        series.append(charts.Series(_("进度"), "s3 dash", _yis(due)))
    if head.curve:
        series.append(
            charts.Series(
                _("%(year)s 年累计") % {"year": head.year}, "s1", _yis(head.curve), filled=True
            )
        )
    if not series:
        return charts.lines([], [])
    return charts.figure(
        _("%(year)s 年逐月累计成交额（亿元）") % {"year": head.year},
        charts.legend([(one.name, one.css) for one in series])
        + charts.lines(labels, series, unit=_("亿元"), minor=(1, 3, 5, 7, 9, 11)),
        [_("月份"), *[one.name for one in series]],
        [
            [label, *[("—" if one.values[n] is None else f"{one.values[n]:.2f}") for one in series]]
            for n, label in enumerate(labels)
        ],
    )


def table_chart(table: str, cells: Sequence[Cell], total_fen: int) -> SafeString:
    """Bars of a published table. A list is its own table: label, amount, share."""
    rows = [
        (
            key_label(table, cell.key),
            yi(cell.amount_fen),
            f"{percent(Fraction(100 * cell.amount_fen, total_fen))}%" if total_fen > 0 else "",
        )
        for cell in cells
        if cell.amount_fen > 0
    ]
    return charts.bars(rows, unit=_("亿元"))


def _yis(values: Sequence[int | None]) -> list[float | None]:
    return [None if value is None else yi(value) for value in values]
