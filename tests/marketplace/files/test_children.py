"""Files are looked into in a child: what it costs there is not paid by the site."""

import io

import pikepdf
import pytest

from marketplace.files import children, services, storage
from marketplace.files.models import Attachment
from marketplace.kernel.children import MIB, OutOfMemory
from marketplace.kernel.errors import InvalidInput
from tests.factories.files import docx_bytes, image_bytes, make_attachment, pdf_bytes, upload
from tests.factories.hostile import big_png, pdf_of_objects

pytestmark = pytest.mark.django_db


def test_what_comes_back_is_what_was_sent_or_made_anew(uploader, private_folder):
    for name, data in (("a.pdf", pdf_bytes()), ("a.docx", docx_bytes())):
        kept = make_attachment(uploader, name=name, data=data)
        assert storage.open_stored(kept.path).read() == data
    jpeg = image_bytes("JPEG", comment=b"secret place")
    kept = make_attachment(uploader, name="a.jpg", data=jpeg)
    assert b"secret place" not in storage.open_stored(kept.path).read()
    # Of the picture as it came nothing is left.
    assert len([path for path in private_folder.rglob("*") if path.is_file()]) == 3


def test_pictures_of_49_million_points_are_never_in_memory_twice(uploader, monkeypatch):
    monkeypatch.setattr(children, "MEMORY", 360 * MIB)
    done = services.store_uploads(
        [upload(big_png(7000), f"{number}.png") for number in range(3)],
        subject_kind="tests.thing",
        subject_id=1,
        actor=uploader,
    )
    assert [row.name for row in done.taken] == ["0.png", "1.png", "2.png"]
    # Decoded each has 196 MB: with a second copy it would not fit into what a child may have here.


def test_a_picture_that_is_too_large_is_never_decoded(uploader, monkeypatch):
    monkeypatch.setattr(children, "MEMORY", 256 * MIB)
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, name="a.png", data=big_png(7100))
    assert error.value.errors["file"] == ["“a.png”：图片尺寸过大，请缩小后再上传"]


def test_more_memory_than_allowed_is_refused_in_words(uploader, monkeypatch, private_folder):
    monkeypatch.setattr(children, "MEMORY", 160 * MIB)
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, name="a.png", data=big_png(7000))
    reason = OutOfMemory.reason
    assert error.value.errors["file"] == [f"“a.png”：{reason}"]
    assert not [path for path in private_folder.rglob("*") if path.is_file()]
    assert not Attachment.objects.exists()


def test_more_time_than_allowed_is_refused_in_words(uploader, monkeypatch):
    monkeypatch.setattr(children, "SECONDS", 1)
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, name="a.pdf", data=pdf_of_objects(190_000))
    assert "没能在规定的时间内处理完" in str(error.value.errors["file"][0])


@pytest.mark.parametrize(
    "entry",
    [
        {"OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")},
        {"Deep": pikepdf.Array([pikepdf.Dictionary(X=pikepdf.Dictionary(S=pikepdf.Name.Launch))])},
        {"Names": pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())},
    ],
)
def test_one_bad_object_among_many_is_found(uploader, entry):
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, name="a.pdf", data=pdf_of_objects(5_000, **entry))
    assert "PDF 含有" in str(error.value.errors["file"][0])


def test_a_name_in_disguise_is_found(uploader):
    data = pdf_bytes(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    disguised = (
        plain.getvalue().replace(b"/JS (", b"/J#53(").replace(b"/JavaScript", b"/Jav#61Script")
    )
    assert disguised != plain.getvalue()
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, name="a.pdf", data=disguised)
    assert "PDF 含有" in str(error.value.errors["file"][0])


def test_of_more_than_ten_and_of_a_slow_request_each_is_named(uploader, monkeypatch):
    uploads = [upload(pdf_bytes(), f"{number}.pdf") for number in range(4)]
    about = {"subject_kind": "tests.thing", "subject_id": 1, "actor": uploader}
    monkeypatch.setattr(services, "MAX_AT_ONCE", 2)
    done = services.store_uploads(uploads, **about)
    assert [row.name for row in done.taken] == ["0.pdf", "1.pdf"]
    assert [str(reason) for reason in done.reasons] == [
        "“2.pdf”：一次最多上传 2 个文件，这个没有处理，请再传一次",
        "“3.pdf”：一次最多上传 2 个文件，这个没有处理，请再传一次",
    ]
    monkeypatch.setattr(services, "REQUEST_SECONDS", -1.0)
    done = services.store_uploads(uploads[:1], **about)
    assert [str(reason) for reason in done.reasons] == [
        "“0.pdf”：前面的文件用时过长，这个没有处理，请再传一次"
    ]


def test_a_full_disk_is_said_and_leaves_nothing(uploader, small_disk):
    done = services.store_uploads(
        [upload(image_bytes("PNG", (1200, 1200)), "a.png"), upload(b"%PDF-" + b"x" * MIB, "b.pdf")],
        subject_kind="tests.thing",
        subject_id=1,
        actor=uploader,
    )
    assert [row.name for row in done.taken] == ["a.png"]
    assert (done.status, len(done.reasons)) == (507, 1)
    assert str(done.reasons[0]).startswith("“b.pdf”：服务器的存储空间已满")
    left = [path for path in small_disk.rglob("*") if path.is_file()]
    assert [path.name for path in left] == [done.taken[0].path.rpartition("/")[2]]
