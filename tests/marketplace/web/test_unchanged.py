"""A browser that has a page already is told so; nobody is told so of a page that has changed."""

from typing import Any

from django.test import Client, override_settings

import pytest

from tests.cast import Cast
from tests.factories.achievements import make_achievement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


def test_the_same_page_is_not_sent_twice(client: Client) -> None:
    first = client.get("/sitemap/")
    tag = first.headers["ETag"]
    again = client.get("/sitemap/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in again.headers["Vary"]


def test_another_language_other_looks_and_another_page_are_sent(client: Client) -> None:
    tag = client.get("/sitemap/").headers["ETag"]
    given = {"headers": {"If-None-Match": tag}}
    assert client.get("/en/sitemap/", **given).status_code == 200
    client.cookies["theme"] = "dark"
    assert client.get("/sitemap/", **given).status_code == 200


def test_what_has_changed_is_sent_and_what_is_gone_is_gone(
    client: Client, cast: Cast, drain: Any
) -> None:
    from marketplace.listings import services

    path = "/achievements/"
    empty = client.get(path).headers["ETag"]
    made = make_achievement(cast.university, cast.university_member, state="published")
    drain()
    shown = client.get(path, headers={"If-None-Match": empty})
    assert shown.status_code == 200
    detail = client.get(f"{path}{made.code}/").headers["ETag"]
    services.move(made, "withdraw", actor=cast.university_member, reason="不再需要")
    assert client.get(path, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 200
    gone = client.get(f"{path}{made.code}/", headers={"If-None-Match": detail})
    assert gone.status_code == 410


def test_pages_of_people_and_the_api_have_no_tag_of_a_page(client: Client, cast: Cast) -> None:
    tag = client.get("/sitemap/").headers["ETag"]
    assert "ETag" not in client.get("/api/v1/needs/").headers
    client.force_login(cast.member)
    page = client.get("/sitemap/", headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert "ETag" not in page.headers


def test_the_embedded_profile_compresses_pages_after_they_got_their_tag() -> None:
    from django.conf import settings

    middleware = list(settings.MIDDLEWARE)
    middleware.insert(
        middleware.index("csp.middleware.CSPMiddleware"), "django.middleware.gzip.GZipMiddleware"
    )
    with override_settings(MIDDLEWARE=middleware):
        client = Client(headers={"Accept-Encoding": "gzip"})
        page = client.get("/sitemap/")
        assert page.headers["Content-Encoding"] == "gzip"
        assert page.headers["ETag"].startswith('W/"')
        again = client.get("/sitemap/", headers={"If-None-Match": page.headers["ETag"]})
        assert again.status_code == 304
