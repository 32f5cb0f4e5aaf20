"""`make test-pythons`: a fresh copy starts and is visited on each other Python that the site supports.

The suite itself runs on one version. On the others what can differ is whether the locked requirements
install, whether the site fills a migrated database and starts, and whether pages, search, sign-in and the
API answer.
Interpreters are looked for on the PATH and among the versions of pyenv; one of each minor version is used.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable
from http.cookiejar import CookieJar
from pathlib import Path

from tests.started import ROOT, Running, site

#: Minor versions of Python 3, as in `pyproject.toml`.
SUPPORTED = range(11, 14)
#: Paths of pages, each with something that its page says.
VISITED = {
    "/": "技术市场",
    "/en/": "lang=",
    "/needs/": "示例",
    "/needs/?q=轴承": "轴承",
    "/achievements/?q=永磁": "永磁",
    "/orgs/": "示例",
    "/news/": "示例",
    "/match/": "<textarea",
    "/search/suggest/?q=yc": "",
    "/sitemap.xml": "<sitemap",
    "/api/v1/needs/": '"results"',
    "/health/ready/": "ok",
}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def main() -> int:
    """Try each; the exit code."""
    # Who ends this ends the site that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = others(sys.version_info.minor)
    if not found:
        _say("No other Python of 3.11 to 3.13 on this machine.")
    failed = [version for version, python in found.items() if not tried(version, python)]
    return 1 if failed else 0


def others(present: int) -> dict[int, str]:
    """An interpreter of each supported minor version but the present one, by version."""
    found: dict[int, str] = {}
    for python in _candidates():
        # pyenv's shims stand on the PATH for versions that are not switched on: ask, do not believe.
        asked = "import ensurepip, sqlite3, ssl, venv, sys; print(sys.version_info.minor)"
        said = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
        if said.returncode == 0 and int(said.stdout) in SUPPORTED and int(said.stdout) != present:
            found.setdefault(int(said.stdout), python)
    return dict(sorted(found.items()))


def _candidates() -> Iterable[str]:
    for minor in SUPPORTED:
        if python := shutil.which(f"python3.{minor}"):
            yield python
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(root.glob("versions/3.*/bin/python"), reverse=True))


def tried(minor: int, python: str) -> bool:
    """Whether a copy of this checkout starts on this interpreter and answers; says what it does."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jiebang-python-") as folder:
        copy = Path(folder) / "site"
        _copy(copy)
        try:
            with site("deploy.settings.dev", python=python, root=copy) as running:
                problems = list(_visit(running))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other versions are tried too
            problems = [str(error) or repr(error)]
    for problem in problems:
        _say(f"Python 3.{minor}: {problem}")
    if not problems:
        _say(f"Python 3.{minor}: starts and answers ({time.monotonic() - began:.0f} s)")
    return not problems


def _copy(target: Path) -> None:
    """The files that a fresh clone would have, with what is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _visit(running: Running) -> Iterable[str]:
    """What is wrong with the answers of this site, in words."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    address = f"http://127.0.0.1:{running.port}"

    def get(path: str, form: dict[str, str] | None = None) -> str:
        request = urllib.request.Request(
            address + urllib.parse.quote(path, safe="/?=&%"),
            data=urllib.parse.urlencode(form).encode() if form else None,
        )
        with browser.open(request, timeout=60) as answer:
            return str(answer.read().decode())

    for path, words in VISITED.items():
        if words not in get(path):
            yield f"{path} does not say {words!r}"
    need = json.loads(get("/api/v1/needs/"))["results"][0]
    if need["title"] not in get(f"/needs/{need['code']}/"):
        yield "a need does not show its title"
    if "相近" not in get("/match/", {"problem": "电机用的磁钢在高温下退磁"}):
        yield "a problem in own words finds nothing"
    token = _TOKEN.findall(get("/accounts/login/"))[0]
    account = {"login": "member@sample.example", "password": "yimeng-demo-2026"}
    if "待办" not in get("/accounts/login/", {**account, "csrfmiddlewaretoken": token}):
        yield "signing in does not lead to the workbench"
    for line in running.log.splitlines():
        if "Traceback" in line or re.search(r"\w+Warning: ", line):
            yield line


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
