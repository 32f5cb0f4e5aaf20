"""`deploy/services/install`: what apt cannot bring is said before anything is installed."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "services" / "install"
NEEDED = ("bash", "sed")


@pytest.fixture
def machine(tmp_path):
    """Runs the script where apt-get only writes down that it was called."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        found = next(p for d in os.environ["PATH"].split(":") if (p := Path(d) / name).exists())
        (programs / name).symlink_to(found)
    called = tmp_path / "called"
    for name in ("apt-get", "sudo", "id"):
        (programs / name).write_text(f"#!/bin/sh\necho {name} >> {called}\nexit 9\n")
        (programs / name).chmod(0o755)

    def run(home):
        done = subprocess.run(
            [str(programs / "bash"), str(SCRIPT)],
            env={"PATH": str(programs), "ES_JAVA_HOME": str(home)},
            capture_output=True,
            check=False,
            text=True,
        )
        return done.returncode, done.stderr, called.exists()

    return run


def jdk(folder, version, *, compiler=True):
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n')
    if compiler:
        (folder / "bin" / "javac").touch(0o755)
    return folder


@pytest.mark.parametrize(
    ("version", "compiler"),
    [("17.0.15", True), ("1.8.0_412", True), ("21.0.2", False)],
    ids=["too-old", "much-too-old", "no-compiler"],
)
def test_without_a_jdk_it_says_so_and_installs_nothing(machine, tmp_path, version, compiler):
    home = jdk(tmp_path / "a java", version, compiler=compiler)
    code, said, called = machine(home)
    assert code == 1
    assert f"missing: a JDK of 21 or newer, for Elasticsearch (looked in {home})" in said
    assert "export ES_JAVA_HOME=" in said
    assert not called


@pytest.mark.parametrize("version", ["21", "21.0.2", "25+36"])
def test_with_one_it_goes_on(machine, tmp_path, version):
    """To the other programs, which this machine lacks: apt-get is asked for them and fails here."""
    code, said, called = machine(jdk(tmp_path / "a java", version))
    assert "JDK" not in said
    assert (code, called) == (9, True)
