"""Sealing on receipt in an upload handler of Django: no plaintext reaches a disk."""

import io
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

import pytest

from marketplace.custody import sealing
from marketplace.custody.sealing import SEGMENT
from tests.marketplace.custody.sealing.bids import TERMS, Bid

PART = (
    b'--x\r\nContent-Disposition: form-data; name="price"\r\n\r\n1234567.89\r\n--x\r\n'
    b'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
    b"Content-Type: application/pdf\r\n\r\n"
)


def test_an_upload_is_sealed_without_a_plaintext_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    stored: dict[int, bytes] = {}

    def write(index: int, data: bytes) -> None:
        stored[index] = stored.get(index, b"") + data

    sealer = sealing.BidSealer(TERMS, "TB-PY", 1, write)

    class SealOnReceipt(FileUploadHandler):
        def new_file(self, *args: Any, **kwargs: Any) -> None:
            super().new_file(*args, **kwargs)
            assert self.file_name
            self.target = sealer.file(self.file_name)

        def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
            self.target.update(raw_data)

        def file_complete(self, file_size: int) -> UploadedFile:
            return UploadedFile(None, self.file_name, self.content_type, file_size)

    plain = (b"CANARY" * 1_000_000)[: 5 * SEGMENT + 3]
    body = PART + plain + b"\r\n--x--\r\n"
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(len(body))}
    post, _ = MultiPartParser(meta, io.BytesIO(body), [SealOnReceipt()]).parse()
    bid = Bid(sealer.finish(post.dict()), stored)
    opened = sealing.open_bid(bid.header, TERMS, bid.shares(), bid.read)
    assert opened.manifest["form"] == {"price": "1234567.89"}
    assert bid.contents(opened) == {"a.pdf": plain}
    assert list(tmp_path.iterdir()) == []
    assert all(b"CANARY" not in data for data in [bid.raw, *stored.values()])
