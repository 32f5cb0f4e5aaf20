"""The servers that `make test-services` has started, shared by tests that each keep to their own part."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from elasticsearch import Elasticsearch

from tests import template

DATABASE_URL = os.environ.get("DATABASE_URL", "")
SEARCH_URL = os.environ.get("SEARCH_URL", "")
BROKER_URL = os.environ.get("BROKER_URL", "")
HAS_CLUSTER = SEARCH_URL.startswith("elasticsearch")


def client() -> Elasticsearch:
    """A plain client of the cluster; skips the test when there is none."""
    if not HAS_CLUSTER:
        pytest.skip("no Elasticsearch: `make test-services` starts one")
    return Elasticsearch(f"http://{urlsplit(SEARCH_URL).netloc}", request_timeout=30)


def cluster_url(prefix: str) -> str:
    """The cluster with another prefix; writes are searchable at once, not within a second."""
    return f"elasticsearch://{urlsplit(SEARCH_URL).netloc}/{prefix}?refresh_interval=20ms"


@contextmanager
def own_prefix(settings: Any) -> Iterator[str]:
    """SEARCH_URL with a prefix that nobody else uses; its indexes go at the end."""
    from search.backends.elasticsearch import ElasticsearchBackend

    admin = client()
    prefix = f"t-{secrets.token_hex(5)}"
    settings.SEARCH_URL = cluster_url(prefix)
    # A rebuild beside the request would not see the rows of the test's transaction.
    ElasticsearchBackend.heals_inline = True
    try:
        yield prefix
    finally:
        ElasticsearchBackend.heals_inline = False
        for name in admin.indices.get(index=f"{prefix}-*", features="aliases"):
            admin.indices.delete(index=name, ignore_unavailable=True)
        admin.close()


@contextmanager
def own_site() -> Iterator[dict[str, str]]:
    """The settings of a whole site on these servers, with a database and a prefix of its own."""
    if not HAS_CLUSTER:
        yield {}
        return
    name = f"site_{secrets.token_hex(5)}"
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template.on_server(DATABASE_URL)}")
    number = 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    yield {
        "DATABASE_URL": f"{DATABASE_URL.rpartition('/')[0]}/{name}",
        "SEARCH_URL": cluster_url(name),
        "BROKER_URL": f"{BROKER_URL.rpartition('/')[0]}/{number}",
        "CACHE_URL": f"{BROKER_URL.rpartition('/')[0]}/{number + 6}",
    }
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
