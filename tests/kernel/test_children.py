"""A task in a child: its answer, its refusal, and each way in which it may fail to come to one."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import translation

import pytest

from marketplace.kernel import children
from marketplace.kernel.children import MIB, run_in_child
from marketplace.kernel.errors import InvalidInput, Refused
from tests.kernel import child_tasks  # noqa: F401 -- registers its tasks

MEMORY = 512 * MIB


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text"
    path.write_text("机密 secret", encoding="utf-8")
    return path


def run(task: str, path: Path, *, memory: int = MEMORY, seconds: int = 20, **params: Any) -> Any:
    return run_in_child(f"tests.{task}", path, memory=memory, seconds=seconds, **params)


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_the_task_returns_comes_back_whatever_it_prints(text: Path) -> None:
    assert run("read", text, numbers=[1, 2.5, None]) == {
        "text": "机密 secret",
        "numbers": [1, 2.5, None],
    }


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "文件是空的"), ("en", "The file is empty")]
)
def test_a_refusal_speaks_the_callers_language(text: Path, language: str, said: str) -> None:
    with translation.override(language):
        with pytest.raises(InvalidInput) as invalid:
            run("refuse", text, how="invalid")
        with pytest.raises(Refused) as refused:
            run("refuse", text, how="refused")
        with pytest.raises(Refused):
            run("refuse", text, how="not visible")
    assert invalid.value.errors == {"file": [said]}
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("raise", children.Crashed),
        ("abort", children.Crashed),
        ("segfault", children.Crashed),
        ("exit", children.Crashed),
        ("answer", children.Crashed),
        ("write", children.Crashed),
        ("memory", children.OutOfMemory),
    ],
)
def test_each_failure_is_told_from_the_others(
    text: Path, how: str, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(children.ChildFailed) as failed:
        run("misbehave", text, how=how)
    assert type(failed.value) is error
    assert "secret" not in caplog.text + str(failed.value)


def test_computing_and_waiting_have_a_limit_each(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(children.TookTooLong):
        run("misbehave", text, how="loop", seconds=1)
    monkeypatch.setattr(children, "_SLOWEST", 1.0)
    began = time.monotonic()
    with pytest.raises(children.TookTooLong):
        run("misbehave", text, how="sleep", seconds=2)
    assert time.monotonic() - began < 60


def ends(pid: int) -> bool:
    deadline = time.monotonic() + 30
    while running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not running(pid)


def test_what_the_child_started_ends_with_it(text: Path) -> None:
    assert ends(run("misbehave", text, how="leave"))


def test_the_child_knows_no_secret_and_no_application(text: Path) -> None:
    os.environ["SOME_SECRET"] = "x"
    found = run("environment", text)
    del os.environ["SOME_SECRET"]
    assert set(found["names"]) <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR"}
    assert found["apps"] == []


def test_a_task_may_ask_for_the_whole_site(text: Path) -> None:
    assert run("models", text, memory=2048 * MIB, seconds=60) == "journal_job"


def test_an_unknown_task_and_a_doubled_name_are_programming_errors(text: Path) -> None:
    with pytest.raises(LookupError):
        run("unknown", text)

    def other(_path: Path) -> None: ...

    with pytest.raises(TypeError):
        children.child_task("tests.read")(other)


def test_threads_wait_for_a_slot_and_are_told_when_there_is_none(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.05)
    for _ in range(children.AT_ONCE):
        assert children._slots.acquire(blocking=False)
    try:
        with pytest.raises(children.NoRoom):
            run("read", text)
    finally:
        for _ in range(children.AT_ONCE):
            children._slots.release()
    assert run("read", text)["text"] == "机密 secret"


def test_many_threads_are_served_one_after_the_other(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "PATIENCE", 120.0)
    found: list[int] = []

    def ask(number: int) -> None:
        found.append(run("read", text, number=number)["number"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(6))


@pytest.fixture
def caller(text: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that waits for a child that sleeps, after the child has said where it is."""
    code = (
        "import django; from django.conf import settings; settings.configure();"
        "from tests.kernel import child_tasks; from marketplace.kernel.children import *;"
        f"run_in_child('tests.announce', {str(text)!r}, memory={MEMORY}, seconds=300)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=children._ROOT)
    yield process
    process.kill()
    process.wait()


def test_a_killed_caller_leaves_no_child(text: Path, caller: "subprocess.Popen[bytes]") -> None:
    said = text.with_name("pid")
    while not (said.exists() and said.read_text(encoding="ascii")):
        assert caller.poll() is None
        time.sleep(0.05)
    pid = int(said.read_text(encoding="ascii"))
    caller.kill()
    caller.wait()
    assert ends(pid)
