"""Files sent with a step of the wizard: the page says what became of each, the step is saved."""

import re
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.files.models import Attachment
from marketplace.kernel.children import MIB
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.files import pdf_bytes, upload
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def address(need: Need) -> str:
    return reverse("needs:edit", args=[need.code, "terms"])


def typed(client: Client, need: Need) -> dict[str, Any]:
    """What the page would send when nothing is changed."""
    return sent_from(client.get(address(need)))


def sent_from(page: Any) -> dict[str, Any]:
    """What a page of the step would send."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    rev = re.search(r'name="rev" value="(\d+)"', page.text)
    assert rev is not None
    return {name: value for name, value in values.items() if value is not None} | {"rev": rev[1]}


@pytest.fixture
def need(cast: Cast, settings: Any, tmp_path: Path) -> Need:
    settings.PRIVATE_FILES_DIR = tmp_path / "private"
    return make_need(cast.enterprise, cast.member)


def test_each_of_several_files_is_named(cast: Cast, client: Client, need: Need) -> None:
    client.force_login(cast.member)
    data = typed(client, need) | {"contact_name": "新联系人", "upload": "1"}
    files = [
        upload(pdf_bytes(), "好.pdf"),
        upload(b"<html>", "坏.pdf"),
        upload(b"x", "旧.doc"),
        upload(pdf_bytes(), "也好.pdf"),
    ]
    page = client.post(address(need), data | {"file": files})
    assert page.status_code == 400
    for said in (
        "“好.pdf”：已上传",
        "“也好.pdf”：已上传",
        "“坏.pdf”：文件内容与扩展名不符",
        "“旧.doc”：不接受旧版或 WPS 专有格式",
    ):
        assert said in page.text
    need.refresh_from_db()
    assert need.contact_name == "新联系人"
    assert "新联系人" in page.text
    # The page that named them can be sent again.
    data = sent_from(page) | {"upload": "1"}
    page = client.post(address(need), data | {"file": [upload(pdf_bytes(), "三.pdf")]}, follow=True)
    assert "已上传：三.pdf" in page.text


def test_files_beside_a_field_with_an_error_are_said_to_be_lost(
    cast: Cast, client: Client, need: Need
) -> None:
    client.force_login(cast.member)
    data = typed(client, need) | {"contact_phone": "12", "upload": "1"}
    page = client.post(address(need), data | {"file": [upload(pdf_bytes(), "方案.pdf")]})
    assert page.status_code == 400
    assert "下面的文件没有上传" in page.text
    assert "“方案.pdf”" in page.text
    assert not Attachment.objects.exists()


def test_too_many_uploads_are_429_and_lose_nothing_typed(
    cast: Cast, client: Client, need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.listings.views.wizard.UPLOADS", "1/h")
    client.force_login(cast.member)
    for number, status in enumerate((302, 429)):
        data = typed(client, need) | {"contact_name": f"联系人{number}", "upload": "1"}
        page = client.post(address(need), data | {"file": [upload(pdf_bytes(), "a.pdf")]})
        assert page.status_code == status
    assert 0 < int(page["Retry-After"]) <= 3600
    assert "操作过于频繁" in page.text
    need.refresh_from_db()
    assert need.contact_name == "联系人1"
    assert Attachment.objects.count() == 1
    # A step without files is no upload.
    data = typed(client, need) | {"contact_name": "联系人2", "save": "1"}
    assert client.post(address(need), data).status_code == 302


def test_a_full_disk_is_507_and_the_step_is_saved(
    cast: Cast, client: Client, need: Need, small_disk: Path
) -> None:
    client.force_login(cast.member)
    data = typed(client, need) | {"contact_name": "新联系人", "upload": "1"}
    page = client.post(address(need), data | {"file": [upload(b"%PDF-" + b"x" * MIB, "大.pdf")]})
    assert page.status_code == 507
    assert "“大.pdf”：服务器的存储空间已满" in page.text
    need.refresh_from_db()
    assert need.contact_name == "新联系人"
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
