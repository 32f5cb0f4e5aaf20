"""A draft as a DOCX file and as a page of HTML for printing."""

from io import BytesIO
from typing import Any

from django.utils.html import escape

from marketplace.deals.rulebook.drafting import Block, Draft, Heading, Table, Text

#: Faces for DOCX: the first is on every Windows, and Word takes another Song where it is missing.
_FACE = "SimSun"
_STYLE = """
@page { size: A4; margin: 25mm 22mm 22mm; @bottom-center { content: "MARK　" counter(page) " / " counter(pages);
  font-size: 9pt; } }
body { font-family: "Noto Serif CJK SC", "Noto Sans CJK SC", SimSun, serif; font-size: 11pt; line-height: 1.7; }
h1 { text-align: center; font-size: 18pt; margin: 0 0 4mm; }
h2 { font-size: 12pt; margin: 5mm 0 1mm; break-after: avoid; }
p { margin: 0 0 2mm; text-indent: 2em; }
p.note { font-size: 9pt; text-indent: 0; color: #444; }
p.mark { text-align: center; text-indent: 0; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0 3mm; font-size: 10pt; }
th, td { border: 0.5pt solid #333; padding: 1.5mm 2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td.money { text-align: right; }
tr { break-inside: avoid; }
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
    section.footer.paragraphs[0].text = draft.mark
    section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in draft.blocks:
        _add(document, block)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _add(document: Any, block: Block) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 -- see docx_of
    from docx.shared import Pt  # noqa: PLC0415

    if isinstance(block, Heading):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(_printable(block.text)).bold = True
    elif isinstance(block, Text):
        paragraph = document.add_paragraph()
        run = paragraph.add_run(_printable(block.text))
        if block.is_note:
            run.font.size = Pt(9)
        else:
            paragraph.paragraph_format.first_line_indent = Pt(22)
    else:
        table = document.add_table(rows=1, cols=len(block.header))
        table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, block.header, strict=True):
            cell.paragraphs[0].add_run(text).bold = True
        for row in block.rows:
            cells = table.add_row().cells
            for column, text in enumerate(row):
                cells[column].text = _printable(text)
                if column in block.money:
                    cells[column].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        document.add_paragraph()


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
    body = "".join(_html(block) for block in draft.blocks)
    style = _STYLE.replace("MARK", draft.mark)
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(draft.title)}</title>'
        f"<style>{style}</style></head><body><h1>{escape(_printable(draft.title))}</h1>"
        f'<p class="mark">{escape(draft.mark)}　记录编号：{escape(draft.code)}</p>{body}</body></html>'
    )


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(_printable(block.text))}</h2>"
    if isinstance(block, Text):
        kind = ' class="note"' if block.is_note else ""
        return f"<p{kind}>{escape(_printable(block.text))}</p>"
    return _table(block)


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in table.header)
    rows = "".join(f"<tr>{_cells(row, table.money)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(row: tuple[str, ...], money: tuple[int, ...]) -> str:
    start = {True: '<td class="money">', False: "<td>"}
    return "".join(
        f"{start[column in money]}{escape(_printable(text))}</td>"
        for column, text in enumerate(row)
    )
