"""`make mutants`: breaks each rule in a copy of the tree and runs its tests; survivors are named.

`ONLY=word` takes the rules whose words or file hold it. One database serves all, for no mutant changes
a table; the tests must pass in the copy before anything is broken.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.rules import ROOT, Mutant, load

SECONDS = 900


def main(arguments: list[str]) -> int:
    """1 when a rule was broken and no test noticed, or a test fails with nothing broken."""
    chosen = [one for one in load() if not arguments or arguments[0] in f"{one.rule} {one.file}"]
    with tempfile.TemporaryDirectory(prefix="jiebang-mutants-") as folder:
        copy = Path(folder)
        _copy(copy)
        tests = sorted({path for one in chosen for path in one.tests})
        _say(f"{len(chosen)} rules; first their tests as they are…")
        if not _pass(copy, tests):
            _say("a test fails with nothing broken: mend that first")
            return 1
        survivors = [one for one in chosen if not _is_killed(copy, one)]
    for one in survivors:
        _say(f"survived: {one.rule} ({one.file})")
    _say(f"{len(chosen) - len(survivors)} of {len(chosen)} broken rules were noticed")
    return 1 if survivors else 0


def _copy(folder: Path) -> None:
    """What git knows of and what is new, as it lies there, without what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _is_killed(copy: Path, mutant: Mutant) -> bool:
    path = copy / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(mutant.text, mutant.broken), encoding="utf-8")
    try:
        killed = not _pass(copy, list(mutant.tests))
    finally:
        path.write_text(whole, encoding="utf-8")
    _say(f"{'noticed ' if killed else 'SURVIVED'}  {mutant.rule}")
    return killed


def _pass(copy: Path, tests: list[str]) -> bool:
    """Whether the tests pass in the copy; a run that hangs has noticed something too."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "deploy.settings.test",
        # A file that is written twice within a second would be taken from its cache.
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATA_DIR": str(copy / ".data"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
