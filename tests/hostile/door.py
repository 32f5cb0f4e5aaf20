"""Sends requests as bytes, so that nothing is mended on the way, and watches the site's processes."""

import contextlib
import http.client
import itertools
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.hostile.attacks import Attack
from tests.started import Running

PASSWORD = "yimeng-demo-2026"
SECONDS = 90
#: The answer to a request that is no HTTP: the connection is closed without a word.
CLOSED = 0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_addresses = itertools.count(1)


def address() -> str:
    """A network that has not asked before: request limits are no part of these tests."""
    number = next(_addresses)
    return (
        f"10.{number >> 8 & 255}.{number & 255}.7"
        if number < 65_536
        else f"11.{number >> 16}.{number & 255}.{number >> 8 & 255}"
    )


@dataclass
class Door:
    """The site as an attacker sees it, with an account of the samples and a key to the API."""

    site: Running
    session: requests.Session = field(default_factory=requests.Session)
    key: str = ""
    names: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Sign in, make a key, and learn the codes that the attacks name."""
        self.session.headers["X-Forwarded-For"] = address()
        self._submit("/accounts/login/", login="member@sample.example", password=PASSWORD)
        self._submit("/accounts/reauthenticate/", password=PASSWORD)
        made = self._submit("/workbench/security/tokens/", name="test", scope="write", days="30")
        self.key = re.findall(r"jb_[\w-]{20,}", made.text)[0]
        self.names["need"] = self._get("/api/v1/needs/").json()["results"][0]["code"]
        found = self._get("/api/v1/achievements/").json()["results"][0]
        self.names["achievement"] = found["code"]
        bearer = {"Authorization": f"Bearer {self.key}"}
        drafted = self.session.post(
            self.url("/api/v1/needs/"), json={"title": "草稿"}, headers=bearer, timeout=SECONDS
        )
        self.names["draft"] = drafted.json()["code"]

    def url(self, path: str) -> str:
        """The whole address of a path."""
        return f"http://127.0.0.1:{self.site.port}{path}"

    def _get(self, path: str) -> requests.Response:
        answer = self.session.get(self.url(path), timeout=SECONDS)
        answer.raise_for_status()
        return answer

    def _submit(self, path: str, **values: str) -> requests.Response:
        values["csrfmiddlewaretoken"] = _TOKEN.findall(self._get(path).text)[0]
        answer = self.session.post(self.url(path), values, timeout=SECONDS)
        answer.raise_for_status()
        return answer

    def send(self, attack: Attack) -> int:
        """The status of the answer; CLOSED when there is none. Raises OSError when nobody listens."""
        with socket.create_connection(("127.0.0.1", self.site.port), SECONDS) as connection:
            # It may refuse before it has read all; what it says is still there.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(self._raw(attack))
            response = http.client.HTTPResponse(connection, method=attack.method)
            try:
                response.begin()
            except (http.client.HTTPException, ConnectionResetError):
                return CLOSED
            return response.status

    def _raw(self, attack: Attack) -> bytes:
        path, body = attack.path, attack.body
        for name, code in self.names.items():
            path = path.replace("{" + name + "}", code)
        headers = {"Host": f"127.0.0.1:{self.site.port}", "X-Forwarded-For": address()}
        cookies = self.session.cookies.get_dict() if attack.by == "member" else {}
        if attack.method == "POST" and "/api/" not in path:
            # Whoever posts a form has its token: it stands in a cookie and in a header.
            token = self.session.cookies.get("csrf", "")
            cookies["csrf"] = token
            headers["X-CSRFToken"] = token
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if attack.by == "key":
            headers["Authorization"] = f"Bearer {self.key}"
        headers |= attack.headers
        headers |= {"Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"{attack.method} {path.replace(' ', '%20')} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body

    def processes(self) -> set[int]:
        """The site's processes: the supervisor's children and theirs."""
        found = {self.site.process.pid}
        parents = dict(_parents())
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found


def _parents() -> list[tuple[int, int]]:
    rows = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        rows.append((int(path.parent.name), int(fields[1])))
    return rows
