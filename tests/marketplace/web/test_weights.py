"""What public pages may weigh and ask of the database, with the sample data that `make run` has."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from cms import samples as pages
from cms.models import NewsPage, PolicyPage
from marketplace.achievements.models import Achievement
from marketplace.enquiries.models import Enquiry
from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.parties.models import User
from marketplace.taxonomy.queries import code_lists
from marketplace.web import samples
from search import engine
from search.schema import all_specs
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

MOST_QUERIES = 6
#: Six slices show something of an organisation; each asks one query.
MOST_WHERE_SLICES_MEET = 12
#: The two ways from a need to a registered contract, step by step.
MOST_OF_EXAMPLE = 14
#: Three kinds of listing, the number of the year, calls, the example, the stamp of the editorial part.
MOST_OF_HOME = 7
#: On the first page of the workbench: session, account, memberships and roles, all that menu and to-dos
#: count, messages, the stamp; and one for each kind of to-do of which there are rows.
MOST_OF_WORKBENCH = {"member": 13, "approver": 19, "broker": 12, "county": 11, "operator": 11}
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
        yield f"{prefix}/example/"
        yield f"{prefix}/search/"
        yield f"{prefix}/search/?q=轴承"
        yield f"{prefix}/needs/?q=轴承"
    yield f"/news/{NewsPage.objects.live().order_by('path')[0].slug}/"
    yield f"/policies/{PolicyPage.objects.live().order_by('path')[0].slug}/"


def most_of(path: str) -> int:
    """How many queries a public page may cost."""
    if path in {"/", "/en/"}:
        return MOST_OF_HOME
    if path.endswith("/example/"):
        return MOST_OF_EXAMPLE
    return MOST_WHERE_SLICES_MEET if "/orgs/JG" in path else MOST_QUERIES


def test_every_page_keeps_to_its_weight(client: Client, cast: Cast, site: None) -> None:
    """One test for all pages, because the sample data takes seconds to load."""
    over = [found for path in public_paths() if (found := too_much(client, path, most_of(path)))]
    assert over == []
    assert "90 万元" in client.get("/example/").text
    assert Enquiry.objects.filter(is_sample=True, answer_due_at__lt=clock.now()).exists()
    draft = make_need(cast.enterprise, cast.member)
    waiting = make_need(cast.enterprise, cast.member, state="in_review")
    for person, own_pages in {
        cast.member: {
            "/": 12,
            "/needs/": 10,
            "/achievements/": 9,
            "/workbench/": 9,
            "/workbench/needs/": 9,
            f"/workbench/needs/{waiting.code}/": 14,
            f"/workbench/needs/{draft.code}/edit/basics/": 8,
        },
        cast.registrar_city: {f"/workbench/review/needs/{waiting.code}/": 17},
        **{
            User.objects.get(email=f"{name}@sample.example"): {"/workbench/": most}
            for name, most in MOST_OF_WORKBENCH.items()
        },
    }.items():
        client.force_login(person)
        assert [
            over for path, most in own_pages.items() if (over := too_much(client, path, most))
        ] == []


def too_much(client: Client, path: str, most: int) -> tuple[Any, ...]:
    """Queries, bytes and compressed bytes of a page that was asked for before; empty if all is well."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        body = client.get(path).content
    measured = (len(captured), len(body), len(gzip.compress(body, 6)))
    limits = (most, MOST_BYTES, MOST_COMPRESSED)
    within = all(one <= limit for one, limit in zip(measured, limits, strict=True))
    return () if within else (path, *measured)
