"""An Elasticsearch for tests: the one that SEARCH_URL names, each test under a prefix of its own."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from elasticsearch import Elasticsearch

#: `make test-services` sets it to `elasticsearch://HOST:PORT/…`.
URL = os.environ.get("SEARCH_URL", "")
HERE = URL.startswith("elasticsearch")


def client() -> Elasticsearch:
    """A plain client of the cluster; skips the test when there is none."""
    if not HERE:
        pytest.skip("no Elasticsearch: `make test-services` starts one")
    return Elasticsearch(f"http://{urlsplit(URL).netloc}", request_timeout=30)


@contextmanager
def own_prefix(settings: Any) -> Iterator[str]:
    """SEARCH_URL with a prefix that nobody else uses; its indexes go at the end."""
    admin = client()
    prefix = f"t-{secrets.token_hex(5)}"
    # Writes become searchable at once, not within a second: a test waits for each of them.
    settings.SEARCH_URL = f"elasticsearch://{urlsplit(URL).netloc}/{prefix}?refresh_interval=20ms"
    try:
        yield prefix
    finally:
        for name in admin.indices.get(index=f"{prefix}-*", features="aliases"):
            admin.indices.delete(index=name, ignore_unavailable=True)
        admin.close()
