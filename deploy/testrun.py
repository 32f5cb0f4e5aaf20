"""`make test`: the suite on the embedded profile, then its database part on PostgreSQL.

Starts a throw-away PostgreSQL of its own when the binaries are there and stops it again. With
REQUIRE_ALL=1 (CI) a missing browser, PostgreSQL or benchmark data is a failure, not a skip.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = os.environ.get("REQUIRE_ALL") == "1"
POSTGRES_PART = [
    *("tests/kernel", "tests/marketplace", "tests/deploy"),
    *("-m", "not journey and not shared"),
]


def main() -> int:
    """Run both parts; return the first exit code that is not zero."""
    chromium = Path("/usr/bin/chromium").exists()
    if not chromium:
        print("没有 /usr/bin/chromium：浏览器测试将跳过。", flush=True)
        if REQUIRED:
            return 1
    code = _pytest([*sys.argv[1:], "-n", "2"], {})
    if code:
        return code
    binaries = _postgres_binaries()
    if binaries is None:
        print("没有 PostgreSQL：数据库部分只在 SQLite 上测试过。", flush=True)
        return 1 if REQUIRED else 0
    with _postgres(binaries) as url:
        print("在 PostgreSQL 上再测一次数据库部分…", flush=True)
        return _pytest([*POSTGRES_PART, "-n", "2", "--create-db"], {"DATABASE_URL": url})


def _pytest(arguments: list[str], extra: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}).returncode


def _postgres_binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    candidates = [*folders, *([Path(found).parent] if found else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


@contextmanager
def _postgres(binaries: Path) -> Iterator[str]:
    """A cluster in a temporary folder on a free loopback port; never run as root."""
    base = Path(tempfile.mkdtemp(prefix="jiebang-pg-"))
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(base, account.pw_uid, account.pw_gid)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = base / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": base}
    make = [str(binaries / "initdb"), "-D", str(data), "-U", "jiebang", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*make, "--no-sync", "--locale=C.UTF-8"], check=True, **quiet, **as_user)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": base,
        "fsync": "off",
        "synchronous_commit": "off",
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(data), *flags],
        stderr=(base.parent / f"{base.name}.log").open("w"),
        **quiet,
        **as_user,
    )
    try:
        ready = [str(binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        for _ in range(60):
            if subprocess.run(ready, stdout=subprocess.DEVNULL).returncode == 0:
                break
            if server.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
        yield f"postgres://jiebang@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(base, ignore_errors=True)
        (base.parent / f"{base.name}.log").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
