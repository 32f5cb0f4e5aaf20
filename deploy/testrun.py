"""`make test` and `make test-services`: the suite on the embedded profile, and on real servers.

`make test` runs everything on SQLite and the embedded engine, then the database part again on a
throw-away PostgreSQL. `make test-services` runs everything on PostgreSQL, Redis and Elasticsearch,
then the proofs that kill servers and workers of their own.
With REQUIRE_ALL=1 (CI) a missing browser, server or benchmark data is a failure, not a skip; with
POSTGRES_PART=no the second half of `make test` is left to `make test-services`.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from deploy.services import Elasticsearch, Missing, PostgreSQL, Redis, environment, started

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = os.environ.get("REQUIRE_ALL") == "1"
# A file is not one worker's: at the end the idle one takes what the other still has to do.
TWO = ["-n", "2", "--dist", "worksteal"]
# Who may do what and how a page is drawn is decided above the engines: the matrix (thousands of
# cases) and the looks run embedded. The journeys, which drive pages too, run on both.
ENGINES_CHANGE_NOTHING = [
    "--ignore=tests/access",
    "--ignore=tests/hostile",
    "--ignore=tests/marketplace/web/test_browser.py",
    "--ignore=tests/cms/test_browser.py",
]
POSTGRES_PART = [
    *("tests/kernel", "tests/marketplace", "tests/deploy"),
    *("-m", "not journey and not shared and not kill"),
]


def main(arguments: list[str]) -> int:
    """Run what was asked for; return the first exit code that is not zero."""
    # Who stops it stops the servers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not Path("/usr/bin/chromium").exists():
        _say("没有 /usr/bin/chromium：浏览器测试将跳过。")
        if REQUIRED:
            return 1
    try:
        if arguments[:1] == ["--services"]:
            return _on_services(arguments[1:])
        return _embedded(arguments)
    except Missing as error:
        _say(f"缺少 {error}。")
        return 1


def _embedded(arguments: list[str]) -> int:
    code = _pytest([*TWO, "-m", "not kill", *arguments], {})
    if code or os.environ.get("POSTGRES_PART") == "no":
        return code
    try:
        with started(PostgreSQL) as servers:
            _say("在 PostgreSQL 上再测一次数据库部分…")
            part = [*POSTGRES_PART, *TWO, "--create-db"]
            return _pytest(part, environment(servers))
    except Missing as error:
        _say(f"没有 {error}：数据库部分只在 SQLite 上测试过。")
        return 1 if REQUIRED else 0


def _on_services(arguments: list[str]) -> int:
    with started(PostgreSQL, Redis, Elasticsearch) as servers:
        part = [*TWO, "--create-db", "-m", "not kill", *(arguments or ENGINES_CHANGE_NOTHING)]
        code = _pytest(part, environment(servers))
    if code or arguments:
        return code
    _say("证明：服务器和工作进程真的被杀，什么也不丢，什么也不漏…")
    # Two sites with servers of their own: most of a proof is waiting for somebody to notice.
    return _pytest([*TWO, "tests/consistency", "-m", "kill", "-rP", "--durations=12"], {})


def _pytest(arguments: list[str], extra: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    # This package has made its own settings the default; the suite has others.
    extra = {"DJANGO_SETTINGS_MODULE": "deploy.settings.test", **extra}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}).returncode


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
