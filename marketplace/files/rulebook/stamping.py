"""Prints one line of ASCII on every page of a PDF. It brings in pikepdf, so only a child imports it."""

from pathlib import Path
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

import pikepdf
from pikepdf import canvas

from marketplace.files.rulebook.pdf import MAX_PAGES
from marketplace.files.rulebook.refusal import Unfit

#: Points.
SIZE = 8.0
MARGIN = 12.0
#: The width of a Helvetica capital or digit is at most this part of its size.
_WIDEST = 0.67
_FONT = pikepdf.Name("/Stamp")


def stamp(file: IO[bytes], line: str, output: Path) -> None:
    """Write a copy with `line` at the top and at the bottom of each page, upright as the page is shown.

    Raises Unfit when the file is encrypted, damaged, has too many pages, or `line` is not ASCII: the
    canvas has no font for Chinese.
    """
    if not line.isascii():
        raise Unfit(_("标记只能使用 ASCII 字符"))
    try:
        with pikepdf.open(cast("BinaryIO", file), suppress_warnings=True) as document:
            if document.is_encrypted:
                raise Unfit(_("PDF 已加密"))
            if not 0 < len(document.pages) <= MAX_PAGES:
                raise Unfit(_("PDF 页数不合要求"))
            _stamp_all(document, line)
            document.save(output)
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, RecursionError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(_("PDF 已损坏，无法打开")) from error


def _stamp_all(document: pikepdf.Pdf, line: str) -> None:
    made: dict[tuple[float, float], pikepdf.Object] = {}
    for page in document.pages:
        seen = _seen(page)
        width, height = float(seen.width), float(seen.height)
        if page.rotation % 180:
            width, height = height, width
        key = (round(width, 1), round(height, 1))
        if key not in made:
            sheet = _sheet(*key, line)
            form = sheet.make_indirect(sheet.pages[0].as_form_xobject())
            made[key] = document.copy_foreign(form)
        # The placement undoes the rotation of the page, so the line stands upright for the reader.
        page.add_overlay(made[key], seen)


def _seen(page: pikepdf.Page) -> pikepdf.Rectangle:
    """The part of a page that is shown: its crop box within its media box. Raises Unfit for none."""
    crop, media = pikepdf.Rectangle(page.cropbox), pikepdf.Rectangle(page.mediabox)
    left, right = max(crop.llx, media.llx), min(crop.urx, media.urx)
    low, high = max(crop.lly, media.lly), min(crop.ury, media.ury)
    if right - left < 1 or high - low < 1:
        raise Unfit(_("PDF 页面尺寸不合要求"))
    return pikepdf.Rectangle(left, low, right, high)


def _sheet(width: float, height: float, line: str) -> pikepdf.Pdf:
    """A transparent sheet of this size in points with the line at its top and bottom."""
    sheet = canvas.Canvas(page_size=(width, height))
    sheet.add_font(_FONT, canvas.Helvetica())
    size = min(SIZE, width / (len(line) * _WIDEST + 1))
    for y in (MARGIN, height - MARGIN - size):
        words = canvas.Text().font(_FONT, size).move_cursor(min(MARGIN, width / 20), max(0.0, y))
        words.show(line.encode("ascii"))
        sheet.do.fill_color(canvas.Color(0.35, 0.35, 0.35, 1)).draw_text(words)
    return sheet.to_pdf()
