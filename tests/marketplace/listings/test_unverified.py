"""That verification is needed is said before the steps are filled; where it stands is in the to-do."""

from typing import Any

from django.test import Client

import pytest

from marketplace.achievements.kind import KIND as ACHIEVEMENT
from marketplace.listings.kind import ListingKind
from marketplace.needs.kind import KIND as NEED
from marketplace.parties.models import Organization
from marketplace.parties.workflow import OrgStatus
from marketplace.workbench import queries
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.factories.parties import UserFactory

pytestmark = pytest.mark.django_db
SAID = "提交审核前，单位要通过认证"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", [NEED, ACHIEVEMENT], ids=["need", "achievement"])
@pytest.mark.parametrize("status", [OrgStatus.DRAFT, OrgStatus.PENDING, OrgStatus.RETURNED])
def test_steps_say_it_with_the_state(cast: Cast, kind: ListingKind, status: str) -> None:
    Organization.objects.filter(pk=cast.enterprise.pk).update(status=status)
    page = signed_in(cast.member).get(kind.url("new"))
    assert page.status_code == 200
    assert SAID in page.text
    assert str(OrgStatus(status).label) in page.text


def test_each_later_step_says_it_and_a_verified_one_does_not(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    client = signed_in(cast.member)
    for step in ("basics", "targets", "terms"):
        assert SAID not in client.get(NEED.url("edit", need.code, step)).text
    Organization.objects.filter(pk=cast.enterprise.pk).update(status=OrgStatus.DRAFT)
    for step in ("basics", "targets", "terms"):
        assert SAID in client.get(NEED.url("edit", need.code, step)).text


def test_who_belongs_nowhere_reads_it_too(client: Client) -> None:
    page = signed_in(UserFactory()).get(NEED.url("new"))
    assert "一般 2 个工作日内完成认证" in page.text


@pytest.mark.parametrize(
    ("status", "action", "urgent"),
    [
        (OrgStatus.DRAFT, "去认证", False),
        (OrgStatus.PENDING, "查看认证", False),
        (OrgStatus.RETURNED, "去补正", True),
    ],
)
def test_state_stands_in_the_todo(cast: Cast, status: str, action: str, urgent: bool) -> None:
    Organization.objects.filter(pk=cast.enterprise.pk).update(status=status)
    rows = [row for row in queries.todos(cast.org_admin) if row.icon == "shield"]
    assert [(row.action, row.urgent) for row in rows] == [(action, urgent)]
    assert rows[0].title == f"{cast.enterprise.name}：{OrgStatus(status).label}"
    assert signed_in(cast.org_admin).get(rows[0].url).status_code == 200


@pytest.mark.parametrize("status", [OrgStatus.VERIFIED, OrgStatus.SUSPENDED])
def test_nothing_to_do_where_nothing_can_be_done(cast: Cast, status: str) -> None:
    Organization.objects.filter(pk=cast.enterprise.pk).update(status=status)
    assert [row for row in queries.todos(cast.member) if row.icon == "shield"] == []
