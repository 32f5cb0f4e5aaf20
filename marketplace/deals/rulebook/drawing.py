"""A draft as a DOCX file and as a page of HTML for printing."""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

from django.utils.html import escape

from marketplace.deals.rulebook.drafting import Block, Draft, Heading, Table, Text

#: Faces for DOCX: the first is on every Windows, and Word takes another Song where it is missing.
_FACE = "SimSun"
#: Width of the text of an A4 page in centimetres, and the height of a row that is to be sealed.
_TEXT_CM, _TALL_CM = 16.6, 2.8
_STYLE = """
@page { size: A4; margin: 25mm 22mm 22mm; @bottom-center { content: "MARK　" counter(page) " / " counter(pages);
  font-size: 9pt; } }
body { font-family: "Noto Serif CJK SC", "Noto Sans CJK SC", SimSun, serif; font-size: 11pt; line-height: 1.7; }
h1 { text-align: center; font-size: 18pt; margin: 0 0 4mm; }
h2 { font-size: 12pt; margin: 5mm 0 1mm; break-after: avoid; }
p { margin: 0 0 2mm; text-indent: 2em; }
p.note { font-size: 9pt; text-indent: 0; color: #444; break-before: avoid; }
p.keep { break-after: avoid; }
p.mark { text-align: center; text-indent: 0; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: 2mm 0 3mm; font-size: 10pt; }
th, td { border: 0.5pt solid #333; padding: 1.5mm 2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td.money { text-align: right; }
td { white-space: pre-line; }
tr { break-inside: avoid; }
table.tall { break-inside: avoid; }
table.tall td { height: 28mm; }
"""


def docx_of(draft: Draft) -> bytes:
    """Return the draft as a DOCX file."""
    from docx import Document  # noqa: PLC0415 -- half a second, for this act alone
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Cm, Pt  # noqa: PLC0415

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - _TEXT_CM) / 2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FACE, Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FACE)
    document.core_properties.title = _printable(draft.title)
    document.core_properties.author = ""
    document.core_properties.comments = draft.mark
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(_printable(draft.title))
    run.bold, run.font.size = True, Pt(18)
    mark = document.add_paragraph(f"{draft.mark}　记录编号：{draft.code}")
    mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(f"{draft.mark}　")
    _add_field(footer, "PAGE")
    footer.add_run(" / ")
    _add_field(footer, "NUMPAGES")
    for block, above in _with_above(draft.blocks):
        _add(document, block, above_table=above)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _with_above(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether a table follows, from which no page break may part it."""
    for block, following in pairwise((*blocks, None)):
        assert block is not None  # noqa: S101 -- None stands last alone
        yield block, isinstance(following, Table)


def _add(document: Any, block: Block, *, above_table: bool) -> None:
    from docx.shared import Pt  # noqa: PLC0415

    if isinstance(block, Heading):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(_printable(block.text)).bold = True
    elif isinstance(block, Text):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = above_table
        run = paragraph.add_run(_printable(block.text))
        if block.is_note:
            run.font.size = Pt(9)
        else:
            paragraph.paragraph_format.first_line_indent = Pt(22)
    else:
        _add_table(document, block)
        document.add_paragraph()


def _add_table(document: Any, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 -- see docx_of
    from docx.shared import Cm, Pt  # noqa: PLC0415

    table = document.add_table(rows=1, cols=len(block.header))
    table.style, table.autofit = "Table Grid", False
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in block.rows:
        added = table.add_row()
        if block.tall:
            added.height = Cm(_TALL_CM)
        for column, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
            cell.text = _printable(text)
            if column in block.money:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for number, row in enumerate(table.rows):
        # A row stays on one page, and the rows of a page of signatures stay together.
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001 -- python-docx has no other way
        for cell, percent in zip(row.cells, block.widths, strict=True):
            cell.width = Cm(_TEXT_CM * percent / 100)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = block.tall and number < len(block.rows)
                for run in paragraph.runs:
                    run.font.size = Pt(10)


def _add_field(paragraph: Any, name: str) -> None:
    """Add a field that the word processor computes, such as the number of the page."""
    field = _element("w:fldSimple", ("w:instr", name))
    paragraph._p.append(field)  # noqa: SLF001 -- python-docx has no fields


def _element(name: str, *attributes: tuple[str, str]) -> Any:
    from docx.oxml import OxmlElement  # noqa: PLC0415 -- see docx_of
    from docx.oxml.ns import qn  # noqa: PLC0415

    made = OxmlElement(name)
    for key, value in attributes:
        made.set(qn(key), value)
    return made


def _printable(text: str) -> str:
    """Drop characters that XML cannot carry, so that no typed text breaks the file."""
    return "".join(
        one
        for one in text
        if one in "\t\n"
        or (one >= " " and one not in "\ufffe\uffff" and not "\ud800" <= one <= "\udfff")
    )


def html_of(draft: Draft) -> str:
    """Return the draft as a page of HTML that refers to nothing outside itself."""
    body = "".join(_html(block, above) for block, above in _with_above(draft.blocks))
    style = _STYLE.replace("MARK", draft.mark)
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(draft.title)}</title>'
        f"<style>{style}</style></head><body><h1>{escape(_printable(draft.title))}</h1>"
        f'<p class="mark">{escape(draft.mark)}　记录编号：{escape(draft.code)}</p>{body}</body></html>'
    )


def _html(block: Block, above_table: bool) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(_printable(block.text))}</h2>"
    if isinstance(block, Text):
        kinds = ("note",) * block.is_note + ("keep",) * above_table
        return f'<p class="{" ".join(kinds)}">{escape(_printable(block.text))}</p>'
    return _table(block)


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width: {width}%">' for width in table.widths)
    head = "".join(f"<th>{escape(text)}</th>" for text in table.header)
    rows = "".join(f"<tr>{_cells(row, table.money)}</tr>" for row in table.rows)
    kind = ' class="tall"' if table.tall else ""
    return (
        f"<table{kind}><colgroup>{columns}</colgroup>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cells(row: tuple[str, ...], money: tuple[int, ...]) -> str:
    start = {True: '<td class="money">', False: "<td>"}
    return "".join(
        f"{start[column in money]}{escape(_printable(text))}</td>"
        for column, text in enumerate(row)
    )
