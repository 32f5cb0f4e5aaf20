"""A whole site as processes: servers, workers, beats, a web server, and what people do to it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from elasticsearch import Elasticsearch as Client
from elasticsearch.helpers import scan

from deploy.services import Elasticsearch, PostgreSQL, Redis, Server, environment
from deploy.services.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
#: Within so many seconds after everything is back the index must be true again.
HEALED = 60.0


class Process:
    """A process of the site, in a session of its own, so that it can be killed whole."""

    def __init__(self, arguments: list[str], env: Mapping[str, str], log: Path, **options: Any):
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=dict(env),
                stdout=options.pop("stdout", out),
                stderr=out,
                start_new_session=True,
                **options,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lines(self) -> Any:
        """What it says, line by line, as it says it."""
        return iter(self._process.stdout.readline, b"")  # type: ignore[union-attr]

    def tell(self, line: bytes = b"") -> None:
        """A line on its standard input."""
        assert self._process.stdin
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """As a power cut ends it."""
        if self.runs:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, seconds: float = 40) -> float:
        """As an operator ends it; how many seconds it took. It is killed when it takes too long."""
        began = time.monotonic()
        if self.runs:
            self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still there after {seconds} s") from None
        return time.monotonic() - began

    def wait(self, seconds: float = 120) -> int:
        return self._process.wait(seconds)


class Site:
    """The site on these servers. Everything it starts it ends in `close`."""

    def __init__(self, servers: Mapping[type[Server], Server], data: Path) -> None:
        self.servers = servers
        self.data = data
        self.elasticsearch, self.redis = servers[Elasticsearch], servers[Redis]
        self.database = servers[PostgreSQL].url
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
        self.env = (
            kept
            | environment(servers)
            | {
                "DJANGO_SETTINGS_MODULE": "tests.consistency.settings",
                "DATA_DIR": str(data),
                "PYTHONPATH": str(ROOT),
                "PYTHONWARNINGS": "ignore",
                "PYTHONUNBUFFERED": "1",
            }
        )
        self.processes: list[Process] = []

    # --- processes ----------------------------------------------------------------------------
    def start(self, name: str, *arguments: str, **options: Any) -> Process:
        process = Process(list(arguments), self.env, self.data / f"{name}.log", **options)
        self.processes.append(process)
        return process

    def worker(self, *queues: str) -> Process:
        """A Celery worker with two processes."""
        named = ",".join(queues or ("urgent", "default", "bulk"))
        process = self.start(
            "worker",
            *("-m", "celery", "-A", "tests.consistency.worker", "worker", "--queues", named),
            *("--concurrency", "2", "--loglevel", "info", "--without-gossip", "--without-mingle"),
        )
        self.until(lambda: "ready." in self._since(process), 40)
        return process

    def beat(self) -> Process:
        """A Celery beat."""
        return self.start(
            "beat",
            *("-m", "celery", "-A", "tests.consistency.worker", "beat", "--loglevel", "info"),
            *("--schedule", str(self.data / f"beat-{time.monotonic_ns()}"), "--pidfile="),
        )

    def web(self, *, port: int = 0, workers: int = 1) -> str:
        """The web server, on this port or a free one; its address."""
        port = port or free_port()
        self.start(
            "web",
            *("-m", "gunicorn", "deploy.wsgi:application", "--bind", f"127.0.0.1:{port}"),
            *("--workers", str(workers), "--threads", "4", "--no-control-socket"),
        )
        address = f"http://127.0.0.1:{port}"
        self.until(lambda: self.get(f"{address}/health/")[0] == 200, 40)
        return address

    def act(self, *arguments: str, wait: bool = True) -> Process:
        """Something people do; with `wait`, until it is done."""
        process = self.start(
            "acts",
            *("-m", "tests.consistency.acts", *arguments),
            stdin=subprocess.PIPE,
            **({} if wait else {"stdout": subprocess.PIPE}),
        )
        if wait:
            assert process.wait() == 0, self.words("acts")
        return process

    def close(self) -> None:
        """End what still runs."""
        for process in self.processes:
            process.kill()
        self.processes.clear()

    def _since(self, process: Process) -> str:
        assert process.runs, self.words("worker")
        text = process.log.read_text(encoding="utf-8", errors="replace")
        return text[text.rfind("-------------- celery@") :] if "celery@" in text else ""

    def words(self, name: str) -> str:
        """The last words of a kind of process."""
        log = self.data / f"{name}.log"
        return log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.exists() else ""

    # --- what is so ---------------------------------------------------------------------------
    @staticmethod
    def until(
        is_so: Callable[[], bool], seconds: float, why: str = "", *, every: float = 0.1
    ) -> float:
        """Wait until it is so; how many seconds it took. AssertionError when it never is."""
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < seconds, why or f"not within {seconds} s"
            time.sleep(every)
        return time.monotonic() - began

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def pending(self) -> int:
        """Deliveries that wait."""
        return int(self.sql("SELECT count(*) FROM journal_delivery WHERE status = 'pending'")[0][0])

    def reconcile(self) -> int:
        """How many differences `reconcile_index` finds, of all indexes; -1 when it cannot look."""
        done = subprocess.run(
            [sys.executable, "manage.py", "reconcile_index"],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = re.findall(r"(\d+) differences", done.stdout)
        if not found:
            return -1
        count = sum(map(int, found))
        assert (done.returncode == 0) == (count == 0), done.stdout + done.stderr
        return count

    def healed(self) -> float:
        """Wait until nothing waits and index and database agree; how many seconds it took."""
        began = time.monotonic()
        self.until(lambda: self.pending() == 0, HEALED, "deliveries still wait")
        self.until(lambda: self.reconcile() == 0, HEALED, "index and database differ")
        return time.monotonic() - began

    def client(self) -> Client:
        return Client(f"http://127.0.0.1:{self.elasticsearch.port}", request_timeout=30)

    def everything_indexed(self) -> list[dict[str, Any]]:
        """Every document of every index, tombstones and old generations too."""
        with self.client() as client:
            client.indices.refresh(index="jiebang-*")
            return [dict(hit) for hit in scan(client, index="jiebang-*")]

    def indexed(self, code: str) -> dict[str, Any]:
        """The one document of a need."""
        found = [hit for hit in self.everything_indexed() if hit["_id"] == code]
        assert len(found) == 1, json.dumps(found, ensure_ascii=False)[:2000]
        return found[0]["_source"]  # type: ignore[no-any-return]

    @staticmethod
    def get(address: str) -> tuple[int, str]:
        """Status and text of a page; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError:
            return 0, ""

    def found(self, web: str, words: str) -> str:
        """The page that a search answers with."""
        status, page = self.get(f"{web}/needs/?q={quote(words)}")
        assert status == 200, page[:500]
        return page

    def completed(self, web: str, words: str) -> str:
        """What the search box offers while these words are typed."""
        status, options = self.get(f"{web}/search/suggest/?q={quote(words)}")
        assert status == 200, options[:500]
        return options
