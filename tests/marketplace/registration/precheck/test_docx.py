"""Reading of a contract's DOCX in the child process: honest files and hostile ones."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from marketplace.kernel.errors import Refused
from marketplace.registration.children import read_docx
from marketplace.registration.rulebook.reading import read_text


def _document() -> bytes:
    document = docx.Document()
    document.add_paragraph("甲方：沂蒙磁材有限公司")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "合同价款"
    table.cell(0, 1).text = "人民币860000元（大写：捌拾陆万元整）"
    document.add_paragraph("签订日期：2026年5月10日")
    document.add_paragraph("甲方（盖章）：沂蒙磁材有限公司")
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _read(tmp_path: Path, data: bytes, name: str = "合同.docx") -> str:
    path = tmp_path / "in"
    path.write_bytes(data)
    return read_docx(path, name, tmp_path / "out")


def test_paragraphs_and_tables_in_their_order(tmp_path: Path) -> None:
    text = _read(tmp_path, _document())
    assert text.index("甲方：") < text.index("合同价款") < text.index("签订日期")
    assert text.count("合同价款") == 1
    assert text.endswith("第 1 页")
    found = read_text(text)
    assert found.pairs == ((86_000_000, 86_000_000),)
    assert found.names == (("甲方", "沂蒙磁材有限公司"),)
    assert found.seals == (("甲方", "沂蒙磁材有限公司"),)


def _with(part: str, content: bytes, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO(_document())
    with zipfile.ZipFile(buffer, "a", compression) as archive:
        archive.writestr(part, content)
    return buffer.getvalue()


def _types() -> bytes:
    """A main part that claims to hold macros."""
    source = zipfile.ZipFile(io.BytesIO(_document()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "[Content_Types].xml":
                data = data.replace(b"wordprocessingml.document.main", b"ms-word.macroEnabled.main")
            archive.writestr(entry.filename, data)
    return buffer.getvalue()


def _entity() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(_document()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                head = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                data = data.replace(b"?>", b"?>" + head, 1)
            archive.writestr(entry.filename, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_with("word/vbaProject.bin", b"x"), "宏"),
        (_types(), "宏"),
        (_with("word/media/bomb.bin", b"0" * 150_000_000), "压缩比异常"),
        (_with("word/embeddings/run.exe", b"MZ"), "不允许的文件"),
        (_entity(), "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "密码"),
        (b"PK\x03\x04 and then nothing", "已损坏"),
        (b"%PDF-1.7", "扩展名不符"),
        (b"", "空"),
        (b"PK\x03\x04" + b"0" * (10 * 1024 * 1024), "10 MB"),
    ],
    ids=[
        "macro",
        "macro type",
        "bomb",
        "program",
        "entities",
        "encrypted",
        "cut",
        "pdf",
        "empty",
        "large",
    ],
)
def test_hostile_files_are_refused_with_the_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    with pytest.raises(Refused) as caught:
        _read(tmp_path, data)
    assert reason in str(caught.value.reason)


def test_deleted_text_is_not_read(tmp_path: Path) -> None:
    source = zipfile.ZipFile(io.BytesIO(_document()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                gone = '<w:p><w:del w:id="1" w:author="x"><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>'
                data = data.replace(b"<w:body>", b"<w:body>" + gone.encode(), 1)
            archive.writestr(entry.filename, data)
    assert "删去" not in _read(tmp_path, buffer.getvalue())
