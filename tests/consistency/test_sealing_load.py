"""The server seals bids of browsers without a script, many at once: no plaintext lies anywhere, not for a moment.

Looked through are the folders for temporary files and what processes hold open without a name, while it goes on; then
the whole folder of PostgreSQL with its log of transactions, Redis, every index, the logs and the data of the site.
"""

import http.client
import secrets
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from deploy.services import PostgreSQL
from tests.access.canary import PRICE, WORD, found_in, in_folders
from tests.consistency.site import Site
from tests.consistency.test_tenders import Acts, act

pytestmark = [pytest.mark.kill, pytest.mark.long]
__all__ = ["act"]
_BODY = b"%PDF-1.4\n" + WORD.encode() * 300_000


def test_no_plaintext_while_the_server_seals(site: Site, act: Acts) -> None:
    temporary = site.data / "temporary"
    temporary.mkdir()
    plans = act("prepare", "12", "1000")["bidders"]
    site.env["TMPDIR"] = str(temporary)
    address = site.web(workers=2)
    del site.env["TMPDIR"]
    seen: list[str] = []
    looks, over = 0, threading.Event()

    def watch() -> None:
        nonlocal looks
        while not over.is_set():
            seen.extend(in_folders(temporary))
            seen.extend(_without_a_name(site))
            looks += 1
            time.sleep(0.02)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda plan: _patiently(address, plan), plans))
    finally:
        over.set()
        watching.join()
    assert answers == [200] * len(plans)
    assert act("verify_count")["sealed_by_server"] == len(plans)
    assert seen == []
    assert looks > 20
    site.sql("CHECKPOINT")
    assert in_folders(site.data, site.servers[PostgreSQL].base) == []
    assert _in_redis(site) == []
    assert not found_in(str(site.everything_indexed()).encode())
    size = len(_BODY) // 1_000_000
    sys.stdout.write(
        f"{len(plans)} bids of {size} MB sealed by the server, {looks} looks: nothing found\n"
    )


def _without_a_name(site: Site) -> list[str]:
    """Deleted files that a web server or its workers hold open and that have the word."""
    found = []
    for process in site.processes:
        if process.log.name != "web.log" or not process.runs:
            continue
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for pid in [str(process.pid), *children.read_text().split()]:
            for handle in Path(f"/proc/{pid}/fd").glob("*"):
                try:
                    target = str(handle.readlink())
                    if (
                        target.startswith("/")
                        and "(deleted)" in target
                        and found_in(handle.read_bytes())
                    ):
                        found.append(target)
                except OSError:
                    continue
    return found


def _in_redis(site: Site) -> list[str]:
    found = []
    client = redis.Redis(host="127.0.0.1", port=site.redis.port)
    for number in range(4):
        client.execute_command("SELECT", number)
        for key in client.scan_iter():
            kind = client.type(key)
            value: Any = client.get(key) if kind == b"string" else b""
            if kind == b"list":
                value = b"\0".join(client.lrange(key, 0, -1))
            elif kind == b"hash":
                value = repr(client.hgetall(key)).encode()
            if found_in(key + b"\0" + (value or b"")):
                found.append(key.decode("latin-1"))
    return found


def _patiently(address: str, plan: dict[str, Any]) -> int:
    """Two are sealed at once: whoever comes too early comes again."""
    until = time.monotonic() + 120
    while True:
        status = _send(address, plan)
        if status != 429 or time.monotonic() > until:
            return status
        time.sleep(0.5)


def _send(address: str, plan: dict[str, Any]) -> int:
    csrf, edge = secrets.token_hex(16), secrets.token_hex(16)
    rows = {
        f"{prefix}-{name}": value
        for prefix in ("schedule", "partners")
        for name, value in (
            ("TOTAL_FORMS", "1"),
            ("INITIAL_FORMS", "0"),
            ("MIN_NUM_FORMS", "0"),
            ("MAX_NUM_FORMS", "20"),
        )
    }
    fields = {
        "csrfmiddlewaretoken": csrf,
        **rows,
        **{f"answer_{number}": WORD for number in plan["answers"]},
        **dict.fromkeys(("scheme", "team", "schedule-0-milestone"), WORD),
        "schedule-0-days": "180",
        "price": f"{PRICE / 1_000_000:.6f}",
        "lead_share": "100",
        "rev": str(plan["rev"]),
        "terms_rev": str(plan["terms_rev"]),
        "agree": "on",
    }
    lines = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    lines += (
        f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{WORD}.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = lines.encode() + _BODY + f"\r\n--{edge}--\r\n".encode()
    cookies = f"{plan['session_name']}={plan['session']}; {plan['csrf_name']}={csrf}"
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    try:
        connection.request(
            "POST",
            f"/workbench/bids/{plan['bid']}/plain/",
            body,
            {"Content-Type": f"multipart/form-data; boundary={edge}", "Cookie": cookies},
        )
        answer = connection.getresponse()
        text = answer.read()
    except ConnectionError:
        # Refused before the body was read: the answer is lost with the connection.
        return 429
    else:
        assert answer.status in {200, 429}, text.decode()[-3000:]
        return answer.status
    finally:
        connection.close()
