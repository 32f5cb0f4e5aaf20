"""The text of a DOCX. It brings in the library that parses it, so only a child process imports it."""

from pathlib import Path

from django.utils.translation import gettext as _

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from marketplace.files.rulebook.examining import examine
from marketplace.files.rulebook.refusal import Unfit

#: Largest file in bytes: a contract of 200 pages without pictures has less than 1 MB.
MAX_BYTES = 10 * 1024 * 1024
#: Longest text, in characters.
MAX_TEXT = 400_000
#: The first bytes of an old Word file, and of a DOCX that is encrypted with a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def text_of(path: Path, name: str) -> str:
    """The paragraphs and cells of tables in reading order, headers and footers behind. Raises Unfit."""
    if path.stat().st_size > MAX_BYTES:
        raise Unfit(_("文件超过 10 MB，请去除图片后再上传"))
    with path.open("rb") as file:
        if file.read(8) == _COMPOUND:
            raise Unfit(_("文件设有密码或是旧版格式，请另存为不加密的 docx"))
        examine(file, name)
        file.seek(0)
        try:
            document = docx.Document(file)
        except (PackageNotFoundError, KeyError, ValueError) as error:
            raise Unfit(_("文件已损坏，无法打开")) from error
        text = "\n".join(_lines(document))
    if len(text) > MAX_TEXT:
        raise Unfit(_("文件文字过多，请只上传合同正文"))
    return text


def _lines(document: Document) -> list[str]:
    """The body in its order; python-docx gives paragraphs and tables apart, so the XML is walked."""
    body = [_body_line(node) for node in document.element.body.iter(qn("w:p"))]
    ends = []
    for section in document.sections:
        for part in (section.header, section.footer):
            ends += [paragraph.text for paragraph in part.paragraphs]
    return [line for line in (*body, *dict.fromkeys(ends)) if line.strip()]


def _body_line(paragraph: object) -> str:
    """The text of a paragraph as it stands: what was deleted with changes tracked is left out."""
    signs = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br")):  # type: ignore[attr-defined]
        if node.tag == qn("w:t"):
            signs.append(node.text or "")
        else:
            signs.append("\n" if node.tag == qn("w:br") else " ")
    return "".join(signs)
