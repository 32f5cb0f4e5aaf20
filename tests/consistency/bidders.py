"""Bidders over HTTP, as the page of a sealed bid speaks: a right, files by tus, the hand-in with a one-time key.

A server that dies in between is asked again, as the page does: what was sent is looked up, and the key stays the same.
"""

import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SEGMENT = 1 << 20
_CSRF = secrets.token_hex(16)


class Away(Exception):
    """The server does not answer."""


@dataclass
class Bidder:
    """One bidder with a plan of `tender_acts.prepare`. `places` are the uploads that have come whole."""

    plan: dict[str, Any]
    address: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    places: list[str] = field(default_factory=list)
    retries: int = 0
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def _ask(
        self, method: str, path: str, body: Any = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Away from error
        finally:
            connection.close()

    def _post(self, path: str, said: object) -> tuple[int, dict[str, Any]]:
        names = self.plan
        cookies = f"{names['session_name']}={names['session']}; {names['csrf_name']}={_CSRF}"
        status, _headers, body = self._ask(
            "POST",
            path,
            json.dumps(said).encode(),
            **{"Content-Type": "application/json", "Cookie": cookies, "X-CSRFToken": _CSRF},
        )
        return status, json.loads(body)

    def upload(self) -> None:
        """Get a right, and send every file; from the beginning, where the server went away between two files."""
        until = time.monotonic() + 60
        while True:
            try:
                self._upload()
            except Away:
                self.retries += 1
                assert time.monotonic() < until, "the server did not come back"
                time.sleep(0.2)
            else:
                return

    def _upload(self) -> None:
        self.places = []
        status, found = self._post(f"/workbench/bids/{self.plan['bid']}/right/", {})
        assert status == 200, found
        tus = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {found['token']}"}
        for name in self.plan["files"]:
            path = Path(name)
            status, headers, body = self._ask(
                "POST",
                "/workbench/bids/uploads/",
                **tus,
                **{"Upload-Length": str(path.stat().st_size)},
            )
            assert status == 201, (status, body[:300])
            self._send(path, headers["Location"], tus)
            self.places.append(headers["Location"].rstrip("/").rpartition("/")[2])

    def _send(self, path: Path, place: str, tus: dict[str, str]) -> None:
        offset, size = 0, path.stat().st_size
        with path.open("rb") as stream:
            while offset < size:
                stream.seek(offset)
                headers = {
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                }
                try:
                    status, found, body = self._ask(
                        "PATCH", place, stream.read(_SEGMENT), **tus, **headers
                    )
                    assert status == 204, (status, body[:300])
                except Away:
                    # How much has come before it went away?
                    self.retries += 1
                    found = self._patiently(place, tus)
                offset = int(found["Upload-Offset"])

    def _patiently(self, place: str, tus: dict[str, str]) -> dict[str, str]:
        until = time.monotonic() + 60
        while True:
            try:
                status, found, _body = self._ask("HEAD", place, **tus)
                if status == 200:
                    return found
            except Away:
                pass
            assert time.monotonic() < until, "the server did not come back"
            time.sleep(0.2)

    def hand_in(self) -> None:
        """Hand in; while the server is away again and again, under the same key."""
        said = {name: self.plan[name] for name in ("header", "terms_rev", "pledge", "rev")}
        said |= {"names": self.places, "key": self.key}
        began, until = time.monotonic(), time.monotonic() + 60
        while True:
            try:
                self.status, self.answer = self._post(
                    f"/workbench/bids/{self.plan['bid']}/sealed/", said
                )
            except (Away, ValueError):
                self.retries += 1
                assert time.monotonic() < until, "the server did not come back"
                time.sleep(0.2)
                continue
            self.seconds = time.monotonic() - began
            return
