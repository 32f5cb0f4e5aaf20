"""Makes `.venv` with the developers' pinned tools, when they have changed. Standard library only."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "deploy" / "requirements" / "dev.txt"


def main() -> int:
    """Install what is missing; return the exit code."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print("需要 Python 3.11、3.12 或 3.13，例如：make test PYTHON=python3.13", file=sys.stderr)
        return 1
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    stamp = VENV / "dev.sha256"
    is_whole = (VENV / "bin" / "python").exists()
    if is_whole and stamp.exists() and stamp.read_text() == wanted:
        return 0
    print("安装开发依赖（首次约 2 分钟）…", flush=True)
    if not is_whole:
        # Cleared: the Python that it was made with may be gone since an upgrade of the system.
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "-q"]
    code = subprocess.run([*pip, "--disable-pip-version-check", "-r", str(REQUIREMENTS)]).returncode
    if code == 0:
        stamp.write_text(wanted)
    return code


if __name__ == "__main__":
    sys.exit(main())
