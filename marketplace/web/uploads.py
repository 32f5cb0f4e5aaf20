"""How the files of a request are received, before any view has seen them."""

from contextlib import suppress
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TidyUploadHandler(TemporaryFileUploadHandler):
    """Larger files go to a temporary one, which is gone at once when the disk has no room for it.

    Django's own leaves it until the error that it raises is collected as garbage.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """See `FileUploadHandler`."""
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):
                self.file.close()
            raise
