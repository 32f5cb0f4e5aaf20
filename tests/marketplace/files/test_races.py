"""Parallel uploads of one person on PostgreSQL can't pass the quota together."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

import pytest

from marketplace.files import services
from marketplace.files.models import Attachment
from marketplace.kernel.errors import InvalidInput
from tests.factories.files import make_attachment, make_uploader, pdf_bytes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]


#: Fewer than the connections of the pool: all of them are inside the service at the same time.
AT_ONCE, FIT = 8, 3


def test_parallel_uploads_keep_to_the_quota(monkeypatch, private_folder):
    data = pdf_bytes()
    monkeypatch.setattr(services, "DAILY_QUOTA", FIT * len(data))
    uploader = make_uploader()
    gate = threading.Barrier(AT_ONCE)

    def upload(number):
        gate.wait()
        try:
            make_attachment(uploader, data=data, subject_id=number)
        except InvalidInput:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = list(pool.map(upload, range(AT_ONCE)))
    assert sum(taken) == FIT
    assert Attachment.objects.count() == FIT
    assert len([path for path in private_folder.rglob("*") if path.is_file()]) == FIT
