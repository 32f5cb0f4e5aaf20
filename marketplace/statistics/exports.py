"""Tables of figures as CSV and XLSX. A file of the sample book says so in each row and in its name."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from marketplace.deals.workflow import Book
from marketplace.kernel.money import in_wan
from marketplace.sheets.writers import Column, Sheet, write_book
from marketplace.statistics.queries import figures
from marketplace.statistics.queries.labels import TITLES, key_label
from marketplace.statistics.queries.public import Cell


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
            cell.contracts,
            in_wan(cell.amount_fen),
            in_wan(cell.technical_fen),
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
    months = [one for one in figures.months_of(book, [year])[year] if since <= one.month <= through]
    heads = [_("月份"), _("项数"), _("成交额（万元）"), _("技术交易额（万元）"), _("结账")]
    sheets = [
        Sheet(
            _("快报"),
            _columns([*heads, *_mark_head(book)]),
            [
                *(
                    [
                        one.month,
                        one.contracts,
                        in_wan(one.amount_fen),
                        in_wan(one.technical_fen),
                        _("已结账") if one.is_closed else _("未结账"),
                        *_mark(book),
                    ]
                    for one in months
                ),
                [
                    _("合计"),
                    sum(one.contracts for one in months),
                    in_wan(sum(one.amount_fen for one in months)),
                    in_wan(sum(one.technical_fen for one in months)),
                    "",
                    *_mark(book),
                ],
                [label_of_work()],
            ],
        )
    ]
    heads = [_("分项"), _("项数"), _("成交额（万元）"), _("技术交易额（万元）")]
    for table, title in TITLES.items():
        lines = figures.sums(book, table, since, through)
        sheets.append(
            Sheet(str(title), _columns([*heads, *_mark_head(book)]), _lines(table, lines, book))
        )
    return write_book(sheets)


def _lines(table: str, lines: Sequence[figures.Line], book: str) -> list[list[Any]]:
    return [
        [
            key_label(table, one.key),
            one.contracts,
            in_wan(one.amount_fen),
            in_wan(one.technical_fen),
            *_mark(book),
        ]
        for one in lines
    ]


def _columns(heads: Iterable[str]) -> list[Column]:
    return [Column(head, width=20) for head in heads]


def _mark_head(book: str) -> list[str]:
    return [_("数据性质")] if book == Book.SAMPLE else []


def _mark(book: str) -> list[str]:
    return [_("示例数据")] if book == Book.SAMPLE else []
