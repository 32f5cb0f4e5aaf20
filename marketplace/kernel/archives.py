"""Checks a zip file from outside before anything unpacks it.

The sizes in a zip's directory can be false, and common readers decompress a whole entry before they
compare. So each entry is decompressed here once in small steps, counted, and discarded.
"""

import copy
import zipfile
import zlib
from typing import IO

from django.utils.translation import gettext_lazy as _

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
#: Bytes below which MAX_RATIO does not apply: short repetitive markup compresses very well.
RATIO_FREE = 1024 * 1024
_STEP = 64 * 1024


class ArchiveError(ValueError):
    """A zip that is damaged or a decompression bomb. The text tells the user why."""


def open_archive(
    file: IO[bytes], *, max_unpacked: int = MAX_UNPACKED, max_entries: int = MAX_ENTRIES
) -> zipfile.ZipFile:
    """Open a zip after each of its entries was decompressed and counted. Raises ArchiveError.

    Limited are the number of entries, the total of decompressed bytes, and the ratio of each entry.
    """
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveError(_("文件已损坏，无法打开")) from error
    entries = archive.infolist()
    if len(entries) > max_entries:
        raise ArchiveError(_("文件内部结构过于复杂"))
    if len({entry.filename for entry in entries}) != len(entries):
        raise ArchiveError(_("文件已损坏，无法打开"))
    if sum(entry.file_size for entry in entries) > max_unpacked:
        raise ArchiveError(_("文件解压后过大"))
    total = 0
    for entry in entries:
        total += _measure(archive, entry, max_unpacked - total)
    return archive


def _measure(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Decompress one entry in steps and return its true size. It must equal the size in the directory."""
    if entry.flag_bits & 0x1:
        raise ArchiveError(_("文件设有密码，请去除密码后再上传"))
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveError(_("文件使用了不支持的压缩方式"))
    # The copy states a size above the limit and no checksum, so that the reader continues to the end
    # of the data instead of stopping at the stated size.
    probe = copy.copy(entry)
    probe.file_size = room + _STEP
    probe.CRC = None  # type: ignore[assignment]
    size = 0
    try:
        with archive.open(probe) as stream:
            while piece := stream.read(_STEP):
                size += len(piece)
                if size > room:
                    raise ArchiveError(_("文件解压后过大"))
                if size > RATIO_FREE and size > MAX_RATIO * max(1, entry.compress_size):
                    raise ArchiveError(_("文件压缩比异常"))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise ArchiveError(_("文件已损坏，无法打开")) from error
    if size != entry.file_size:
        raise ArchiveError(_("文件已损坏，无法打开"))
    return size
