"""Runs Django's deploy checks with production settings, and proves that they refuse no key."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """0 when production settings are safe; else what is wrong stands on the terminal."""
    with tempfile.TemporaryDirectory() as data:
        bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        bare |= {"DJANGO_SETTINGS_MODULE": "deploy.settings.production", "DATA_DIR": data}
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        refused = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True)
        if refused.returncode == 0 or b"SECRET_KEY" not in refused.stderr:
            print("production settings start without SECRET_KEY", file=sys.stderr)
            return 1
        key = "production-check-" + os.urandom(32).hex()
        safe = {
            "SECRET_KEY": key,
            "SITE_URL": "https://market.example",
            "ALLOWED_HOSTS": "market.example",
        }
        return subprocess.run(command, cwd=ROOT, env={**bare, **safe}).returncode


if __name__ == "__main__":
    sys.exit(main())
