"""Servers for this folder alone: they are killed here, and others must not notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.services import Elasticsearch, Missing, PostgreSQL, Redis, Server, started
from tests import template
from tests.consistency.canaries import DRAFT, SECRET
from tests.consistency.site import Site


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[type[Server], Server]]:
    try:
        with started(PostgreSQL, Redis, Elasticsearch) as running:
            yield running
    except Missing as error:
        pytest.skip(f"not on this machine: {error}")


@pytest.fixture(scope="session")
def whole_site(
    servers: dict[type[Server], Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The site with its tables and empty indexes; nothing runs yet."""
    template.restore(servers[PostgreSQL].url)
    made = Site(servers, tmp_path_factory.mktemp("site"))
    made.act("setup")
    yield made
    made.close()


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """The site for one proof. Whatever happened in it: no process is left, and nothing secret is indexed."""
    yield whole_site
    whole_site.close()
    for server in (whole_site.redis, whole_site.elasticsearch):
        if server.process is None:
            server.start()
    for document in map(str, whole_site.everything_indexed()):
        assert SECRET not in document
        assert DRAFT not in document
        assert "13800138000" not in document


@pytest.fixture
def data(whole_site: Site) -> Path:
    return whole_site.data
