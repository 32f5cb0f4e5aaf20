"""The log is complete under 20 parallel downloads, and a revocation lets none through after it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections
from django.test import Client

import pytest

from marketplace.disclosure import services
from marketplace.disclosure.models import Reading
from marketplace.kernel import children
from tests.cast import Cast, make_cast
from tests.marketplace.disclosure.conftest import make_shut

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (row locks)"),
]
AT_ONCE = 20


@pytest.fixture(autouse=True)
def enough_connections() -> Iterator[None]:
    """As in a server, no thread waits for a connection of the pool: this test has more threads than one."""
    pool: Any = connection.pool  # type: ignore[attr-defined]
    kept = pool.min_size, pool.max_size
    pool.resize(kept[0], AT_ONCE + 2)
    yield
    pool.resize(*kept)


def together(cast: Cast, url: str, also: Any = None) -> list[int]:
    """The answers to 20 downloads that begin at the same moment; one thread more does something else."""
    # A thread that fails before it is let go breaks the gate for the others, and nobody waits for ever.
    gate = threading.Barrier(AT_ONCE + bool(also), timeout=60)
    clients = [Client() for _number in range(AT_ONCE)]
    for client in clients:
        client.force_login(
            cast.university_member, backend="django.contrib.auth.backends.ModelBackend"
        )

    def download(client: Client) -> int:
        gate.wait()
        try:
            response = client.get(url)
            if response.streaming:
                b"".join(response.streaming_content)
            return response.status_code
        finally:
            connections.close_all()

    def act() -> None:
        gate.wait()
        try:
            also()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        other = pool.submit(act) if also else None
        answers = list(pool.map(download, clients))
        if other is not None:
            other.result()
    return answers


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_every_download_that_went_out_is_one_row(monkeypatch: Any) -> None:
    # Children are started one after the other; the machine of a test may be slow.
    monkeypatch.setattr(children, "PATIENCE", 120.0)
    cast = make_cast()
    services.load_texts()
    shut = make_shut(cast, state="published")
    grant = shut.open()
    assert together(cast, shut.file.url) == [200] * AT_ONCE
    assert Reading.objects.filter(what="file", grant=grant).count() == AT_ONCE
    answers = together(
        cast,
        shut.file.url,
        also=lambda: services.revoke(grant, reason="合作终止", actor=cast.approver),
    )
    assert set(answers) <= {200, 403}
    assert Reading.objects.filter(what="file").count() == AT_ONCE + answers.count(200)
    assert together(cast, shut.file.url) == [403] * AT_ONCE
