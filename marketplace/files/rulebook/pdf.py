"""PDF: opens without a password, of a sane size, and nothing in it runs, starts or unpacks."""

from collections.abc import Iterator
from typing import IO, Any, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

import pikepdf

from marketplace.files.rulebook.refusal import Unfit

MAX_PAGES = 2_000
MAX_OBJECTS = 200_000
_MAX_DEPTH = 64

_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/GoToE"}
_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF"}
#: Begin every name above. An object written out has its names in plain form, so one without any of
#: these, and too short of brackets to be nested deeply, need not be walked: that is nearly every one.
_MARKS = (b"/JS", b"/JavaScript", b"/Embedded", b"/EF", b"/Launch", b"/ImportData", b"/GoToE")


def check(file: IO[bytes]) -> None:
    """Raise Unfit unless the file is a plain PDF."""
    file.seek(0)
    try:
        with pikepdf.open(cast("BinaryIO", file), suppress_warnings=True) as document:
            # Also one that opens without a password: its owner has locked it, and the copies that are
            # given to readers with a stamp would be made against that lock.
            if document.is_encrypted:
                raise Unfit(_("PDF 已加密，请去除密码和权限限制后再上传"))
            _check_size(document)
            for found in document.objects:
                if _is_worth_a_look(found):
                    _check_object(found)
    except pikepdf.PasswordError as error:
        raise Unfit(_("PDF 设有密码，请去除密码后再上传")) from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, RecursionError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(_("PDF 已损坏，无法打开")) from error


def _check_size(document: pikepdf.Pdf) -> None:
    if len(document.objects) > MAX_OBJECTS:
        raise Unfit(_("PDF 内部结构过于复杂"))
    count = len(document.pages)
    if count > MAX_PAGES:
        raise Unfit(_("PDF 页数过多，最多 %(limit)d 页") % {"limit": MAX_PAGES})
    if count == 0:
        raise Unfit(_("PDF 没有内容"))


def _is_worth_a_look(found: Any) -> bool:
    plain = found.stream_dict if isinstance(found, pikepdf.Stream) else found
    if not isinstance(plain, pikepdf.Object):
        return False
    written = plain.unparse(resolved=True)
    return (
        any(mark in written for mark in _MARKS)
        or written.count(b"<<") + written.count(b"[") > _MAX_DEPTH
    )


def _check_object(found: Any) -> None:
    for item in _dictionaries(found, 0):
        keys = set(item.keys())
        if keys & _KEYS or str(item.get("/Type", "")) == "/EmbeddedFile":
            raise Unfit(_("PDF 含有脚本或内嵌文件，请去除后再上传"))
        if str(item.get("/S", "")) in _ACTIONS:
            raise Unfit(_("PDF 含有脚本或启动动作，请去除后再上传"))


def _dictionaries(found: Any, depth: int) -> Iterator[Any]:
    """Each dictionary in an object; what it only points to is an object of its own."""
    if depth > _MAX_DEPTH:
        raise Unfit(_("PDF 内部结构过于复杂"))
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        if isinstance(found, pikepdf.Dictionary):
            yield found
        else:
            yield found.stream_dict
        children = [value for _key, value in found.items()]
    elif isinstance(found, pikepdf.Array):
        children = list(found)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _dictionaries(child, depth + 1)
