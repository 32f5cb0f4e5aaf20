"""The pack of a thread: a ZIP of everything that its reader may open, with a list of checksums.

`sha256sum -c SHA256SUMS` in the unpacked folder checks every file (security and audit offices have it).
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.files.models import Attachment
from marketplace.files.rulebook import extension_of
from marketplace.files.sending import open_copy
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import DomainError
from marketplace.threads.queries import Thread

#: Bytes of files in one pack. What goes beyond it is named in the record as left out.
MOST_BYTES = 300 * 2**20
_CHUNK = 2**18


def write_pack(thread: Thread, user: Actor) -> IO[bytes]:
    """Write the pack to a file without a name, open at its start; the caller closes it.

    Each confidential file is stamped and recorded as a download of its own. A file that cannot be had is
    left out, with the reason in the record.
    """
    pack = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    sums: list[tuple[str, str]] = []
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as archive:
        files = list(_write_files(archive, thread, user, sums))
        record = _record(thread, files)
        _write(archive, sums, "record.json", json.dumps(record, ensure_ascii=False, indent=2))
        page = render_to_string("threads/pack.html", {"thread": thread, "files": files})
        _write(archive, sums, "record.html", page)
        archive.writestr("SHA256SUMS", "".join(f"{digest}  {name}\n" for digest, name in sums))
    pack.seek(0)
    return pack


def _write(archive: zipfile.ZipFile, sums: list[tuple[str, str]], name: str, text: str) -> None:
    body = text.encode()
    archive.writestr(name, body)
    sums.append((hashlib.sha256(body).hexdigest(), name))


def _write_files(
    archive: zipfile.ZipFile, thread: Thread, user: Actor, sums: list[tuple[str, str]]
) -> Iterator[dict[str, str]]:
    """Write the files; give one line of the record for each, also for those left out."""
    left = MOST_BYTES
    for stage, row in thread.files:
        line = {"stage": stage, "code": row.code, "name": row.name, "path": "", "left_out": ""}
        if row.size > left:
            line["left_out"] = _("超出打包大小上限，请单独下载")
            yield line
            continue
        try:
            source = open_copy(row, user)
        except DomainError as error:
            line["left_out"] = str(error) or _("文件缺失")
            yield line
            continue
        left -= row.size
        line["path"] = _path(stage, row)
        with source, archive.open(line["path"], "w", force_zip64=True) as target:
            digest = hashlib.sha256()
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
        sums.append((digest.hexdigest(), line["path"]))
        yield line


def _path(stage: str, row: Attachment) -> str:
    """A name without blanks or signs, which every system unpacks and `sha256sum` reads without escapes."""
    return f"files/{stage}/{row.code}{extension_of(row.name)}"


def _record(thread: Thread, files: list[dict[str, str]]) -> dict[str, Any]:
    """The thread as plain data; instants in UTC."""
    return {
        "code": thread.code,
        "title": thread.title,
        "sample": thread.is_sample,
        "made_at": clock.now().isoformat(),
        "stages": [
            {
                "stage": stage.name,
                "label": str(stage.label),
                "gap": stage.is_gap,
                "skipped": stage.is_skipped,
                "days_since_stage_before": stage.days,
                "records": [
                    {
                        "code": piece.code,
                        "title": piece.title,
                        "state": str(piece.state),
                        "at": piece.at.isoformat() if piece.at is not None else None,
                        "facts": {str(name): str(value) for name, value in piece.facts},
                    }
                    for piece in stage.pieces
                ],
            }
            for stage in thread.stages
        ],
        "files": files,
    }
