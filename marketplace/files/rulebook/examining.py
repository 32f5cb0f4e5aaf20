"""Looks into a file. It brings in the libraries that decode, so only a child imports it."""

from collections.abc import Callable
from typing import IO

from django.utils.translation import gettext_lazy as _

from marketplace.files.rulebook import images, kinds, office, pdf
from marketplace.files.rulebook.kinds import FileKind, kind_of
from marketplace.files.rulebook.refusal import Unfit

#: Each returns the bytes to keep instead of those given, or None.
_CHECKS: dict[FileKind, Callable[[IO[bytes]], bytes | None]] = {
    kinds.PDF: pdf.check,
    kinds.DOCX: lambda file: office.check(file, main="word/document.xml"),
    kinds.XLSX: lambda file: office.check(file, main="xl/workbook.xml"),
    kinds.PPTX: lambda file: office.check(file, main="ppt/presentation.xml"),
    kinds.JPEG: lambda file: images.clean(file, "JPEG"),
    kinds.PNG: lambda file: images.clean(file, "PNG"),
}


def examine(file: IO[bytes], name: str) -> tuple[FileKind, bytes | None]:
    """The kind of a file, and the bytes to store when they differ from those given (pictures).

    The extension, the first bytes and the structure must agree. Raises Unfit with the reason.
    """
    kind = kind_of(name)
    file.seek(0)
    head = file.read(8)
    if not head:
        raise Unfit(_("文件是空的"))
    if not head.startswith(kind.signature):
        raise Unfit(_("文件内容与扩展名不符"))
    return kind, _CHECKS[kind](file)
