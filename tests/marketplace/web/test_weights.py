"""What public pages may weigh and ask of the database, with the sample data that `make run` has."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from cms import samples as pages
from cms.models import NewsPage, PolicyPage
from marketplace.achievements.models import Achievement
from marketplace.needs.models import Need
from marketplace.taxonomy.queries import code_lists
from marketplace.web import samples
from search import engine
from search.schema import all_specs
from tests.cast import Cast

pytestmark = pytest.mark.django_db

MOST_QUERIES = 6
MOST_BYTES = 60_000
MOST_COMPRESSED = 15_000


@pytest.fixture
def site(own_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample data, in the database and in the index. The code lists are not asked for again."""
    samples.load(lambda *_given: None)
    pages.load()
    for spec in all_specs():
        engine.rebuild(spec.name)
    monkeypatch.setattr(code_lists, "REFRESH", 3600.0)


def public_paths() -> Iterator[str]:
    need = Need.objects.filter(status="published").order_by("code")[0]
    achievement = Achievement.objects.filter(status="published").order_by("code")[0]
    for prefix in ("", "/en"):
        yield f"{prefix}/"
        yield f"{prefix}/needs/"
        yield f"{prefix}/achievements/"
        yield f"{prefix}/achievements/?page=2"
        yield f"{prefix}/orgs/"
        yield f"{prefix}/needs/{need.code}/"
        yield f"{prefix}/achievements/{achievement.code}/"
        yield f"{prefix}/orgs/{achievement.owner.code}/"
        yield f"{prefix}/orgs/{achievement.owner.code}/achievements/"
        yield f"{prefix}/news/"
        yield f"{prefix}/policies/"
        yield f"{prefix}/help/"
        yield f"{prefix}/nothing/"
        yield f"{prefix}/search/"
        yield f"{prefix}/search/?q=轴承"
        yield f"{prefix}/needs/?q=轴承"
    yield f"/news/{NewsPage.objects.live().order_by('path')[0].slug}/"
    yield f"/policies/{PolicyPage.objects.live().order_by('path')[0].slug}/"


def test_every_public_page_keeps_to_its_weight(client: Client, site: None) -> None:
    """One test for all pages, because the sample data takes seconds to load."""
    over = []
    for path in public_paths():
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            body = client.get(path).content
        measured = (len(captured), len(body), len(gzip.compress(body, 6)))
        if any(
            one > most
            for one, most in zip(measured, (MOST_QUERIES, MOST_BYTES, MOST_COMPRESSED), strict=True)
        ):
            over.append((path, *measured))
    assert over == []


def test_signed_in_pages_keep_to_their_weight(client: Client, cast: Cast, site: None) -> None:
    client.force_login(cast.member)
    for path in ("/", "/needs/", "/achievements/", "/workbench/", "/workbench/needs/"):
        body = client.get(path).content
        assert len(body) <= MOST_BYTES, path
        assert len(gzip.compress(body, 6)) <= MOST_COMPRESSED, path
