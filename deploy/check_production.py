"""Runs the deploy checks with the values of a real site, and proves that production needs a key."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Sender:
    """In the place of a provider of text messages, which each site has its own of."""

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> None:
        """Nothing is sent by a check."""


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
            "TRUSTED_PROXIES": "1",
            "EMAIL_URL": "submission://user:password@mail.example:587",
            "DEFAULT_FROM_EMAIL": "market@market.example",
            "SMS_BACKEND": "deploy.check_production.Sender",
            "FOOTER_SPONSOR": "科学技术局",
            "FOOTER_OPERATOR": "技术市场",
            "FOOTER_PHONE": "0539-8123456",
            "FOOTER_SITE_CODE": "",
            "FOOTER_ICP": "",
            "FOOTER_POLICE": "",
        }
        return subprocess.run(command, cwd=ROOT, env={**bare, **safe}).returncode


if __name__ == "__main__":
    sys.exit(main())
