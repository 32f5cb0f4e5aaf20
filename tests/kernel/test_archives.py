"""Zip containers from outside: counted by what is in them, not by what they say."""

import io
import zipfile

import pytest

from marketplace.kernel.archives import ArchiveError, open_archive
from tests.factories.files import zip_bytes


def test_sound_archive_is_opened_for_reading():
    with open_archive(io.BytesIO(zip_bytes({"a.xml": b"abc", "b/c.xml": b""}))) as archive:
        assert archive.read("a.xml") == b"abc"
        assert archive.namelist() == ["a.xml", "b/c.xml"]


def test_limits_are_exact():
    data = zip_bytes({"a": b"x" * 10, "b": b"y" * 10})
    open_archive(io.BytesIO(data), max_unpacked=20, max_entries=2)
    for limits in ({"max_unpacked": 19}, {"max_entries": 1}):
        with pytest.raises(ArchiveError):
            open_archive(io.BytesIO(data), **limits)


def test_small_parts_may_shrink_much():
    open_archive(io.BytesIO(zip_bytes({"a": bytes(1024 * 1024)})))
    with pytest.raises(ArchiveError, match="压缩比"):
        open_archive(io.BytesIO(zip_bytes({"a": bytes(1024 * 1024 + 1)})))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a", b"abc")
    with pytest.raises(ArchiveError, match="压缩方式"):
        open_archive(buffer)


@pytest.mark.parametrize("cut", [0, 1, 10, 60])
def test_broken_archive_is_refused(cut):
    data = zip_bytes({"a": b"abc" * 100})
    with pytest.raises(ArchiveError):
        open_archive(io.BytesIO(data[:cut]))


def test_flipped_byte_in_the_data_is_refused():
    data = bytearray(zip_bytes({"a": bytes(range(256)) * 8}))
    data[40] ^= 0xFF
    with pytest.raises(ArchiveError):
        open_archive(io.BytesIO(bytes(data)))
