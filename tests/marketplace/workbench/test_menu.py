"""The menu of the workbench marks where its reader is, on the pages of a list's rows too."""

import re

from django.test import Client

import pytest

from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def marked(client: Client, path: str) -> list[tuple[str, str]]:
    menu = client.get(path).content.decode().partition('class="c-side ')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]+)"\s*aria-current="(\w+)"', menu)


def test_one_entry_is_marked_the_nearest_above_the_page(client: Client, cast: Cast) -> None:
    draft = make_need(cast.enterprise, cast.member)
    waiting = make_need(cast.enterprise, cast.member, state="in_review")
    own, queue = "/workbench/needs/", "/workbench/review/"
    client.force_login(cast.member)
    assert marked(client, "/workbench/") == [("/workbench/", "page")]
    assert marked(client, own) == [(own, "page")]
    assert marked(client, f"{own}{draft.code}/edit/basics/") == [(own, "true")]
    assert marked(client, f"{own}{waiting.code}/") == [(own, "true")]
    client.force_login(cast.registrar_city)
    assert marked(client, f"{queue}needs/{waiting.code}/") == [(queue, "true")]
