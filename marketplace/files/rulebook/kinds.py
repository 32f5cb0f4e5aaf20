"""Which kinds of file are taken, by name and first bytes; `examining` looks inside."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from marketplace.files.rulebook.refusal import Unfit

MAX_NAME = 120


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how it is called and how it begins."""

    content_type: str
    extensions: tuple[str, ...]
    signature: bytes


_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIP = b"PK\x03\x04"
PDF = FileKind("application/pdf", (".pdf",), b"%PDF-")
DOCX = FileKind(f"{_OFFICE}wordprocessingml.document", (".docx",), _ZIP)
XLSX = FileKind(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), _ZIP)
PPTX = FileKind(f"{_OFFICE}presentationml.presentation", (".pptx",), _ZIP)
JPEG = FileKind("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff")
PNG = FileKind("image/png", (".png",), b"\x89PNG\r\n\x1a\n")
KINDS = (PDF, DOCX, XLSX, PPTX, JPEG, PNG)
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


def kind_of(name: str) -> FileKind:
    """The kind that a file's name claims. Raises Unfit with the reason."""
    extension = extension_of(name)
    if extension in _MACROS:
        raise Unfit(_("不接受带宏的文件，请另存为不带宏的格式"))
    if extension in _OLD_OFFICE:
        raise Unfit(_("不接受旧版或 WPS 专有格式，请另存为 docx、xlsx、pptx 或 PDF"))
    kind = EXTENSIONS.get(extension)
    if kind is None:
        raise Unfit(_("只接受 PDF、docx、xlsx、pptx、jpg、png 文件"))
    return kind
