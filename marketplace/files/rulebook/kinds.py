"""Which kinds of file are taken, and how a file shows which of them it is."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext_lazy as _

from marketplace.files.rulebook import images, office, pdf
from marketplace.files.rulebook.refusal import Unfit

MAX_NAME = 120


@dataclass(frozen=True)
class Kind:
    """A kind of file. `check` looks inside and returns bytes to keep instead, or None."""

    content_type: str
    extensions: tuple[str, ...]
    signature: bytes
    check: Callable[[IO[bytes]], bytes | None]


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    Kind("application/pdf", (".pdf",), b"%PDF-", pdf.check),
    Kind(
        f"{_OFFICE}wordprocessingml.document",
        (".docx",),
        b"PK\x03\x04",
        lambda file: office.check(file, main="word/document.xml"),
    ),
    Kind(
        f"{_OFFICE}spreadsheetml.sheet",
        (".xlsx",),
        b"PK\x03\x04",
        lambda file: office.check(file, main="xl/workbook.xml"),
    ),
    Kind(
        f"{_OFFICE}presentationml.presentation",
        (".pptx",),
        b"PK\x03\x04",
        lambda file: office.check(file, main="ppt/presentation.xml"),
    ),
    Kind("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff", lambda file: images.clean(file, "JPEG")),
    Kind("image/png", (".png",), b"\x89PNG\r\n\x1a\n", lambda file: images.clean(file, "PNG")),
)
EXTENSIONS = {extension: kind for kind in KINDS for extension in kind.extensions}
#: The `accept` attribute of a file input.
ACCEPT = ",".join(EXTENSIONS)

_MACROS = {".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".potm", ".xlsb"}
_OLD_OFFICE = {".doc", ".xls", ".ppt", ".wps", ".et", ".dps"}
_BARRED_SIGNS = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\\/:*?"<>|]'
)


def extension_of(name: str) -> str:
    """The extension of a name in lower case with its dot, or an empty string."""
    return PurePosixPath(name).suffix.casefold()


def clean_name(name: str) -> str:
    """The file's own name without folders, control and direction signs, at most MAX_NAME long."""
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    plain = plain.replace("\\", "/").rpartition("/")[2]
    plain = " ".join(_BARRED_SIGNS.sub(" ", plain).split()).lstrip(".")
    extension = extension_of(plain)
    stem = plain[: len(plain) - len(extension)].strip()[: MAX_NAME - len(extension)]
    return f"{stem or 'file'}{extension}"


def examine(file: IO[bytes], name: str) -> tuple[Kind, bytes | None]:
    """The kind of a file, and the bytes to store when they differ from those given (pictures).

    The extension, the first bytes and the structure must agree. Raises Unfit with the reason.
    """
    extension = extension_of(name)
    if extension in _MACROS:
        raise Unfit(_("不接受带宏的文件，请另存为不带宏的格式"))
    if extension in _OLD_OFFICE:
        raise Unfit(_("不接受旧版或 WPS 专有格式，请另存为 docx、xlsx、pptx 或 PDF"))
    kind = EXTENSIONS.get(extension)
    if kind is None:
        raise Unfit(_("只接受 PDF、docx、xlsx、pptx、jpg、png 文件"))
    file.seek(0)
    head = file.read(8)
    if not head:
        raise Unfit(_("文件是空的"))
    if not head.startswith(kind.signature):
        raise Unfit(_("文件内容与扩展名不符"))
    return kind, kind.check(file)
