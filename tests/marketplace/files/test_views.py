"""The one door: who gets the bytes, under which headers, and what everyone else gets."""

import pytest

from marketplace.files import services, storage
from marketplace.journal.models import Entry
from tests.factories.files import image_bytes, make_attachment, pdf_bytes

pytestmark = pytest.mark.django_db


def body(response):
    return b"".join(response.streaming_content)


def test_public_file_is_sent_with_safe_headers(client, uploader, readers):
    data = pdf_bytes()
    attachment = make_attachment(uploader, data=data, audience="public", name="技术方案.pdf")
    response = client.get(attachment.url)
    assert response.status_code == 200
    assert body(response) == data
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(data))
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%8A%80%E6%9C%AF%E6%96%B9%E6%A1%88.pdf"
    )
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "private, no-store"
    assert not Entry.objects.filter(event="AttachmentDownloaded").exists()


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_pictures_are_attachments_too(client, uploader, readers, image_format):
    name = f"a.{image_format.lower()}"
    attachment = make_attachment(
        uploader, data=image_bytes(image_format), audience="public", name=name
    )
    response = client.get(attachment.url)
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == f"image/{image_format.lower()}"
    assert body(response)


def test_download_of_a_restricted_file_is_written_down(client, uploader, outsider, readers):
    attachment = make_attachment(uploader)
    readers.ids = {outsider.pk}
    client.force_login(outsider)
    assert client.head(attachment.url).status_code == 200
    assert not Entry.objects.filter(event="AttachmentDownloaded").exists()
    response = client.get(attachment.url)
    assert body(response)
    entry = Entry.objects.get(event="AttachmentDownloaded")
    assert (entry.actor_id, entry.subject_id) == (outsider.pk, attachment.pk)


def test_forbidden_removed_missing_and_garbled_look_the_same(client, uploader, outsider, readers):
    restricted = make_attachment(uploader)
    removed = services.remove(make_attachment(uploader, audience="public"), actor=uploader)
    unbound = make_attachment(uploader, subject_id=None)
    lost = make_attachment(uploader, audience="public")
    storage.erase(lost.path)
    wrong_check = restricted.code[:-1] + ("0" if restricted.code[-1] != "0" else "1")
    codes = [
        restricted.code,
        removed.code,
        unbound.code,
        lost.code,
        wrong_check,
        "x",
        "FJ2026-AAAAAA-0",
    ]
    client.force_login(outsider)
    answers = {
        client.get(restricted.url.replace(restricted.code, code)).status_code for code in codes
    }
    assert answers == {404}


def test_right_is_asked_again_each_time(client, uploader, outsider, readers):
    attachment = make_attachment(uploader)
    client.force_login(outsider)
    readers.ids = {outsider.pk}
    response = client.get(attachment.url)
    assert response.status_code == 200
    assert body(response)
    readers.ids = set()
    assert client.get(attachment.url).status_code == 404


def test_nginx_sends_the_bytes_when_told_so(client, uploader, readers, settings):
    settings.FILES_X_ACCEL = "/_private/"
    attachment = make_attachment(uploader, audience="public")
    response = client.get(attachment.url)
    assert response["X-Accel-Redirect"] == f"/_private/{attachment.path}"
    assert response.content == b""
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_only_reading_is_possible(client, uploader, readers):
    attachment = make_attachment(uploader, audience="public")
    for method in (client.post, client.put, client.delete):
        assert method(attachment.url).status_code == 405
