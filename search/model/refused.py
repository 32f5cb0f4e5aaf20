"""The texts that have crashed the worker, by digest, in a file that outlives worker and server."""

import json
import time
from pathlib import Path
from typing import Any

#: A text that has crashed the worker so often is refused.
LIMIT = 2
#: The number of texts that are remembered, the newest ones.
MOST = 1_000


class Refused:
    """How often each text has crashed the worker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        try:
            self._known = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            # No file yet, or a damaged one: each text must crash the worker again to be refused again.
            self._known = {}

    def holds(self, digest: str) -> bool:
        """Whether this text is refused."""
        return int(self._known.get(digest, {}).get("times", 0)) >= LIMIT

    def count(self) -> int:
        """The number of refused texts."""
        return sum(self.holds(digest) for digest in self._known)

    def killed(self, digest: str, how: str) -> None:
        """Note that this text has crashed the worker."""
        times = int(self._known.pop(digest, {}).get("times", 0)) + 1
        self._known[digest] = {"times": times, "how": how, "at": round(time.time())}
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        self._write()

    def passed(self, digest: str) -> None:
        """Note that the text was embedded: something else had ended the worker."""
        if self._known.pop(digest, None) is not None:
            self._write()

    def forget(self) -> None:
        """Try every text again."""
        self._known.clear()
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._known), encoding="utf-8")
        fresh.replace(self._path)
