"""Which tests ran, over several runs: a test that is skipped in each of them runs nowhere, and is named.

`RAN_FILE=… pytest …` adds what a run has run and skipped, `python -m tests.everywhere FILE` judges at the
end. `.ci/run` does so: some tests run on the embedded profile only, some on the servers only, and none
may fall between.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

#: What reasons to skip say that hold in every run: data that are no part of the repository, a right
#: that this machine does not give.
EXEMPT = (
    *("SHARED_DIR", "no benchmark data", "no case files", "no texts at"),
    "no right to mount",
)


class Ran:
    """What one run has run; a skipped test with its reason."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ran: set[str] = set()
        self._skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """With xdist this is called where the workers' reports come together."""
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            if not any(words in str(reason) for words in EXEMPT):
                self._skipped[report.nodeid] = str(reason)
        elif report.when == "call":
            self._ran.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Add a line to the file."""
        line = json.dumps({"ran": sorted(self._ran), "skipped": self._skipped})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def watch(config: Any) -> None:
    """Write down what this run runs, where a file is named and it is no worker of xdist."""
    path = os.environ.get("RAN_FILE")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ran(Path(path)), "ran")


def nowhere(lines: list[str]) -> dict[str, str]:
    """The tests that each of these runs has skipped, with the last reason."""
    runs = [json.loads(line) for line in lines]
    ran = {name for run in runs for name in run["ran"]}
    return {
        name: reason for run in runs for name, reason in run["skipped"].items() if name not in ran
    }


def main(path: str) -> int:
    """Name what ran nowhere; the exit code."""
    lacking = nowhere(Path(path).read_text(encoding="utf-8").splitlines())
    for name, reason in sorted(lacking.items()):
        sys.stdout.write(f"ran nowhere: {name}: {reason}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
