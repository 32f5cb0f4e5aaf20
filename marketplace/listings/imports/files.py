"""The files of an import that a person takes home: the template, and the rows that must be corrected."""

from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from marketplace.listings.forms import Step
from marketplace.listings.imports.columns import NEEDED, Layout
from marketplace.listings.imports.columns import Column as Field
from marketplace.listings.imports.plan import MOST_ROWS, Plan
from marketplace.sheets.writers import Column, write_xlsx
from marketplace.web.forms import DateField, MoneyFormField, TermField, TermMultiField

_WIDTH, _WIDE = 16, 40


def template_file(title: Any, steps: Sequence[Step]) -> IO[bytes]:
    """The template as an XLSX file, rewound; the caller closes it."""
    notes = [
        _("每行一条，一次最多 %(most)d 行；列的顺序可以改变，用不到的列可以删除。")
        % {"most": MOST_ROWS},
        _("标 * 的列必填。其余的列可以先空着，提交审核前再补。"),
        _("上传后先检查，不会直接写入；有问题的行可以下载，改正后重新上传。"),
    ]
    columns = [_column(column) for column in Layout.of(steps).columns]
    return write_xlsx(str(title), columns, [], notes=notes, with_choices=True)


def _column(column: Field) -> Column:
    field = column.field
    choices = []
    if isinstance(field, TermField | TermMultiField):
        choices = [str(label).strip() for code, label in field.terms() if code]
    is_long = not choices and (field is None or getattr(field, "multiline", False))
    return Column(
        column.heading,
        _WIDE if is_long else _WIDTH,
        choices,
        required=column.name == NEEDED,
        note=_note(column),
    )


def _note(column: Field) -> str:
    field = column.field
    if field is None:
        return _("每行一项，各部分用竖线隔开：%(form)s") % {"form": column.form}
    said = [str(field.help_text)] if field.help_text else []
    if isinstance(field, TermMultiField):
        said.append(_("可填多项，用顿号或分号隔开，写名称或代码"))
    elif isinstance(field, TermField):
        said.append(_("从列表中选择，写名称或代码"))
    elif isinstance(field, DateField):
        said.append(_("日期写到日，如 2027-05-01"))
    elif isinstance(field, MoneyFormField):
        said.append(_("只写数字，单位见表头"))
    return "；".join(said)


def problems_file(title: Any, plan: Plan) -> IO[bytes]:
    """The bad rows as they were sent, with what is wrong in a last column; rewound, the caller closes it."""
    columns = [Column(header, _WIDTH) for header in plan.headers]
    columns.append(Column(_("问题"), _WIDE * 2))
    rows = (
        [*row.cells, "\n".join(f"{problem.column}：{problem.text}" for problem in row.problems)]
        for row in plan.bad
    )
    return write_xlsx(str(title), columns, rows)
