"""The supervisor of `make run`: whatever is killed, nothing is left over."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: A process with a child of its own, as the worker has its beat: both write down their numbers.
PAIR = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
deaf = len(sys.argv) > 2
child = os.fork()
if deaf or not child:
    signal.signal(signal.SIGTERM, signal.SIG_IGN if deaf else signal.SIG_DFL)
path = folder / ("parent" if child else "child")
path.with_suffix(".new").write_text(str(os.getpid()))
path.with_suffix(".new").replace(path)
time.sleep(600)
"""
#: The supervisor over a needed pair and one that helps.
SUPERVISED = """
import os, pathlib, sys
from deploy import run
run._adopt_orphans()
run.GRACE_SECONDS = 1.5
folder = pathlib.Path(sys.argv[1])
pair = [sys.executable, "-c", sys.argv[2]]
helping = [run.Part("helping", [*pair, str(folder / "helping")], dict(os.environ))]
needed = [run.Part("needed", [*pair, str(folder / "needed"), *sys.argv[3:]], dict(os.environ))]
sys.exit(run.supervise(needed, helping, lambda: True))
"""


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(is_so: Callable[[], bool], why: str, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, why
        time.sleep(0.05)


class Supervised:
    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        for name in ("needed", "helping"):
            (folder / name).mkdir()
        command = [sys.executable, "-c", SUPERVISED, str(folder), PAIR, *options]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."})
        until(lambda: len(self.all()) == 4, "they did not start")

    def pid(self, part: str, which: str) -> int:
        path = self.folder / part / which
        return int(path.read_text()) if path.exists() else 0

    def all(self) -> list[int]:
        names = [(p, w) for p in ("needed", "helping") for w in ("parent", "child")]
        return [pid for pid in (self.pid(*name) for name in names) if pid]

    def leaves_nothing(self) -> None:
        everybody = self.all()
        until(lambda: not any(map(lives, everybody)), f"left over: {everybody}")


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    if sys.platform != "linux":
        pytest.skip("/proc is Linux's")
    made: list[Supervised] = []

    def start(*options: str) -> Supervised:
        made.append(Supervised(tmp_path, *options))
        return made[-1]

    yield start
    for one in made:
        one.process.kill()
        one.process.wait()
        for pid in one.all():
            if lives(pid):
                os.kill(pid, signal.SIGKILL)


def test_killed_a_worker_takes_its_beat_along(supervised):
    """By its own group: SIGTERM for what it left over, and everything else is stopped."""
    site = supervised()
    os.kill(site.pid("needed", "parent"), signal.SIGKILL)
    assert site.process.wait(30) == 1
    site.leaves_nothing()


def test_what_does_not_heed_the_signal_is_killed_after_the_grace(supervised):
    site = supervised("deaf")
    os.kill(site.pid("needed", "parent"), signal.SIGKILL)
    assert site.process.wait(30) == 1
    site.leaves_nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_stops_everything(supervised, number):
    site = supervised()
    site.process.send_signal(number)
    assert site.process.wait(30) == 0
    site.leaves_nothing()


def test_killed_itself_it_takes_the_parts_along(supervised):
    site = supervised()
    parents = [site.pid(part, "parent") for part in ("needed", "helping")]
    site.process.kill()
    until(lambda: not any(map(lives, parents)), f"left over: {parents}")


def test_a_part_that_only_helps_is_started_again_and_nothing_stops(supervised):
    site = supervised()
    first, child = site.pid("helping", "parent"), site.pid("helping", "child")
    os.kill(first, signal.SIGKILL)
    until(lambda: site.pid("helping", "parent") not in {0, first}, "it was not started again")
    assert not lives(child), "nor is anything left of the dead one"
    assert site.process.poll() is None
    assert lives(site.pid("needed", "parent"))
