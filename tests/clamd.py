"""A real clamd with one signature of its own: the test file that every scanner knows."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
#: In two parts, so that no scanner finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
THREAT = "Eicar-Test.UNOFFICIAL"


@contextmanager
def _running(folder: Path, settings: dict[str, str]) -> Iterator[None]:
    database = folder / "signatures"
    database.mkdir(exist_ok=True)
    (database / "local.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n", encoding="ascii")
    lines = {"DatabaseDirectory": str(database), "Foreground": "yes", **settings}
    configuration = folder / "clamd.conf"
    configuration.write_text(
        "".join(f"{name} {value}\n" for name, value in lines.items()), encoding="ascii"
    )
    log = (folder / "clamd.log").open("wb")
    process = subprocess.Popen(
        [str(CLAMD), "-c", str(configuration)], stdout=log, stderr=subprocess.STDOUT
    )
    try:
        deadline = time.monotonic() + 120
        while not _answers(settings):
            assert process.poll() is None, (folder / "clamd.log").read_text(errors="replace")
            assert time.monotonic() < deadline, "clamd does not answer"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def _answers(settings: dict[str, str]) -> bool:
    try:
        if "LocalSocket" in settings:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.connect(settings["LocalSocket"])
        else:
            connection = socket.create_connection(("127.0.0.1", int(settings["TCPSocket"])))
    except OSError:
        return False
    with connection:
        connection.sendall(b"zPING\0")
        return connection.recv(16).startswith(b"PONG")


@pytest.fixture
def start_clamd(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts it when called; returns its address for CLAMD_URL. It ends with the test."""
    if CLAMD is None:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail("clamd is not installed (Debian: clamav-daemon)")
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    with ExitStack() as stack:

        def start(*, tcp: bool = False, **settings: str) -> str:
            if tcp:
                with socket.socket() as free:
                    free.bind(("127.0.0.1", 0))
                    port = free.getsockname()[1]
                settings |= {"TCPSocket": str(port), "TCPAddr": "127.0.0.1"}
                address = f"tcp://127.0.0.1:{port}"
            else:
                settings |= {"LocalSocket": str(tmp_path / "clamd.ctl")}
                address = f"unix://{tmp_path / 'clamd.ctl'}"
            stack.enter_context(_running(tmp_path, settings))
            return address

        yield start
