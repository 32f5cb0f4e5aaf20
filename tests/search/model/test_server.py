"""What a text can do to the model's process, and what that does to others: nothing."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from search.model import client, frames, runtime_folder
from search.model.client import Away, TextRefused, TooSlow
from search.model.refused import MOST, Refused
from search.model.texts import digest, encoded
from search.model.wire import PASSAGE, QUERY, VECTOR, request
from tests.sentence_model import ROOT, Running

PATIENT = 60.0


def embed(running: Running, text: str, kind: bytes = PASSAGE, seconds: float = PATIENT) -> int:
    return len(client.ask(running.folder, kind, encoded(text), seconds))


def attempt(running: Running, text: str) -> None:
    with suppress(TextRefused, Away):
        embed(running, text)


@pytest.mark.parametrize(
    ("text", "how"),
    [("崩溃", "SIGABRT"), ("卡死", "time limit"), ("内存", "exit 1")],
)
def test_a_text_that_kills_twice_is_refused_and_the_next_one_is_served(poisoned, text, how):
    with pytest.raises(TextRefused):
        embed(poisoned, text)
    assert poisoned.state()["deaths"] == 2
    assert embed(poisoned, "电机") == 4 * 384
    with pytest.raises(TextRefused):
        embed(poisoned, text)
    assert poisoned.state()["deaths"] == 2, "it was not tried again"
    [(key, known)] = json.loads((poisoned.folder / "refused.json").read_text()).items()
    assert key == digest(text, is_query=False)
    assert (known["times"], known["how"]) == (2, how)


def test_what_was_refused_outlives_the_server_and_can_be_forgiven(poisoned):
    with pytest.raises(TextRefused):
        embed(poisoned, "崩溃")
    poisoned.kill()
    with pytest.raises(Away):
        embed(poisoned, "电机")
    poisoned.start()
    with pytest.raises(TextRefused):
        embed(poisoned, "崩溃")
    assert poisoned.state() | {"server": 0, "worker": 0} == {
        "server": 0,
        "worker": 0,
        "deaths": 0,
        "refused": 1,
    }
    client.forget(poisoned.folder)
    assert poisoned.state()["refused"] == 0


def test_a_worker_that_others_kill_is_started_again_and_no_text_is_to_blame(poisoned):
    for _ in range(3):
        first = poisoned.state()["worker"]
        os.kill(first, signal.SIGKILL)
        assert embed(poisoned, "电机") == 4 * 384
        assert poisoned.state()["worker"] != first
    assert poisoned.state()["refused"] == 0
    poisoned.kill_worker()
    poisoned.until(lambda: poisoned.state()["worker"], "it is started without being asked")


def test_many_deadly_texts_in_a_row_make_it_pause_and_nobody_waits(poisoned):
    for number in range(3):
        with pytest.raises((TextRefused, Away)):
            embed(poisoned, f"崩溃{number}")
    began = time.monotonic()
    with pytest.raises(Away):
        embed(poisoned, "电机")
    assert time.monotonic() - began < 0.9, "the answer comes before the pause has ended"
    poisoned.until(lambda: poisoned.state()["worker"], "it comes back by itself")
    assert embed(poisoned, "电机") == 4 * 384


def test_a_query_is_served_before_the_passages_that_wait(poisoned):
    """The passages hang too: had one of them been first, the query would wait for its end."""
    asked = []
    for kind, text in ((PASSAGE, "卡死"), (PASSAGE, "卡死一"), (PASSAGE, "卡死二"), (QUERY, "丙")):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(runtime_folder.address(poisoned.folder))
        frames.send(connection, request(kind, PATIENT, encoded(text)))
        asked.append(connection)
    _first, *passages, query = asked
    assert frames.receive(query, time.monotonic() + PATIENT)[:1] == VECTOR
    answered, _, _ = select.select(passages, [], [], 0)
    assert answered == []
    for connection in asked:
        connection.close()


def test_who_waits_no_longer_costs_nothing(poisoned):
    hung = threading.Thread(target=attempt, args=(poisoned, "卡死"))
    hung.start()
    time.sleep(0.2)
    began = time.monotonic()
    with pytest.raises(TooSlow):
        embed(poisoned, "乙", QUERY, seconds=0.2)
    assert time.monotonic() - began < 1.2
    hung.join(PATIENT)
    assert embed(poisoned, "丙") == 4 * 384


def test_a_missing_server_costs_a_few_milliseconds(short_folder):
    began = time.monotonic()
    for _ in range(100):
        with pytest.raises(Away):
            client.ask(short_folder, QUERY, b"x", 5)
    assert time.monotonic() - began < 1


def test_a_stale_socket_is_no_server(poisoned):
    poisoned.kill()
    assert Path(runtime_folder.address(poisoned.folder)).exists()
    with pytest.raises(Away):
        embed(poisoned, "电机")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x05zzzzz",
        b"\x00\x00\x00\x02q",
        frames._LENGTH.pack(5) + request(b"q", 1e9),
        frames._LENGTH.pack(5) + request(b"q", float("nan")),
        frames._LENGTH.pack(10**6) + b"x" * 10**6,
    ],
)
def test_nonsense_on_the_socket_is_hung_up_on(poisoned, message):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(runtime_folder.address(poisoned.folder))
        connection.settimeout(5)
        try:
            connection.sendall(message)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(10) == b""
        except OSError:
            pass  # hung up on before it was all said
    assert embed(poisoned, "电机") == 4 * 384


def test_more_than_may_ask_are_turned_away_and_the_others_served(poisoned):
    idle = [socket.socket(socket.AF_UNIX) for _ in range(80)]
    for one in idle:
        one.connect(runtime_folder.address(poisoned.folder))
    try:
        with pytest.raises(Away):
            embed(poisoned, "电机", seconds=2)
    finally:
        for one in idle:
            one.close()
    poisoned.until(poisoned.state, "their places are free again")
    assert embed(poisoned, "电机") == 4 * 384


def test_the_socket_is_for_this_account_alone(poisoned):
    assert poisoned.folder.stat().st_mode & 0o777 == 0o700
    assert Path(runtime_folder.address(poisoned.folder)).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o755, 0o770])
def test_a_folder_that_is_open_to_others_is_not_listened_in(short_folder, mode):
    short_folder.chmod(mode)
    with pytest.raises(RuntimeError, match="0700"):
        runtime_folder.made_private(short_folder)


def test_a_folder_that_is_a_link_or_too_long_is_refused(short_folder):
    (short_folder / "link").symlink_to("/tmp")
    with pytest.raises(RuntimeError, match="0700"):
        runtime_folder.made_private(short_folder / "link")
    with pytest.raises(RuntimeError, match="107 bytes"):
        runtime_folder.made_private(short_folder / ("x" * 100))
    assert runtime_folder.is_too_long(short_folder / ("x" * 100))


def test_one_server_for_a_folder(poisoned):
    second = subprocess.run(
        [sys.executable, "-m", "search.model"],
        cwd=ROOT,
        env={**os.environ, "RUNTIME_DIR": str(poisoned.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "another server listens" in second.stderr
    assert embed(poisoned, "电机") == 4 * 384


def test_switched_off_there_is_nothing_to_do(short_folder):
    given = {"RUNTIME_DIR": str(short_folder), "SEARCH_VECTORS": "False"}
    command = [sys.executable, "-m", "search.model"]
    assert (
        subprocess.run(command, cwd=ROOT, env={**os.environ, **given}, check=False).returncode == 0
    )


@pytest.mark.parametrize("text", ["", "卡死"])
def test_the_worker_ends_with_its_server(poisoned, text):
    if text:
        threading.Thread(target=attempt, args=(poisoned, text)).start()
        time.sleep(0.3)
    worker = poisoned.state()["worker"]
    poisoned.kill()
    ends = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists() and _state(worker) != "Z":
        assert time.monotonic() < ends, "the worker is left over"
        time.sleep(0.05)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_a_worker_that_cannot_start_is_tried_again_later(short_folder):
    program = (
        "import sys; from pathlib import Path; from search.model.server import Server; "
        "Server(Path(sys.argv[1]), ('/bin/false',)).run()"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(short_folder)], cwd=ROOT)
    try:
        ends = time.monotonic() + 30
        while not Path(runtime_folder.address(short_folder)).exists():
            assert time.monotonic() < ends
            time.sleep(0.05)
        for _ in range(3):
            with pytest.raises(Away):
                client.ask(short_folder, QUERY, b"x", 5)
        assert client.state(short_folder, 5) | {"server": 0} == {
            "server": 0,
            "worker": None,
            "deaths": 0,
            "refused": 0,
        }
    finally:
        process.kill()
        process.wait()


def test_only_so_many_refused_texts_are_remembered(tmp_path):
    refused = Refused(tmp_path / "refused.json")
    for number in range(MOST + 2):
        for _ in range(2):
            refused.killed(str(number), "SIGSEGV")
    assert refused.count() == MOST
    assert not refused.holds("0")
    assert refused.holds(str(MOST + 1))
    (tmp_path / "refused.json").write_text("{torn")
    assert Refused(tmp_path / "refused.json").count() == 0
