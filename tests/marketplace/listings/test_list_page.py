"""The public lists as a visitor meets them."""

import re

from django.test import Client
from django.urls import reverse

import pytest

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def box_of(page: str) -> tuple[str, str]:
    """The words in the search box of the header, and the scope that is chosen there."""
    header = page[page.index("<header") : page.index("</header>")]
    [words] = re.findall(r'<input[^>]*name="q"[^>]*value="([^"]*)"', header)
    chosen = re.findall(r'<option value="(\w+)"\s+selected', header)
    return words, chosen[0] if chosen else "all"


@pytest.mark.parametrize("kind", ["needs", "achievements"])
def test_the_search_box_holds_what_was_asked_and_where(kind: str, own_index: object) -> None:
    address = reverse(f"{kind}:list")
    asked = Client().get(address, {"q": '轴承 "降噪"'}).content.decode()
    assert box_of(asked) == ("轴承 &quot;降噪&quot;", kind)
    # Without words nothing is chosen: on a phone the scope is not to be seen.
    assert box_of(Client().get(address).content.decode()) == ("", "all")


@pytest.mark.parametrize("name", ["needs", "achievements"])
def test_whoever_has_a_problem_and_no_organisation_may_describe_it(
    name: str, cast: Cast, client: Client
) -> None:
    client.force_login(cast.expert)
    page = client.get(f"/workbench/{name}/new/").content.decode()
    assert "先加入一个单位" in page
    assert ('id="problem"' in page) is (name == "needs")
