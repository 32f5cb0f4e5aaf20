"""A whole site as `make run` starts it: the memory of its processes, and how long `/match/` takes.

    python -m tests.benchmarks.site [CHECKOUT …]

Other checkouts, such as one of an earlier revision, have a `.venv` of their own; their sites are asked the
same questions in turn, so that whatever else the machine does meets all of them alike. Each site gets a
data folder of its own with the sample data, and is stopped at the end. Figures in Markdown.
"""

import argparse
import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 600
#: `/match/` allows twenty an hour from one network: each question comes from another one.
QUESTIONS = 60
WARM = 6
_WAITING = (
    "SELECT (SELECT count(*) FROM journal_delivery WHERE status = 'pending')"
    " + (SELECT count(*) FROM journal_job WHERE status IN ('queued', 'running'))"
)
PROBLEM = (
    "我们是一家年产十二万立方米多层板的企业，现用改性脲醛胶，成品甲醛释放量为 0.09 mg/m³，"
    "降胶后静曲强度不达标，已试过三聚氰胺改性仍有波动，希望引进无醛胶黏剂及配套热压工艺。"
)


def say(line: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Memory:
    """Memory of processes in MB: resident, and with shared pages divided among who shares them."""

    def __init__(self, root: int) -> None:
        self.rows: list[tuple[str, float, float]] = []
        for pid in _tree(root):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            rss, pss = (
                int(re.findall(rf"^{name}: +(\d+)", rollup, re.MULTILINE)[0]) / 1024
                for name in ("Rss", "Pss")
            )
            self.rows.append((_name(words), rss, pss))

    def say(self) -> None:
        """A line for each kind of process, and the sum."""
        for name in dict.fromkeys(row[0] for row in self.rows):
            some = [row for row in self.rows if row[0] == name]
            rss, pss = sum(row[1] for row in some), sum(row[2] for row in some)
            say(f"| {name} ({len(some)}) | {rss:.0f} | {pss:.0f} |")
        total = [sum(row[place] for row in self.rows) for place in (1, 2)]
        say(f"| all ({len(self.rows)}) | {total[0]:.0f} | {total[1]:.0f} |")


def _name(words: list[str]) -> str:
    line = " ".join(words)
    for name in ("search.model.worker", "search.model", "gunicorn", "celery", "run.py"):
        if name in line:
            return name
    return Path(words[0]).name


def _tree(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(path.parent.name))
    found, left = [], [root]
    while left:
        found.append(left.pop())
        left += parents.get(found[-1], [])
    return found


def _ask(address: str, network: int) -> float:
    """Milliseconds of one question, the page with the form not counted."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.addheaders = [("X-Forwarded-For", f"10.{network // 250}.{network % 250}.1")]
    with opener.open(f"{address}/match/", timeout=60) as answer:
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())[0]
    # Another beginning each time: nothing is answered from a cache.
    data = {"csrfmiddlewaretoken": token, "problem": f"第{network}问。{PROBLEM}"}
    request = urllib.request.Request(
        f"{address}/match/", urllib.parse.urlencode(data).encode(), {"Referer": f"{address}/match/"}
    )
    began = time.perf_counter()
    with opener.open(request, timeout=60) as answer:
        assert answer.status == 200
        answer.read()
    return (time.perf_counter() - began) * 1000


class Site:
    """The site of a checkout, started as `make run` does; `with` stops it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = tempfile.TemporaryDirectory(prefix="bench-site-")
        self.times: list[float] = []

    def __enter__(self) -> Self:
        data = Path(self.folder.name)
        given = {"PORT": str(self.port), "DATA_DIR": str(data), "TRUSTED_PROXIES": "1"}
        log = data / "run.log"
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "deploy/run.py"],
                cwd=self.root,
                env={**os.environ, **given},
                stdout=out,
                stderr=out,
            )
        ends = time.monotonic() + START_SECONDS
        while "已就绪" not in log.read_text(encoding="utf-8"):
            assert self.process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < ends, log.read_text()[-3000:]
            time.sleep(0.5)
        # The worker is at the sample data: what it embeds comes before what is measured.
        _until_quiet(data)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.folder.cleanup()

    def ask(self, number: int) -> None:
        """One question."""
        self.times.append(_ask(self.address, number))

    def report(self) -> None:
        """Memory and times."""
        say(f"\n{self.root}\n\n| processes | RSS MB | PSS MB |\n| --- | ---: | ---: |")
        Memory(self.process.pid).say()
        times = self.times[WARM:]
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        say(f"\n`POST /match/`, {len(times)} questions: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def measure(roots: list[Path]) -> None:
    """Start the sites of these checkouts, ask all of them the same questions in turn, report, stop."""
    with ExitStack() as stack:
        sites = [stack.enter_context(Site(root)) for root in roots]
        for number in range(WARM + QUESTIONS):
            for site in sites:
                site.ask(number)
        for site in sites:
            site.report()


def _until_quiet(data: Path) -> None:
    """Until no delivery waits and no job is open."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        with sqlite3.connect(data / "jiebang.sqlite3") as connection:
            if connection.execute(_WAITING).fetchone()[0] == 0:
                return
        time.sleep(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.site", description=__doc__)
    parser.add_argument("roots", type=Path, nargs="*", default=[ROOT])
    measure([root.resolve() for root in parser.parse_args().roots])
