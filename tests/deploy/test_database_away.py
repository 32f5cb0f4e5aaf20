"""PostgreSQL away, refusing or silent: a page that says so within two seconds, and a probe that lives."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.services.servers import free_port

ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str
    seconds: float


class Site(NamedTuple):
    port: int

    def get(self, path: str, **headers: str) -> Answer:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                found, code, body = answer.headers, answer.status, answer.read()
        except urllib.error.HTTPError as error:
            found, code, body = error.headers, error.code, error.read()
        return Answer(code, dict(found), body.decode(), time.monotonic() - began)


@pytest.fixture(scope="module", params=["refuses", "is silent"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A web process whose database does not answer."""
    folder, port = tmp_path_factory.mktemp("away"), free_port()
    silent = socket.create_server(("127.0.0.1", 0)) if request.param == "is silent" else None
    address = silent.getsockname()[1] if silent else free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))} | {
        "DJANGO_SETTINGS_MODULE": "deploy.settings.test",
        "DATABASE_URL": f"postgres://nobody@127.0.0.1:{address}/nothing",
        "DATA_DIR": str(folder),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "gunicorn", "deploy.wsgi:application"]
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *options], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        Site(port).get("/health/")
        yield Site(port)
    finally:
        process.terminate()
        process.wait(30)
        if silent:
            silent.close()


#: What a page may take at most: the wait for a connection, once, and room for a busy machine.
ONE_WAIT = 2.0


def test_a_page_says_that_the_database_is_away(site: Site) -> None:
    answer = site.get("/needs/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "数据库暂时连接不上" in answer.body
    assert "127.0.0.1" not in answer.body
    assert answer.seconds < ONE_WAIT * 2


def test_a_signed_in_reader_waits_once_too(site: Site) -> None:
    answer = site.get("/workbench/", Cookie="session=0123456789abcdefghijklmnopqrstuv")
    assert answer.status == 503
    assert answer.seconds < ONE_WAIT * 2


def test_the_api_answers_in_its_own_form(site: Site) -> None:
    answer = site.get("/api/v1/needs/")
    assert answer.status == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.body)["type"] == "/api/problems/unavailable"


@pytest.mark.parametrize("cookie", ["", "session=0123456789abcdefghijklmnopqrstuv"])
def test_a_probe_does_not_ask_the_database(site: Site, cookie: str) -> None:
    answer = site.get("/health/", Cookie=cookie)
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
    assert answer.seconds < 1


def test_readiness_says_no_at_once(site: Site) -> None:
    answer = site.get("/health/ready/")
    assert (answer.status, json.loads(answer.body)) == (503, {"status": "unavailable"})
    assert answer.seconds < ONE_WAIT * 2
