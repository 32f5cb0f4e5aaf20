"""The drill of docs/operating.md: a site is restored elsewhere, with another key, and people get in."""

import http.cookiejar
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings as present
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from deploy.services.servers import free_port
from tests.deploy.test_nginx import wait_for
from tests.factories.files import make_attachment, make_uploader, pdf_bytes
from tests.factories.needs import make_need
from tests.factories.parties import PASSWORD, OrganizationFactory, UserFactory, make_member

ROOT = Path(__file__).resolve().parents[2]
IMAGE = b"\x89PNG of a page"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="the drill is of the embedded profile"
    ),
]


def back_up(into: Path) -> None:
    """What the docs say, in that order: database, `private`, `media`. The key goes apart."""
    into.mkdir()
    with sqlite3.connect(connection.settings_dict["NAME"]) as live:
        live.backup(target := sqlite3.connect(into / "jiebang.sqlite3"))
        target.close()
    shutil.copytree(present.PRIVATE_FILES_DIR, into / "private")
    shutil.copytree(present.MEDIA_ROOT, into / "media")


class Visitor:
    """Somebody with a browser, so far as cookies and forms go."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> Any:
        return self.opener.open(self.root + path, timeout=60)

    def send(self, path: str, **typed: str) -> Any:
        page = self.get(path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, path
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **typed}).encode()
        return self.opener.open(self.root + path, data, timeout=60)


def test_a_restored_site_with_another_key_lets_everybody_in(tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path / "live" / "private"
    settings.MEDIA_ROOT = tmp_path / "live" / "media"
    settings.SECRET_KEY = "the-first-key"
    # As the site hashes: the suite's own way is known to the suite alone.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    secret = generate_totp_secret()
    person = UserFactory(email="lin@example.com")
    TOTP.activate(person, secret)
    owner = OrganizationFactory()
    need = make_need(owner, make_member(owner), state="published")
    data = pdf_bytes(3)
    attachment = make_attachment(
        make_uploader(), data=data, subject_kind="needs.need", subject_id=need.pk, audience="public"
    )
    default_storage.save("images/front.png", ContentFile(IMAGE))
    back_up(tmp_path / "restored")

    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
    env = kept | {
        "DJANGO_SETTINGS_MODULE": "deploy.settings.dev",
        "SECRET_KEY": "a new key for the new machine",
        "SECRET_KEY_FALLBACKS": "the-first-key",
        "DATA_DIR": str(tmp_path / "restored"),
        "SAMPLE_ACCOUNTS": "false",
        "PYTHONWARNINGS": "ignore",
    }
    for command in (["bootstrap"], ["adopt_files"], ["reconcile_index", "--fix"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env,
            check=True,
            capture_output=True,
        )
    port = free_port()
    options = ["deploy.wsgi:application", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    site = subprocess.Popen([sys.executable, "-m", "gunicorn", *options], cwd=ROOT, env=env)
    try:
        wait_for(port)
        visitor = Visitor(port)
        assert need.code in visitor.get("/needs/?q=" + urllib.parse.quote("甲醛")).read().decode()
        assert visitor.get(f"/files/{attachment.code}/").read() == data
        assert visitor.get("/media/images/front.png").read() == IMAGE
        visitor.send("/accounts/login/", login="lin@example.com", password=PASSWORD, by="email")
        code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        arrived = visitor.send("/accounts/2fa/authenticate/", code=code)
        assert (arrived.status, arrived.url) == (200, f"http://127.0.0.1:{port}/workbench/")
    finally:
        site.terminate()
        site.wait(30)
