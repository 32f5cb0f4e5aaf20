"""Tables of figures as CSV and XLSX, and the yearly report as PDF. A file of the sample book says so in each row and in its name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.deals.rulebook import pdf
from marketplace.deals.workflow import Book
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.sheets.writers import Column, Sheet, write_book, write_csv
from marketplace.statistics.queries import figures
from marketplace.statistics.queries.labels import TITLES, key_label
from marketplace.statistics.queries.public import Cell

#: The page of the PDF refers to nothing outside itself, so its style stands in it.
_STYLE = """
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font-size: 9pt; } }
body { font-family: "Noto Sans CJK SC", "Noto Serif CJK SC", SimSun, sans-serif; font-size: 10.5pt; line-height: 1.6; }
h1 { font-size: 18pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 6mm 0 1mm; break-after: avoid; }
p { margin: 0 0 2mm; }
.c-sampleband { border: 1pt solid #8a5a00; padding: 2mm 3mm; }
table { width: 100%; border-collapse: collapse; margin: 1mm 0 3mm; font-size: 9.5pt; }
th, td { border-bottom: 0.5pt solid #777; padding: 1mm 2mm; text-align: left; vertical-align: top; }
.is-num { text-align: right; }
tr { break-inside: avoid; }
"""


def label_of_work() -> str:
    """The sentence under each figure (统计法, art. 27 and 28: these are no statistics of that law)."""
    return _("登记工作数据，非统计部门发布")


def table_columns(book: str) -> list[Column]:
    """The headings of a published table."""
    heads = [
        _("分项"),
        _("项数"),
        _("成交额（万元）"),
        _("技术交易额（万元）"),
        _("截至"),
        _("口径"),
    ]
    return [Column(head, width=20) for head in [*heads, *_mark_head(book)]]


def table_rows(table: str, cells: Iterable[Cell], book: str) -> list[list[Any]]:
    """The rows of a published table: amounts in 万元, exact."""
    return [
        [
            key_label(table, cell.key),
            *_amounts(cell),
            cell.through,
            label_of_work(),
            *_mark(book),
        ]
        for cell in cells
    ]


def file_name(title: str, book: str, ending: str) -> str:
    """The name of a file; one of the sample book begins with 示例数据."""
    mark = _("示例数据") + "-" if book == Book.SAMPLE else ""
    return f"{mark}{title}.{ending}"


def brief(year: int, since: str, through: str, book: str) -> IO[bytes]:
    """快报 of some months as a workbook: the total by month, and a sheet for each dimension.

    It is exact and holds small cells: it is for the entitled. The caller closes the file.
    """
    return write_book(brief_sheets(year, since, through, book))


def brief_csv(year: int, since: str, through: str, book: str) -> Iterator[bytes]:
    """The same rows in one table, with the title of its sheet in front of each."""
    heads = [_("表"), _("分项"), _("项数"), _("成交额（万元）"), _("技术交易额（万元）"), _("备注")]
    marks = _mark(book)
    rows = [
        [sheet.title, *_padded(row[: len(row) - len(marks)], 5), *marks]
        for sheet in brief_sheets(year, since, through, book)
        for row in sheet.rows
        if len(row) > 1
    ]
    return write_csv(
        _columns([*heads, *_mark_head(book)]), [*rows, [label_of_work(), *[""] * 5, *marks]]
    )


def _padded(row: Sequence[Any], width: int) -> list[Any]:
    return [*row, *[""] * (width - len(row))]


def brief_sheets(year: int, since: str, through: str, book: str) -> list[Sheet]:
    """The tables of a 快报: months with their total, the dimensions, and what was registered elsewhere."""
    months = [one for one in figures.months_of(book, [year])[year] if since <= one.month <= through]
    heads = [_("月份"), _("项数"), _("成交额（万元）"), _("技术交易额（万元）"), _("结账")]
    total = figures.Line(
        "",
        sum(one.contracts for one in months),
        sum(one.amount_fen for one in months),
        sum(one.technical_fen for one in months),
    )
    by_month = [
        [
            one.month,
            *_amounts(one),
            _("已结账") if one.is_closed else _("未结账"),
            *_mark(book),
        ]
        for one in months
    ]
    sheets = [
        Sheet(
            _("快报"),
            _columns([*heads, *_mark_head(book)]),
            [*by_month, [_("合计"), *_amounts(total), "", *_mark(book)], [label_of_work()]],
        )
    ]
    heads = [_("分项"), _("项数"), _("成交额（万元）"), _("技术交易额（万元）")]
    columns = _columns([*heads, *_mark_head(book)])
    for table, title in TITLES.items():
        lines = figures.sums(book, table, since, through)
        sheets.append(Sheet(str(title), columns, _lines(table, lines, book)))
    elsewhere = figures.absorbed_elsewhere(book, since, through)
    row = [_("只计入吸纳"), *_amounts(elsewhere), *_mark(book)]
    sheets.append(Sheet(_("外地登记的吸纳"), columns, [row]))
    return sheets


def _lines(table: str, lines: Sequence[figures.Line], book: str) -> list[list[Any]]:
    return [[key_label(table, one.key), *_amounts(one), *_mark(book)] for one in lines]


def _amounts(one: figures.Line | figures.Month | Cell) -> list[Any]:
    """Contracts, 成交额 and 技术交易额 as numbers that a spreadsheet adds up: 万元, exact."""
    return [
        one.contracts,
        Decimal(one.amount_fen) / FEN_PER_WAN,
        Decimal(one.technical_fen) / FEN_PER_WAN,
    ]


def report_pdf(context: Mapping[str, Any]) -> bytes:
    """The yearly report as a PDF. Raises ChildFailed; ask `can_print` before."""
    body = render_to_string("statistics/report_print.html", dict(context))
    language = get_language() or "zh-hans"
    return pdf.pdf_of(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{context['year']}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def can_print() -> bool:
    """Whether this machine can make a PDF."""
    return pdf.can_print()


def _columns(heads: Iterable[str]) -> list[Column]:
    return [Column(head, width=20) for head in heads]


def _mark_head(book: str) -> list[str]:
    return [_("数据性质")] if book == Book.SAMPLE else []


def _mark(book: str) -> list[str]:
    return [_("示例数据")] if book == Book.SAMPLE else []
