"""One sealed tender on a real site: processes are killed within the opening and the submissions; a burst at the deadline.

CI runs the short forms; `make proofs` runs the long ones too.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.consistency.bidders import Bidder
from tests.consistency.site import Process, Site

pytestmark = pytest.mark.kill


def report(text: str) -> None:
    """A line of the run's output: `-rP` shows what proofs that passed have said."""
    sys.stdout.write(f"{text}\n")


class Acts:
    """The process of `tender_acts`: it is told what to do, and answers."""

    def __init__(self, site: Site) -> None:
        self._process = site.start(
            "tender_acts",
            *("-m", "tests.consistency.tender_acts"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._site = site

    def __call__(self, *said: str) -> dict[str, Any]:
        self._process.tell(json.dumps(said).encode())
        answer = next(self._process.lines, b"")
        assert answer, self._site.words("tender_acts")
        return json.loads(answer)  # type: ignore[no-any-return]


@pytest.fixture
def act(site: Site) -> Iterator[Acts]:
    """What people do; what bidders have sealed beforehand is gone at the end."""
    yield Acts(site)
    shutil.rmtree(site.data / "load", ignore_errors=True)


def web_server(site: Site) -> Process:
    """The process of the web server that was started last."""
    return [one for one in site.processes if one.log.name == "web.log"][-1]


def start_again(site: Site, address: str) -> None:
    """The same web server, at the same address."""
    site.web(port=int(address.rpartition(":")[2]))


def checked(act: Acts, bidders: list[Bidder]) -> dict[str, Any]:
    """Exactly one envelope and one receipt for each that was taken, none for others; the chain verifies."""
    found = act("verify")
    taken = {one.plan["bid"]: one for one in bidders if one.status == 200}
    assert set(found["envelopes"]) == set(taken)
    assert found["count"] == found["chain"] == len(taken)
    assert (found["late"], found["closed"]) == (0, True)
    assert found["list"] == [sorted(found["envelopes"].values())]
    for code, one in taken.items():
        receipt = json.loads(one.answer["receipt"])
        assert receipt["receipt"]["header"] == found["envelopes"][code]
    return found


@pytest.mark.parametrize(("count", "kills"), [(3, 1), pytest.param(50, 4, marks=pytest.mark.long)])
def test_the_web_server_and_the_opening_are_killed(
    site: Site, act: Acts, count: int, kills: int
) -> None:
    """A retry of each submission gives one bid and one receipt; the opening goes on where it was killed."""
    plans = act("prepare", str(count), "100000")["bidders"]
    address = site.web()
    bidders = [Bidder(plan, address) for plan in plans]
    done = threading.Semaphore(0)

    def run(bidder: Bidder) -> None:
        bidder.upload()
        bidder.hand_in()
        done.release()

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(run, one) for one in bidders]
        for _kill in range(kills):
            for _one in range(max(1, count // (kills + 2))):
                assert done.acquire(timeout=120)
            web_server(site).kill()
            start_again(site, address)
        for one in running:
            one.result()
    assert {one.status for one in bidders} == {200}
    retries = sum(one.retries for one in bidders)
    # Again with the same key, after everything: the same receipt.
    first = bidders[0].answer["receipt"]
    bidders[0].hand_in()
    assert (bidders[0].status, bidders[0].answer["receipt"]) == (200, first)
    act("deadline", "0")
    found = checked(act, bidders)
    web_server(site).kill()

    assert act("begin_opening") == {"waiting": count}
    for place in ("record", "note"):
        (site.data / "die-at").write_text(place)
        assert act("deliver")["killed"] == signal.SIGKILL, f"it should have died at {place}"
    assert act("deliver") == {"killed": False, "pending": 0}
    found = checked(act, bidders)
    assert found["outcomes"] == ["opened"] * count
    assert found["opened_events"] == count
    assert found["listed"] == found["kept"]
    assert len(found["kept"]) == 2 * count
    report(
        f"{count} submissions, the web server killed {kills} times: one bid and receipt each, {retries} retries; "
        f"the opening killed twice: {count} bids open once, {2 * count} files stored once"
    )


@pytest.mark.long
def test_a_burst_at_the_deadline(site: Site, act: Acts) -> None:
    """200 bidders with two files of 3 MB, three in five within the last minute: none lost, doubled or late."""
    count, early, window = int(os.environ.get("BIDDERS", "200")), 0.4, 60.0
    plans = act("prepare", str(count), "3000000")["bidders"]
    address = site.web(workers=2)
    bidders = [Bidder(plan, address) for plan in plans]
    draw = random.Random(14)
    # The earlier two in five are pressed into the minute before the last one.
    at = act("deadline", str(2 * window + 5))["deadline"]
    begins = [
        at - 2 * window + draw.uniform(0, window)
        if place < early * count
        else at - window + draw.uniform(0, window - 15)
        for place in range(count)
    ]
    uploads: list[float] = []
    # The last of every twenty presses the button a moment after the deadline.
    too_late = set(range(count - 1, int(early * count), -20))

    def run(place: int) -> None:
        bidder = bidders[place]
        time.sleep(max(0.0, begins[place] - time.time()))
        began = time.time()
        bidder.upload()
        uploads.append(time.time() - began)
        if place in too_late:
            time.sleep(max(0.0, at + 0.2 - time.time()))
        elif place >= early * count:
            # The others hand in at the very end: within the last ten seconds.
            time.sleep(max(0.0, at - draw.uniform(0.5, 10) - time.time()))
        bidder.hand_in()

    with ThreadPoolExecutor(count) as pool:
        for one in [pool.submit(run, place) for place in range(count)]:
            one.result()
    time.sleep(max(0.0, at - time.time()) + 1)
    found = checked(act, bidders)
    taken = [one for one in bidders if one.status == 200]
    seconds = sorted(one.seconds for one in bidders)
    uploads.sort()

    def part(rows: list[float], share: float) -> str:
        return f"{rows[min(len(rows) - 1, int(share * len(rows)))]:.2f}"

    report(
        f"burst: {len(taken)} of {count} taken, {count - len(taken)} refused after the deadline, "
        f"{found['late']} late, {found['chain']} receipts verify; "
        f"hand-in p50 {part(seconds, 0.5)} p95 {part(seconds, 0.95)} p99 {part(seconds, 0.99)} "
        f"most {seconds[-1]:.2f} s; upload of 6 MB p50 {part(uploads, 0.5)} p99 {part(uploads, 0.99)} s"
    )
    assert {place for place, one in enumerate(bidders) if one.status != 200} == too_late
    assert {bidders[place].status for place in too_late} == {409}
    assert float(part(seconds, 0.99)) <= 5
