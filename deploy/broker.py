"""The folder that stands in for a message broker, without messages that are read while half written."""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu's, but a message is there whole or not at all.

    kombu opens the file under its final name and writes then. A worker that finds it in between reads
    nothing, which is no JSON, and ends; and with it the site.
    """

    def _put(  # type: ignore[override]  # the two parents have different names for it
        self, queue: str, payload: Any, **_kwargs: Any
    ) -> None:
        """Put a message into the folder, named as kombu names it: its reader sorts by name."""
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        aside = folder / f"{name}.new"
        try:
            aside.write_bytes(str_to_bytes(dumps(payload)))
            aside.rename(folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the folder") from error


class Transport(filesystem.Transport):
    """What `filesystem://` means here."""

    Channel = Channel


TRANSPORT_ALIASES["filesystem"] = "deploy.broker:Transport"
