"""The texts that have killed the worker, by digest, in a file that outlives worker and server."""

import json
import time
from pathlib import Path
from typing import Any

#: A text that killed the worker so often is not given to it again.
LIMIT = 2
#: So many are remembered, the newest.
MOST = 1_000


class Refused:
    """How often each text has killed the worker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        try:
            self._known = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            # None yet, or a torn file: each of them would have to kill again to be known again.
            self._known = {}

    def holds(self, digest: str) -> bool:
        """Whether this text is given to the model no more."""
        return int(self._known.get(digest, {}).get("times", 0)) >= LIMIT

    def count(self) -> int:
        """How many texts are given to the model no more."""
        return sum(self.holds(digest) for digest in self._known)

    def killed(self, digest: str, how: str) -> None:
        """Note that the worker died of this text."""
        times = int(self._known.pop(digest, {}).get("times", 0)) + 1
        self._known[digest] = {"times": times, "how": how, "at": round(time.time())}
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        self._write()

    def passed(self, digest: str) -> None:
        """The text was embedded: what ended the worker was something else."""
        if self._known.pop(digest, None) is not None:
            self._write()

    def forget(self) -> None:
        """Give every text another try."""
        self._known.clear()
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._known), encoding="utf-8")
        fresh.replace(self._path)
