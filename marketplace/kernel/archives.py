"""What a zip container from outside may be before anything unpacks it.

The sizes in a zip's listing are claims of its author, and the usual readers inflate an entry whole
before they compare; so each entry is inflated here once in small steps, counted, and thrown away.
"""

import copy
import zipfile
import zlib
from typing import IO

from django.utils.translation import gettext_lazy as _

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
#: Small entries of repeated markup may shrink more than MAX_RATIO; that harms nobody.
RATIO_FREE = 1024 * 1024
_STEP = 64 * 1024


class ArchiveError(ValueError):
    """A zip that is broken or built to do harm; the text tells the user why."""


def open_archive(
    file: IO[bytes], *, max_unpacked: int = MAX_UNPACKED, max_entries: int = MAX_ENTRIES
) -> zipfile.ZipFile:
    """Open a zip whose every entry was inflated and counted. Raises ArchiveError.

    Limits are the number of entries, the bytes unpacked in all and the ratio of each entry.
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
    """Inflate one entry in steps and return its true size, which its listing must have told."""
    if entry.flag_bits & 0x1:
        raise ArchiveError(_("文件设有密码，请去除密码后再上传"))
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveError(_("文件使用了不支持的压缩方式"))
    # The copy promises more than the limit and no checksum, so that the reader goes to the end of
    # the data instead of stopping where the listing says.
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
