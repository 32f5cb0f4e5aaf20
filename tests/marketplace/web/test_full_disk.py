"""A disk that is full before a view has seen the request, and a database that can't grow."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel.outages import is_outage
from marketplace.web.models import RateBucket
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("checks", [False, True])
def test_an_upload_that_finds_no_room_in_the_temporary_folder_is_507(
    cast: Cast,
    settings: Any,
    small_disk: Path,
    *,
    checks: bool,
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(small_disk)
    client = Client(raise_request_exception=False, enforce_csrf_checks=checks)
    client.force_login(cast.university_member)
    address = reverse("achievements:import")
    client.get(address)
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    file = SimpleUploadedFile("成果.xlsx", b"x" * 4_000_000)
    page = client.post(address, {"csrfmiddlewaretoken": token, "file": file})
    assert page.status_code == 507
    assert "服务器没有空间存放上传的文件" in page.text
    assert not [path for path in small_disk.rglob("*") if path.is_file()]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite says how large it may grow")
def test_a_database_that_cannot_grow_is_an_outage() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + 10}")
        try:
            with pytest.raises(OperationalError) as error, transaction.atomic():
                RateBucket.objects.bulk_create(
                    RateBucket(key=f"{n:0>64}", window=n, used=0, until="2026-01-01T00:00Z")
                    for n in range(100_000)
                )
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert "full" in str(error.value)
    assert is_outage(error.value)
