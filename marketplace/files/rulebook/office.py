"""Office Open XML: a sound zip with the right main part, no macros, nothing fetched from outside."""

import zipfile
from pathlib import PurePosixPath
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from django.utils.translation import gettext_lazy as _

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from marketplace.files.rulebook.refusal import Unfit
from marketplace.kernel.archives import ArchiveError, open_archive

#: No list of parts or relationships of an honest document is larger.
MAX_LISTING = 5 * 1024 * 1024

#: Opened by the program as soon as the document is: it would fetch or run what stands elsewhere.
_BARRED_EXTERNAL = {"oleobject", "attachedtemplate", "frame", "subdocument", "package", "control"}
_BARRED_SUFFIXES = {
    *(".zip", ".rar", ".7z", ".gz", ".jar", ".exe", ".dll", ".msi", ".scr", ".com", ".lnk"),
    *(".js", ".vbs", ".vbe", ".wsf", ".hta", ".bat", ".cmd", ".ps1", ".sh", ".html", ".htm"),
    *(".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".xlsb"),
}
_DOCTYPE = (
    b"<!DOCTYPE",
    b"<!ENTITY",
    "<!DOCTYPE".encode("utf-16-le"),
    "<!DOCTYPE".encode("utf-16-be"),
)


def check(file: IO[bytes], *, main: str) -> None:
    """Raise Unfit unless the file is a document of the kind whose main part is `main`."""
    try:
        with open_archive(file) as archive:
            _check_parts(archive, main)
            _check_relationships(archive)
    except ArchiveError as error:
        raise Unfit(error.args[0]) from error
    except (zipfile.BadZipFile, DefusedXmlException, ParseError, LookupError) as error:
        raise Unfit(_("文件已损坏，无法打开")) from error


def _check_parts(archive: zipfile.ZipFile, main: str) -> None:
    names = {name.replace("\\", "/").lstrip("/") for name in archive.namelist()}
    if "[Content_Types].xml" not in names or main not in names:
        raise Unfit(_("文件内容与扩展名不符"))
    for name in names:
        part = PurePosixPath(name.casefold())
        if part.name.startswith(("vbaproject", "vbadata")):
            raise Unfit(_("不接受带宏的文件，请另存为不带宏的格式"))
        if part.suffix in _BARRED_SUFFIXES:
            raise Unfit(_("文件内嵌有不允许的文件，请去除后再上传"))
        if ".." in part.parts:
            raise Unfit(_("文件已损坏，无法打开"))
    types = _parse(archive, "[Content_Types].xml")
    if any("macroenabled" in str(item.get("ContentType", "")).casefold() for item in types.iter()):
        raise Unfit(_("不接受带宏的文件，请另存为不带宏的格式"))
    for name in archive.namelist():
        if name.casefold().endswith((".xml", ".rels")):
            with archive.open(name) as part_file:
                head = part_file.read(4096)
            if any(mark in head for mark in _DOCTYPE):
                raise Unfit(_("文件已损坏，无法打开"))


def _check_relationships(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if not name.casefold().endswith(".rels"):
            continue
        for item in _parse(archive, name).iter():
            kind = str(item.get("Type", "")).rpartition("/")[2].casefold()
            if (
                str(item.get("TargetMode", "")).casefold() == "external"
                and kind in _BARRED_EXTERNAL
            ):
                raise Unfit(_("文件引用了外部对象或模板，请去除后再上传"))


def _parse(archive: zipfile.ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > MAX_LISTING:
        raise Unfit(_("文件内部结构过于复杂"))
    root: Element = fromstring(archive.read(name), forbid_dtd=True)
    return root
