"""The files of an opened sealed bid become attachments: examined in the child process, before anybody has them."""

import io
from collections.abc import Iterator

from django.db import transaction

from marketplace.bids.adapters import store
from marketplace.bids.models import Closing
from marketplace.bids.rulebook import MOST_BYTES
from marketplace.custody import sealing
from marketplace.files import services as files
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


def unpack_files(row: OpenedBid) -> None:
    """Examine and store each file that is not there yet; one that is refused is listed with the reason.

    Idempotent: a file is noted in the transaction after it was stored, and a repetition goes on with the next.
    """
    if not row.is_open or not row.opening.tender.is_sealed:
        return
    closing = Closing.objects.get(tender=row.opening.tender_id)
    found = unseal(row, closing)
    if found is None:
        return
    sender = row.envelope.handed_in_by_id
    for number, one in enumerate(row.files, 1):
        if one["code"] or one["reason"]:
            continue
        code, reason = "", ""
        with store.open_stored(row.envelope.files[number]["path"]) as stream:
            chunks = sealing.open_file(found.header, found.opened.cek, number, stream, one["size"])
            try:
                made = files.store_stream(
                    _Plain(chunks),  # type: ignore[arg-type]
                    one["name"],
                    subject_kind=OPENED_FILES,
                    subject_id=row.pk,
                    uploader_id=sender,
                    most=MOST_BYTES,
                )
                code = made.code
            except InvalidInput as error:
                reason = "; ".join(str(text) for text in error.errors["file"])
        _note(row, number - 1, code, reason)


@transaction.atomic
def _note(row: OpenedBid, index: int, code: str, reason: str) -> None:
    found = OpenedBid.objects.select_for_update(of=("self",)).get(pk=row.pk)
    found.files[index] |= {"code": code, "reason": reason[:300]}
    found.save(update_fields=["files"])
