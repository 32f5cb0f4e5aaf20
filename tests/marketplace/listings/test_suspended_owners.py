"""Listings of a suspended organisation are hidden from the public, and come back with it (ADR 44)."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

import pytest

from marketplace.matching.queries import open_matches
from marketplace.needs import queries
from marketplace.needs.models import Need
from marketplace.notices.models import Notice
from marketplace.parties.services import restore_organization, suspend_organization
from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.matching import make_match
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def test_hidden_while_suspended_and_back_when_restored(
    client: Client, cast: Cast, own_index: Path, drain: Any
) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", title="稀土磁钢减量工艺")
    offer = make_achievement(cast.university, cast.university_member, state="published")
    drain()
    make_match(need, offer)

    def shown(path: str) -> bool:
        return need.code in client.get(path).content.decode()

    lists = ["/", "/needs/", "/needs/?q=稀土磁钢", "/search/?q=稀土磁钢", "/api/v1/needs/"]
    page = f"/needs/{need.code}/"
    assert [shown(path) for path in [*lists, page]] == [True] * 6
    assert open_matches().count() == 1

    suspend_organization(cast.enterprise, remark="证照过期", actor=cast.operator)
    # Before the index has heard of it, and afterwards.
    assert not any(shown(path) for path in lists)
    drain()
    assert not any(shown(path) for path in lists)
    assert client.get(page).status_code == 404
    assert client.get(f"/api/v1/needs/{need.code}/").status_code == 404
    assert need.code not in client.get("/sitemap-needs.xml").content.decode()
    assert engine.find("needs", engine.Query(text="稀土磁钢")).hits == []
    assert list(queries.visible_to(AnonymousUser())) == []
    assert list(queries.visible_to(cast.outsider)) == []
    assert open_matches().count() == 0
    for person in (cast.member, cast.registrar_city, cast.auditor):
        seen = queries.visible_to(person).get()
        assert person.has_perm("needs.view_need", seen)
    assert not cast.outsider.has_perm("needs.view_need", Need.objects.get())
    client.force_login(cast.member)
    assert "单位已被暂停" in client.get(f"/workbench/needs/{need.code}/").content.decode()
    client.logout()

    with translation.override("en"):
        restore_organization(cast.enterprise, actor=cast.operator)
        drain()
    assert [shown(path) for path in [*lists, page]] == [True] * 6
    assert open_matches().count() == 1
    # The handler ran while English was active: addresses of notices are kept in the default language.
    told = Notice.objects.filter(kind="parties.organization_suspended")
    assert told.count() > 1
    assert all(url.startswith("/workbench/") for url in told.values_list("url", flat=True))
