"""A real nginx with the example of `deploy/nginx/`: files keep their headers, errors speak Chinese."""

import gzip
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings as present
from django.contrib.staticfiles.finders import get_finders
from django.db import connection

import pytest

from deploy.services.servers import free_port
from tests.factories.files import make_attachment, make_uploader, pdf_bytes
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
NAME = "market.example"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not Path(NGINX).exists(), reason="nginx is not installed (Debian: nginx-light)"
    ),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="looked at once, on the embedded profile"
    ),
]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def connect(port: int, *, tls: bool) -> http.client.HTTPConnection:
    if not tls:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, context=trust, timeout=60)


def ask(
    port: int, path: str, *, tls: bool, method: str = "GET", body: Any = None, **more: str
) -> Answer:
    """One request; without TLS as the proxy makes it. `more` are further headers."""
    client = connect(port, tls=tls)
    headers = {"Host": NAME} | ({} if tls else {"X-Forwarded-Proto": "https"})
    client.request(method, path, body=body, headers=headers | more)
    answer = client.getresponse()
    # A header may come twice: Vary from the site and from nginx.
    found = {name: ", ".join(answer.headers.get_all(name, [])) for name in answer.headers}
    return Answer(answer.status, found, answer.read())


def wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on {port}")


@contextmanager
def running(command: list[str], port: int, env: dict[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(30)


def environment(data: Path, **given: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "deploy.settings.production",
        "SECRET_KEY": "tests only",
        "SITE_URL": f"https://{NAME}",
        "ALLOWED_HOSTS": NAME,
        "TRUSTED_PROXIES": "1",
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "PYTHONWARNINGS": "ignore",
        **given,
    }


def web(port: int, data: Path, **given: str) -> Any:
    env = environment(data, **given)
    command = [sys.executable, "-m", "gunicorn", "deploy.wsgi:application", "--bind"]
    return running([*command, f"127.0.0.1:{port}", "--no-control-socket"], port, env)


def manifest(folder: Path) -> None:
    """What a page needs of `collectstatic`, which takes a minute: the name of each file."""
    names = [name for finder in get_finders() for name, _storage in finder.list([])]
    folder.mkdir()
    text = json.dumps({"version": "1.1", "paths": {name: name for name in names}, "hash": ""})
    (folder / "staticfiles.json").write_text(text, encoding="utf-8")


def configuration(folder: Path, port: int, plain: int, site: int, private: Path) -> Path:
    """The example, with the places of this machine in it; nothing else is changed."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subject = ["-subj", f"/CN={NAME}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    live = f"/etc/letsencrypt/live/{NAME}"
    text = (ROOT / "deploy/nginx/jiebang.conf").read_text(encoding="utf-8")
    for before, after in {
        f"{live}/fullchain.pem": str(certificate),
        f"{live}/privkey.pem": str(key),
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
        "/var/lib/jiebang/private/": f"{private}/",
        "/opt/jiebang/": f"{ROOT}/",
    }.items():
        assert before in text, before
        text = text.replace(before, after)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    as_root = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{as_root} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}",
        encoding="utf-8",
    )
    return folder / "nginx.conf"


class Places(NamedTuple):
    nginx: int
    plain: int
    direct: int


@pytest.fixture(scope="module")
def places(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Nginx before a site, and the same site without it."""
    private = Path(present.PRIVATE_FILES_DIR)
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("nginx")
    (data / "private").symlink_to(private)
    found = Places(free_port(), free_port(), free_port())
    behind = free_port()
    written = configuration(folder, found.nginx, found.plain, behind, private)
    manifest(data / "static")
    with ExitStack() as stack:
        stack.enter_context(web(behind, data, FILES_X_ACCEL="/_private/"))
        stack.enter_context(web(found.direct, data))
        stack.enter_context(running([NGINX, "-p", str(folder), "-c", str(written)], found.nginx))
        yield found


#: They say who sent the bytes and when, or are another for each answer.
OWN = {"Date", "Server", "Connection", "Last-Modified", "X-Request-Id", "Accept-Ranges"}


def without_own(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in OWN}


def test_a_download_through_nginx_has_the_headers_of_the_direct_answer(places: Places) -> None:
    owner = OrganizationFactory()
    need = make_need(owner, make_member(owner), state="published")
    data = pdf_bytes()
    attachment = make_attachment(
        make_uploader(), data=data, subject_kind="needs.need", subject_id=need.pk, audience="public"
    )
    path = f"/files/{attachment.code}/"
    direct = ask(places.direct, path, tls=False)
    through = ask(places.nginx, path, tls=True)
    assert (direct.status, through.status) == (200, 200)
    assert direct.body == through.body
    assert without_own(through.headers) == without_own(direct.headers)
    assert through.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert through.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert through.headers["X-Request-Id"]
    # Nobody reaches the folder without the site's word.
    assert ask(places.nginx, f"/_private/{attachment.path}", tls=True).status == 404


@pytest.mark.parametrize(("path", "megabytes"), [("/match/", 26), ("/workbench/needs/new/", 211)])
def test_what_is_too_large_is_refused_in_words(places: Places, path: str, megabytes: int) -> None:
    client = connect(places.nginx, tls=True)
    client.putrequest("POST", path, skip_host=True)
    client.putheader("Host", NAME)
    # nginx judges what is announced: nothing of it need be sent.
    client.putheader("Content-Length", str(megabytes * 1024 * 1024))
    client.endheaders()
    answer = client.getresponse()
    assert (answer.status, "文件太大" in answer.read().decode()) == (413, True)


def test_a_step_of_the_wizard_may_be_larger_than_other_requests(places: Places) -> None:
    """30 MB reach the site, whatever it says to them."""
    body = b"x" * (30 * 1024 * 1024)
    answer = ask(places.nginx, "/workbench/needs/new/", tls=True, method="POST", body=body)
    assert answer.status not in {413, 502}


def test_without_the_site_nginx_says_so_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    port = free_port()
    written = configuration(folder, port, free_port(), free_port(), tmp_path)
    with running([NGINX, "-p", str(folder), "-c", str(written)], port):
        answer = ask(port, "/needs/", tls=True)
    assert answer.status == 502
    assert "系统暂时无法访问" in answer.body.decode()
    assert answer.headers["Content-Type"] == "text/html"


def test_plain_requests_are_sent_to_tls(places: Places) -> None:
    answer = ask(places.plain, "/needs/?page=2", tls=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/needs/?page=2")


def test_a_page_is_compressed_and_a_visitor_who_has_it_is_told_so(places: Places) -> None:
    accepting = {"Accept-Encoding": "gzip"}
    plain = ask(places.nginx, "/achievements/", tls=True)
    packed = ask(places.nginx, "/achievements/", tls=True, **accepting)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.body).strip().startswith(b"<!DOCTYPE html>")
    assert len(packed.body) * 2 < len(plain.body)
    tag = packed.headers["ETag"]
    again = ask(places.nginx, "/achievements/", tls=True, **accepting, **{"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
