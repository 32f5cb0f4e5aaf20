"""The three servers: how each is found, started, asked whether it is ready, and stopped."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
STOP_SECONDS = 30


class Missing(Exception):
    """The programs of a server are not on this machine; the text says what to install."""


class Server(ABC):
    """A server that can be started, stopped, killed and started again with what it had stored."""

    name: str

    def __init__(self, base: Path) -> None:
        self.base = base / self.name
        self.base.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """How the product addresses it."""

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """What the product must be told to use it."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program with its arguments."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers."""

    @abstractmethod
    def version(self) -> str:
        """What the running server says that it is."""

    def options(self) -> dict[str, Any]:
        """Further arguments of the process: its user, its environment."""
        return {}

    def start(self) -> None:
        """Start it and wait until it answers; RuntimeError with its last words when it does not."""
        log = self.base / "server.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.base,
                # Ctrl-C reaches who started us, and that one stops the servers in order.
                start_new_session=True,
                **self.options(),
            )
        end = time.monotonic() + START_SECONDS
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                last = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{self.name} did not start:\n{last}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop it in its own way."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class PostgreSQL(Server):
    """A cluster of its own. Never run as root: PostgreSQL refuses that."""

    name = "postgresql"

    def __init__(self, base: Path) -> None:
        self.binaries = postgresql_binaries()
        super().__init__(base)
        self.data = self.base / "data"
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            for folder in (base, self.base):
                os.chown(folder, account.pw_uid, account.pw_gid)

    @property
    def url(self) -> str:
        return f"postgres://jiebang@127.0.0.1:{self.port}/postgres"

    def settings(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url}

    def options(self) -> dict[str, Any]:
        if os.getuid():
            return {}
        account = pwd.getpwnam("postgres")
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def command(self) -> Sequence[str]:
        if not self.data.exists():
            made = ["-U", "jiebang", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
            subprocess.run(
                [str(self.binaries / "initdb"), "-D", str(self.data), *made],
                check=True,
                stdout=subprocess.DEVNULL,
                cwd=self.base,
                **self.options(),
            )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.base,
            "max_connections": 200,
            # Only a machine that loses power would lose anything by it.
            "fsync": "off",
            "synchronous_commit": "off",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *flags]

    def ready(self) -> bool:
        asked = [str(self.binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run([*asked, "-t", "1"], stdout=subprocess.DEVNULL).returncode == 0

    def version(self) -> str:
        asked = [str(self.binaries / "psql"), self.url, "-Atc", "SHOW server_version"]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()

    def stop(self) -> None:
        # "Fast": open connections are ended, what they had committed is kept.
        self._signal(signal.SIGINT)


class Redis(Server):
    """Broker and cache. It writes each command to disk, so that a restart keeps its queues."""

    name = "redis"

    def __init__(self, base: Path) -> None:
        self.program = shutil.which("redis-server")
        if self.program is None:
            raise Missing("redis-server (Debian: apt-get install redis-server)")
        super().__init__(base)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def settings(self) -> dict[str, str]:
        return {"BROKER_URL": self.url, "CACHE_URL": self.url.removesuffix("0") + "1"}

    def command(self) -> Sequence[str]:
        place = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.base)]
        return [str(self.program), *place, "--appendonly", "yes", "--save", ""]

    def ready(self) -> bool:
        return self._ask("PING").startswith("+PONG")

    def version(self) -> str:
        lines = self._ask("INFO server").splitlines()
        return next((line[14:] for line in lines if line.startswith("redis_version:")), "?")

    def _ask(self, command: str) -> str:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(4096).decode(errors="replace")
        except OSError:
            return ""


class Elasticsearch(Server):
    """One node: see `deploy/elasticsearch/test-node/README.md`."""

    name = "elasticsearch"

    def __init__(self, base: Path) -> None:
        self.java = _java()
        if shutil.which("mvn") is None:
            raise Missing("mvn (Debian: apt-get install maven)")
        super().__init__(base)
        self.transport = free_port()

    @property
    def url(self) -> str:
        return f"elasticsearch://127.0.0.1:{self.port}/jiebang"

    def settings(self) -> dict[str, str]:
        return {"SEARCH_URL": self.url}

    def command(self) -> Sequence[str]:
        start = ROOT / "deploy" / "elasticsearch" / "test-node" / "start"
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        program = cache / "jiebang" / "elasticsearch"
        program.parent.mkdir(parents=True, exist_ok=True)
        return [str(start), str(program), str(self.base), str(self.port), str(self.transport)]

    def options(self) -> dict[str, Any]:
        return {"env": {**os.environ, "ES_JAVA_HOME": str(self.java)}}

    def ready(self) -> bool:
        return bool(self._get("_cluster/health?wait_for_status=yellow&timeout=1s"))

    def version(self) -> str:
        return self._get("_cat/nodes?h=version").strip()

    def _get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/{path}", timeout=5
            ) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            return ""


@contextmanager
def started(*kinds: type[Server]) -> Iterator[dict[type[Server], Server]]:
    """These servers, running, until the block ends; Missing when one is not on this machine."""
    base = Path(tempfile.mkdtemp(prefix="jiebang-services-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        servers = {kind: kind(base) for kind in kinds}
        for server in servers.values():
            stack.callback(server.stop)
            server.start()
            sys.stdout.write(f"{server.name} {server.version()} on port {server.port}\n")
            sys.stdout.flush()
        yield servers
    sys.stdout.write(f"{', '.join(kind.name for kind in kinds)} stopped\n")
    sys.stdout.flush()


def environment(servers: Mapping[type[Server], Server]) -> dict[str, str]:
    """The settings that make the product use these servers."""
    found: dict[str, str] = {}
    for server in servers.values():
        found |= server.settings()
    return found


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgresql_binaries() -> Path:
    """The folder of PostgreSQL's programs; Missing when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    for folder in [*folders, *([Path(found).parent] if found else [])]:
        if (folder / "initdb").exists():
            return folder
    raise Missing("PostgreSQL (Debian: apt-get install postgresql)")


def _java() -> Path:
    """The home of a JDK that the server runs on: 21 or newer."""
    given = os.environ.get("ES_JAVA_HOME")
    for home in [Path(given)] if given else sorted(Path("/usr/lib/jvm").glob("*"), reverse=True):
        release = home / "release"
        if not (home / "bin" / "javac").exists() or not release.exists():
            continue
        for line in release.read_text(encoding="utf-8").splitlines():
            if line.startswith("JAVA_VERSION="):
                major = line.split('"')[1].split(".")[0].split("-")[0].split("+")[0]
                if major.isdigit() and int(major) >= 21:
                    return home
    raise Missing("a JDK of 21 or newer: name its folder with ES_JAVA_HOME=/opt/jdk-25")
