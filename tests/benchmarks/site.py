"""A whole site as `make run` starts it: the memory of its processes, and how long `/match/` takes.

    python -m tests.benchmarks.site [--root CHECKOUT]

`--root` names another checkout, such as one of an earlier revision, with a `.venv` of its own. The site
gets a data folder of its own with the sample data, and is stopped at the end. Figures in Markdown.
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
from pathlib import Path

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

    def say(self, when: str) -> None:
        """A line for each kind of process, and the sum."""
        for name in dict.fromkeys(row[0] for row in self.rows):
            some = [row for row in self.rows if row[0] == name]
            rss, pss = sum(row[1] for row in some), sum(row[2] for row in some)
            say(f"| {when} | {name} ({len(some)}) | {rss:.0f} | {pss:.0f} |")
        total = [sum(row[place] for row in self.rows) for place in (1, 2)]
        say(f"| {when} | all ({len(self.rows)}) | {total[0]:.0f} | {total[1]:.0f} |")


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


def measure(root: Path) -> None:
    """Start the site of this checkout, ask, print, stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="bench-site-") as data:
        given = {"PORT": str(port), "DATA_DIR": data, "TRUSTED_PROXIES": "1"}
        log = Path(data) / "run.log"
        with log.open("w") as out:
            site = subprocess.Popen(
                [sys.executable, "deploy/run.py"],
                cwd=root,
                env={**os.environ, **given},
                stdout=out,
                stderr=out,
            )
        try:
            ends = time.monotonic() + START_SECONDS
            while "已就绪" not in log.read_text(encoding="utf-8"):
                assert site.poll() is None, log.read_text()[-3000:]
                assert time.monotonic() < ends, log.read_text()[-3000:]
                time.sleep(0.5)
            say("| when | processes | RSS MB | PSS MB |\n| --- | --- | ---: | ---: |")
            Memory(site.pid).say("started")
            # The worker is at the sample data: what it embeds comes before what is measured.
            _until_quiet(Path(data))
            for number in range(WARM):
                _ask(address, number)
            times = [_ask(address, WARM + number) for number in range(QUESTIONS)]
            Memory(site.pid).say("worked")
            p95 = statistics.quantiles(times, n=20)[-1]
            say(
                f"\n`POST /match/`, {QUESTIONS} questions: p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms"
            )
        finally:
            site.send_signal(signal.SIGINT)
            site.wait(60)


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
    parser.add_argument("--root", type=Path, default=ROOT)
    measure(parser.parse_args().root.resolve())
