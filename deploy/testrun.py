"""`make test`, `make test-services` and `make proofs`: what of the suite runs where.

- `make test`: everything on SQLite and the embedded engine, then the database part again on a
  throw-away PostgreSQL.
- `make test-services`: on PostgreSQL, Redis and Elasticsearch, what can differ there (`tests/engines.py`
  says what, and why), then one of each kind of the proofs that kill servers and workers of their own.
- `make proofs`: all of these proofs, with the long ones, every cell of the table of rights, everything
  that the servers can change instead of a sample, and hundreds of orders of what is done to a tender;
  before a release, and when their code changes.

With REQUIRE_ALL=1 (CI) a missing browser, server or benchmark data is a failure, not a skip. With
POSTGRES_PART=no `make test` leaves to `make test-services` its second half, and each test that is asked there
and whose answer on SQLite would say the same again.
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
TWO = ["-n", "2", "--dist", "worksteal", "--durations=20", "--durations-min=1", "-r", "R"]
# The three are the whole suite, and no test is in two of them.
SUITE, PROOFS, LONG_PROOFS = "not kill", "kill and not long", "kill and long"
#: These take a sample before a change lands, and everything in `make proofs`.
SAMPLED = (
    "tests/access/test_walk.py",
    "tests/access/test_complete.py",
    "tests/access/test_canary.py",
    "tests/marketplace/achievements/test_matchdev.py",
)
#: Leaves out what another run answers.
_ENGINES = ["-p", "tests.engines"]
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
        if arguments[:1] == ["--proofs"]:
            return (
                _proofs(f"({PROOFS}) or ({LONG_PROOFS})")
                or _every_cell()
                or _every_answer()
                or _every_order()
            )
        return _embedded(arguments)
    except Missing as error:
        _say(f"缺少 {error}。")
        return 1


def _embedded(arguments: list[str]) -> int:
    if os.environ.get("POSTGRES_PART") == "no":
        return _pytest([*TWO, "-m", SUITE, *(arguments or _ENGINES)], {"ENGINES": "embedded"})
    code = _pytest([*TWO, "-m", SUITE, *arguments], {})
    if code:
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
    code = _suite_on_services(arguments or _ENGINES, {})
    return code if code or arguments else _proofs(PROOFS)


def _suite_on_services(chosen: list[str], extra: dict[str, str]) -> int:
    with started(PostgreSQL, Redis, Elasticsearch) as servers:
        part = [*TWO, "--create-db", "-m", SUITE, *chosen]
        return _pytest(part, {**environment(servers), **extra})


def _proofs(which: str) -> int:
    _say("证明：服务器和工作进程真的被杀，什么也不丢，什么也不漏…")
    # Two sites with servers of their own: most of a proof is waiting for somebody to notice.
    return _pytest([*TWO, "tests/consistency", "-m", which, "-rP"], {})


def _every_cell() -> int:
    _say("权限表每一格都问一遍，真实数据每一条都导入…")
    return _pytest([*TWO, *SAMPLED], {"EVERY_CELL": "1"})


def _every_answer() -> int:
    _say("服务器上的测试一条也不抽样…")
    return _suite_on_services(_ENGINES, {"EVERY_CELL": "1"})


def _every_order() -> int:
    _say("揭榜机制：几百种先后次序…")
    with started(PostgreSQL) as servers:
        extra = {"EXAMPLES": "300", **environment(servers)}
        return _pytest(["--create-db", "-rP", "tests/marketplace/mechanism"], extra)


def _pytest(arguments: list[str], extra: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    # This package has made its own settings the default; the suite has others.
    extra = {"DJANGO_SETTINGS_MODULE": "deploy.settings.test", **extra}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}).returncode


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
