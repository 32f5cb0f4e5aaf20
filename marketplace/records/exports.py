"""The pack of a tender for an audit or a court: a ZIP of everything in order, with a list of checksums.

`sha256sum -c SHA256SUMS` in the unpacked folder checks every file.
"""

import hashlib
import json
import tempfile
import zipfile
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.records.queries.chapters import Chapter, Paper, chapters_of
from marketplace.tenders.models import Tender

#: Bytes of papers in one pack. A paper beyond it is named as left out, with its checksum.
MOST_BYTES = 2 * 2**30
_CHUNK = 2**18


def write_pack(tender: Tender, user: Actor) -> IO[bytes]:
    """Write the pack to a file without a name, open at its start; the caller closes it."""
    pack = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    sums: list[tuple[str, str]] = []
    told = []
    left = MOST_BYTES
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as archive:
        for chapter in chapters_of(tender, user):
            for name, rows in chapter.tables.items():
                text = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True)
                _write(archive, sums, f"{chapter.folder}/{name}.json", text)
            missing = []
            for paper in chapter.papers:
                reason = _paper(archive, sums, chapter, paper, left)
                if reason:
                    missing.append((paper.name, reason))
                else:
                    left -= paper.size
            told.append((chapter, missing))
        context = {"tender": tender, "chapters": told, "made_at": clock.now(), "user": user}
        _write(archive, sums, "index.html", render_to_string("records/pack.html", context))
        archive.writestr("SHA256SUMS", "".join(f"{digest}  {name}\n" for digest, name in sums))
    pack.seek(0)
    return pack


def _write(archive: zipfile.ZipFile, sums: list[tuple[str, str]], name: str, text: str) -> None:
    body = text.encode()
    archive.writestr(name, body)
    sums.append((hashlib.sha256(body).hexdigest(), name))


def _paper(
    archive: zipfile.ZipFile, sums: list[tuple[str, str]], chapter: Chapter, paper: Paper, left: int
) -> Any:
    """Write one paper; the reason where it is left out, else ""."""
    if paper.size > left:
        return _("超出打包大小上限，请单独下载")
    try:
        source = paper.place.open("rb")
    except OSError:
        return _("文件缺失")
    path = f"{chapter.folder}/papers/{paper.name}"
    digest = hashlib.sha256()
    with source, archive.open(path, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    sums.append((digest.hexdigest(), path))
    return ""
