"""Upload fields and the parts of pages that list files."""

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

import pytest

from marketplace.files import queries
from marketplace.files.forms import UploadsField, wanted_removals
from marketplace.web.forms import JiebangForm
from tests.factories.files import make_attachment, pdf_bytes, upload


class ManyForm(JiebangForm):
    uploads = UploadsField(label="附件", most=2, required=False)


def many(*uploads):
    return ManyForm({}, MultiValueDict({"uploads": list(uploads)}))


def test_several_files_are_taken_in_order():
    form = many(upload(pdf_bytes(), "a.pdf"), upload(pdf_bytes(), "b.pdf"))
    assert form.is_valid()
    assert [item.name for item in form.cleaned_data["uploads"]] == ["a.pdf", "b.pdf"]


def test_none_is_fine():
    form = many()
    assert form.is_valid()
    assert form.cleaned_data["uploads"] == []


@pytest.mark.parametrize(
    ("uploads", "message"),
    [
        ([upload(b"x", "a.exe")], "只接受 PDF、docx、xlsx、pptx、jpg、png 文件"),
        ([upload(b"", "a.pdf")], "提交的是空文件。"),
        ([upload(b"x", f"{n}.pdf") for n in range(3)], "一次最多上传 2 个文件"),
    ],
)
def test_what_name_and_number_tell_is_said_at_the_field(uploads, message):
    assert many(*uploads).errors["uploads"] == [message]


def test_size_is_said_at_the_field(settings):
    settings.MAX_UPLOAD_BYTES = 10
    assert "单个文件不超过" in many(upload(b"x" * 11, "a.pdf")).errors["uploads"][0]


def test_browser_gets_the_filter_and_the_hint():
    html = str(ManyForm())
    assert 'accept=".pdf,.docx,.xlsx,.pptx,.jpg,.jpeg,.png"' in html
    assert "multiple" in html
    assert "PDF、Word、Excel、PPT 或图片，单个不超过 20.0\xa0MB" in html


@pytest.mark.django_db
def test_list_has_links_sizes_and_remove_buttons_without_scripts(uploader):
    attachment = make_attachment(uploader, name="<b>方案</b>.pdf")
    rows = queries.file_rows([attachment], remove_name="remove_file", show_audience=True)
    html = render_to_string(
        "files/components/upload.html",
        {"rows": rows, "bound": ManyForm()["uploads"], "button": "upload"},
    )
    assert f'href="{attachment.url}"' in html
    assert "PDF" in html
    assert "仅授权可见" in html
    button = html[html.index("<button") : html.index("</button>")]
    assert 'type="submit"' in button
    assert 'name="remove_file"' in button
    assert f'value="{attachment.code}"' in button
    assert "<b>" not in html
    plain = render_to_string(
        "files/components/attachments.html", {"rows": queries.file_rows([attachment])}
    )
    assert "remove_file" not in plain
    assert "暂无附件" in render_to_string("files/components/attachments.html", {"rows": []})


def test_pressed_remove_buttons_are_read():
    assert wanted_removals(QueryDict("remove_file=FJ1&remove_file=&remove_file=FJ2")) == [
        "FJ1",
        "FJ2",
    ]
