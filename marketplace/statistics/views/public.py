"""The public pages: the number of the year, its tables, the wall, the archive, the downloads."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.sheets.writers import XLSX_TYPE, write_csv, write_xlsx
from marketplace.statistics import exports, queries
from marketplace.statistics.queries.labels import OVERLAPPING, TITLES, key_label
from marketplace.statistics.queries.rows import rows_of
from marketplace.statistics.queries.targets import targets_of
from marketplace.statistics.rulebook.definitions import definitions_on
from marketplace.statistics.rulebook.issues import PUBLIC_TABLES
from marketplace.statistics.rulebook.pace import percent
from marketplace.statistics.views.shared import (
    book_of,
    csv_file,
    curve_chart,
    format_of,
    goal_chart,
    month_of,
    rest_label,
    table_chart,
    tiles,
    unit_for,
    year_of,
    years_chart,
)
from marketplace.web.costs import counted
from marketplace.web.views import render_page

#: The tables in the first of the two columns of the page.
_LEFT = frozenset({"district", "flow", "kind", "broker", "district.kind"})


def _head(request: HttpRequest) -> dict[str, Any]:
    """What every public page knows: book, year, the headline and its sentence."""
    book = book_of(request)
    years = queries.public_years(book)
    year = year_of(request, years)
    head = queries.headline(year, book)
    has_sample = (
        bool(queries.public_years(Book.SAMPLE)) if book == Book.CITY and not years else False
    )
    return {
        "book": book,
        "is_sample": book == Book.SAMPLE,
        "has_sample": has_sample,
        "years": years,
        "year": year,
        "head": head,
        "percent": percent(head.percent),
        "change": percent(head.change),
        "contracts_change": percent(head.contracts_change),
        "gap": None if head.due_fen is None else head.closed_fen - head.due_fen,
        "goal": goal_chart(head) if not head.is_empty else "",
        "texts": definitions_on(clock.today()),
    }


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The number of the year and what it is made of. `through` shows the tables as of a closed month."""
    context = _head(request)
    book, year, head = context["book"], context["year"], context["head"]
    through = month_of(request, "through", "")
    if through[:4] != str(year):
        through = ""
    found = queries.public_tables(year, book, through)
    total = next(iter(found.get("city", [])), None)
    totals = queries.year_totals(book)
    rows = {
        table: rows_of(found[table], total, overlaps=table in OVERLAPPING)
        for table in PUBLIC_TABLES
        if found.get(table)
    }
    unit = unit_for(cell.amount_fen for cell in found.get("district", []))
    context |= {
        "through": through,
        "years_chart": years_chart(totals, targets_of([*range(year - 4, year + 1)], book=book)),
        "curve_chart": curve_chart(head),
        "total_through": total.through if total is not None else "",
        "tiles": tiles(rows["district"], unit) if "district" in rows else [],
        "tiles_unit": unit.name,
        "tables": [
            {
                "name": table,
                "title": TITLES[table],
                "chart": table_chart(table, parted),
                "found": parted,
                "rows": [
                    *((key_label(table, cell.key), cell) for cell in parted.current),
                    *([(rest_label(), parted.rest)] if parted.rest is not None else []),
                ],
                "older": [(key_label(table, cell.key), cell) for cell in parted.older],
                "overlaps": table in OVERLAPPING,
                "is_left": table in _LEFT,
            }
            for table, parted in rows.items()
        ],
    }
    return render_page(request, "statistics/dashboard.html", context)


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The number in large, for a screen on a wall; it renews itself every five minutes."""
    context = _head(request)
    context["curve_chart"] = curve_chart(context["head"])
    return render_page(request, "statistics/wall.html", context)


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """The months that were published."""
    book = book_of(request)
    context = {
        "book": book,
        "is_sample": book == Book.SAMPLE,
        "months": queries.archive_months(book),
    }
    return render_page(request, "statistics/archive.html", context)


@require_safe
@counted("export")
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """A published table as CSV or XLSX."""
    if name not in PUBLIC_TABLES:
        raise Http404
    book = book_of(request)
    chosen = format_of(request)
    year = year_of(request, queries.public_years(book))
    cells = queries.public_tables(year, book).get(name, [])
    columns, rows = exports.table_columns(book), exports.table_rows(name, cells, book)
    title = f"{TITLES[name]}-{year}"
    filename = exports.file_name(title, book, chosen)
    if chosen == "xlsx":
        sheet = write_xlsx(str(TITLES[name]), columns, rows)
        return FileResponse(sheet, as_attachment=True, filename=filename, content_type=XLSX_TYPE)
    return csv_file(write_csv(columns, rows), filename)
