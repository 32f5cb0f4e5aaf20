"""The files of an opened sealed bid become attachments: examined in the child process, before anybody has them."""

import io
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from django.db import transaction

from marketplace.bids.adapters import store
from marketplace.bids.models import Closing
from marketplace.bids.rulebook import MOST_BYTES
from marketplace.custody import sealing
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.kernel.errors import InvalidInput
from marketplace.openings.models import OPENED_FILES, OpenedBid
from marketplace.openings.services.judging import unseal


class _Plain(io.RawIOBase):
    """The plaintext of one file as a stream that is read once; a segment is in memory at a time."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Only to the beginning, before anything was read."""
        if offset or whence:
            raise io.UnsupportedOperation("seek")
        return 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; none at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        found = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(found) :]
        return found


class _Unpacked(Exception):
    """Another worker was quicker with this file."""


def unpack_files(row: OpenedBid) -> None:
    """Examine and store each file that is not there yet; one that is refused is listed with the reason.

    Idempotent: a file is noted in the transaction that records it, under the lock of its bid. A repetition goes on with
    the next one, and of two workers at the same file one keeps it.
    """
    if not row.is_open or not row.opening.tender.is_sealed:
        return
    closing = Closing.objects.get(tender=row.opening.tender_id)
    found = unseal(row, closing)
    if found is None:
        return
    for number, one in enumerate(row.files, 1):
        if one["code"] or one["reason"]:
            continue
        with store.open_stored(row.envelope.files[number]["path"]) as stream:
            chunks = sealing.open_file(found.header, found.opened.cek, number, stream, one["size"])
            try:
                files.store_stream(
                    _Plain(chunks),  # type: ignore[arg-type]
                    one["name"],
                    subject_kind=OPENED_FILES,
                    subject_id=row.pk,
                    uploader_id=row.envelope.handed_in_by_id,
                    most=MOST_BYTES,
                    note=partial(_note, row, number - 1),
                )
            except InvalidInput as error:
                reason = "; ".join(str(text) for text in error.errors["file"])
                with suppress(_Unpacked):
                    _note(row, number - 1, reason=reason)
            except _Unpacked:
                continue


@transaction.atomic
def _note(row: OpenedBid, index: int, made: Attachment | None = None, reason: str = "") -> None:
    """Write down what became of a file. Raises _Unpacked where that stands there already."""
    found = OpenedBid.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if found.files[index]["code"] or found.files[index]["reason"]:
        raise _Unpacked
    found.files[index] |= {"code": made.code if made else "", "reason": reason[:300]}
    found.save(update_fields=["files"])
