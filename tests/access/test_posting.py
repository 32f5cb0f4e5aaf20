"""Every address that takes posted forms alone answers a visit with a page, not with nothing."""

import re

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

import pytest

from tests.access.matrix import Rule, load
from tests.access.walk import address
from tests.access.world import World, rolled_back

pytestmark = pytest.mark.django_db
POSTING = [rule for rule in load().rules if "get" not in rule.table and "post" in rule.table]
BACK = re.compile(r'<a class="c-btn" href="([^"]+)"')


def visits(world: World, rule: Rule) -> dict[str, HttpResponse]:
    """The answer to a visit by somebody of each kind who may post here, and by a visitor."""
    state, row = next(iter(rule.table["post"].items()))
    able = [role for role, status in row.items() if status not in {"login", 401, 403, 404}]
    with rolled_back():
        return {
            role: world.ask(role, "get", address(world, rule, state))
            for role in dict.fromkeys(["visitor", *able[:2]])
        }


@pytest.mark.parametrize("rule", POSTING, ids=lambda rule: rule.label)
def test_a_visit_is_answered_in_words(world: World, rule: Rule) -> None:
    for role, response in visits(world, rule).items():
        if response.status_code == 302:
            assert role == "visitor"
            assert response["Location"].startswith(reverse(settings.LOGIN_URL))
            continue
        assert "POST" in response["Allow"], role
        if rule.name.startswith("api:"):
            assert response.status_code in {401, 405}
            assert response["Content-Type"] == "application/problem+json"
            continue
        if rule.name == "bids:uploads":  # a protocol for programs, outside the API
            assert response.status_code == 405
            assert response.json()["title"] == "不支持这个方法"
            continue
        assert response.status_code == 405
        assert "这个地址只接收提交的表单" in response.content.decode()


def test_the_page_leads_to_where_the_act_is_offered(world: World) -> None:
    need = world.subjects["need"]["published"]
    for name, target in (
        ("needs:contact", reverse("needs:detail", kwargs=need)),
        ("parties:token_revoke", reverse("parties:tokens")),
    ):
        kwargs = need if name.startswith("needs") else world.subjects["token"]["valid"]
        page = world.ask("org_admin", "get", reverse(name, kwargs=kwargs))
        assert page.status_code == 405, name
        assert target in BACK.findall(page.content.decode())
