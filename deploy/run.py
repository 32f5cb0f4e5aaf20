"""`make run`: one small supervisor for a machine with Python 3.11 to 3.13 and nothing else.

Makes the virtual environment, installs the pinned requirements, prepares the data, then starts the
web server, one worker with the beat inside, and the sentence model. Standard library only: it runs
before anything is installed. Ctrl-C stops all with 30 seconds of grace, so that an import is not cut
in the middle. Nothing is left over when one of them, or this, is killed.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
GRACE_SECONDS = 30


def main() -> int:
    """Prepare, start, watch; return the exit code."""
    began = time.monotonic()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return _fail(
            f"需要 Python 3.11、3.12 或 3.13，当前是 {sys.version.split()[0]}。\n"
            "请安装其中一个后执行，例如：make run PYTHON=python3.13\n"
            "(Python 3.11, 3.12 or 3.13 is needed; then, for example: make run PYTHON=python3.13)"
        )
    port = _port()
    if port is None:
        return _fail("PORT 必须是 1 到 65535 的整数，例如 make run PORT=8080")
    if _taken(port):
        return _fail(
            f"端口 {port} 已被占用。请换一个端口：make run PORT={port + 1 if port < 65535 else 8000}，"
            "或先停止占用它的程序。\n(The port is taken; choose another with PORT=.)"
        )
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    data.mkdir(parents=True, exist_ok=True)
    lock = (data / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return _fail(
            f"数据目录 {data} 正被另一个 make run 使用；请先停止它，或用 DATA_DIR= 换一个。"
        )
    environment = _environment(data, port)
    if not _install():
        return 1
    python = str(VENV / "bin" / "python")
    if not _prepare(python, environment):
        return _fail("准备数据失败，原因见上。修正后再次执行 make run 会从中断处继续。")
    return _serve(environment, port, began)


def _environment(data: Path, port: int) -> dict[str, str]:
    environment = dict(os.environ)
    # The only place that does not mean production when nothing is said.
    environment.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.dev")
    environment["DATA_DIR"] = str(data)
    environment.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    environment["PYTHONUNBUFFERED"] = "1"
    if os.getuid() == 0:
        # In a container everything runs as root; Celery's warning would fill the screen.
        environment.setdefault(
            "PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges"
        )
    return environment


def _port() -> int | None:
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        return None
    return port if 0 < port < 65536 else None


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _install() -> bool:
    """Make the virtual environment and install the requirements when they have changed."""
    requirements = ROOT / "deploy" / "requirements" / "base.txt"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = VENV / "base.sha256"
    is_whole = (VENV / "bin" / "python").exists()
    if is_whole and stamp.exists() and stamp.read_text() == wanted:
        return True
    if is_whole and _developers_have_all():
        return True
    print("① 安装依赖（首次约 1–3 分钟）… Installing requirements", flush=True)
    if not is_whole:
        # Cleared: the Python that it was made with may be gone since an upgrade of the system.
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if made.returncode:
            _fail("无法创建虚拟环境。Debian/Ubuntu 请先安装 python3-venv。")
            return False
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes"]
    options = ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(requirements)]
    process = subprocess.Popen([*pip, *options], stdout=subprocess.PIPE, text=True)
    count = 0
    for line in process.stdout or ():
        if line.startswith("Collecting"):
            count += 1
            if count % 10 == 0:
                print(f"   已取得 {count} 个包…", flush=True)
        elif line.startswith("Installing"):
            print("   正在安装…", flush=True)
    if process.wait():
        _fail("安装依赖失败，请检查网络后重试（上面是 pip 的提示）。")
        return False
    stamp.write_text(wanted)
    return True


def _prepare(python: str, environment: dict[str, str]) -> bool:
    """Run `manage.py bootstrap`, which asks what there is and does what is lacking."""
    return not subprocess.run(
        [python, "manage.py", "bootstrap"], cwd=ROOT, env=environment
    ).returncode


def _developers_have_all() -> bool:
    """`make test` has installed the developers' list, which includes everything of the site's."""
    stamp = VENV / "dev.sha256"
    full = ROOT / "deploy" / "requirements" / "dev.txt"
    return stamp.exists() and stamp.read_text() == hashlib.sha256(full.read_bytes()).hexdigest()


class Part:
    """A process of the site with all that it starts, in a process group of its own.

    Ctrl-C reaches the supervisor alone, which then stops the parts in order. When it is killed, the
    kernel ends them (on Linux).
    """

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._failures = 0
        self._not_before = 0.0
        self.start()

    def start(self) -> None:
        """Start the process."""
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 -- this program has one thread
        )

    @property
    def code(self) -> int | None:
        """How the process ended; None while it runs."""
        return self._process.poll()

    def start_again(self) -> None:
        """Start it again when it has died, later each time that it did not last a minute."""
        if self.code is None or self.code == 0:
            # Ended with 0, it has nothing to do on this machine.
            return
        now = time.monotonic()
        if not self._not_before:
            self._failures = 0 if now - self._began > 60 else self._failures + 1
            self._not_before = now + (min(60, 2**self._failures) if self._failures else 0)
            self.kill()
            print(f"{self.name} 意外退出，稍后自动重新启动。", flush=True)
        elif now >= self._not_before:
            self._not_before = 0.0
            self.start()

    def stop(self) -> None:
        """Ask it to end; what its death has left over is asked in its place."""
        if self.code is None:
            self._process.terminate()
        else:
            self._signal_all(signal.SIGTERM)

    def ended(self) -> bool:
        """Whether nothing of it is left."""
        if self.code is None:
            return False
        # What lost its parent is ours to bury, else it would count as alive.
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-self._process.pid, os.WNOHANG)[0]:
                pass
        return not self._signal_all(0)

    def kill(self) -> None:
        """End at once whatever is left of it."""
        self._signal_all(signal.SIGKILL)
        self._process.wait()

    def _signal_all(self, number: int) -> bool:
        """Send a signal to the group; whether there is anybody in it."""
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            # macOS denies it when only buried ones are left.
            return False
        return True


def supervise(needed: list[Part], helping: list[Part], ready: Callable[[], bool]) -> int:
    """Watch the parts until one that is needed ends, or Ctrl-C; then stop all. The exit code.

    Those that help are started again when they die. `ready()` is asked until it is true; when it never
    was, the start has failed.
    """
    parts = [*needed, *helping]
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            print("\n正在停止…（最多 30 秒，让进行中的导入告一段落）", flush=True)
            for part in parts:
                part.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    is_ready = False
    while not stopping and all(part.code is None for part in needed):
        is_ready = is_ready or ready()
        for part in helping:
            part.start_again()
        time.sleep(0.2)
    failed = [] if stopping else [part.name for part in needed if part.code is not None]
    if failed:
        print(f"{'、'.join(failed)} 意外退出，正在停止其余进程。", flush=True)
        stop()
    deadline = time.monotonic() + GRACE_SECONDS
    while not all(part.ended() for part in parts) and time.monotonic() < deadline:
        time.sleep(0.1)
    for part in parts:
        part.kill()
    print("已停止。", flush=True)
    return 0 if is_ready and not failed else 1


def _serve(environment: dict[str, str], port: int, began: float) -> int:
    binaries = VENV / "bin"
    web = [
        *(str(binaries / "gunicorn"), "deploy.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else environment["DATA_DIR"]),
        *("--graceful-timeout", "20", "--log-level", "warning", "--no-control-socket"),
    ]
    worker = [
        *(str(binaries / "celery"), "--quiet", "-A", "deploy.celery", "worker", "--beat"),
        *("--queues", "urgent,default,bulk"),
        *("--concurrency", "1", "--pool", "solo", "--loglevel", "warning"),
        *("--schedule", str(Path(environment["DATA_DIR"]) / "beat-schedule")),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    model = [str(binaries / "python"), "-m", "search.model"]
    _adopt_orphans()
    helping = [Part("语义模型", model, environment)]
    needed = [Part("web", web, environment), Part("worker", worker, environment)]

    def ready() -> bool:
        if not _answers(port):
            return False
        _announce(port, time.monotonic() - began)
        return True

    return supervise(needed, helping, ready)


def _adopt_orphans() -> None:
    """Be the parent of whoever loses its own, so that nothing of a dead part stays unburied."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _die_with(parent: int) -> Callable[[], None]:
    """What a new process does first: have the kernel end it when this one is killed."""
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def first() -> None:
        if prctl is not None:
            prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return first


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.sendall(b"GET /health/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def _announce(port: int, seconds: float) -> None:
    accounts = (ROOT / "docs" / "sample-accounts.md").read_text(encoding="utf-8")
    rows = [line for line in accounts.splitlines() if line.startswith("| ") and "@" in line]
    print(f"\n揭榜已就绪（{seconds:.0f} 秒）： http://127.0.0.1:{port}/", flush=True)
    print("示例账号（密码见下，完整说明在 docs/sample-accounts.md）：")
    for row in rows:
        cells = [cell.strip(" `") for cell in row.strip("|").split("|")]
        print("   " + "  ".join(cells[:3]))
    print("按 Ctrl-C 停止。", flush=True)


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
