"""What each of the cast may see, state by state; the list shows exactly what the policy allows."""

import pytest

from marketplace.needs import queries
from marketplace.needs.kind import KIND
from marketplace.parties.models import Membership
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

STATES = ["draft", "in_review", "returned", "published", "expired", "withdrawn", "solved"]
OWN = {"member", "approver", "org_admin"}
READERS = {"operator", "registrar_city", "registrar_county", "authority", "auditor"}


@pytest.mark.parametrize("state", STATES)
def test_who_sees_a_need(cast: Cast, state: str) -> None:
    need = make_need(cast.enterprise, cast.member, state=state)
    seen = {role for role, person in cast.people() if person.has_perm("needs.view_need", need)}
    everybody = {role for role, _person in cast.people()}
    public = state in {"published", "expired", "solved"}
    assert seen == (everybody if public else OWN if state == "draft" else OWN | READERS)


@pytest.mark.parametrize("state", STATES)
def test_the_list_is_the_policys_twin(cast: Cast, state: str) -> None:
    need = make_need(cast.enterprise, cast.member, state=state)
    for role, person in cast.people():
        listed = need in queries.visible_to(person)
        assert listed == person.has_perm("needs.view_need", need), role


@pytest.mark.parametrize("state", STATES)
def test_the_confidential_part_is_for_the_owner_and_staff(cast: Cast, state: str) -> None:
    need = make_need(cast.enterprise, cast.member, state=state)
    perm = "needs.view_confidential_need"
    seen = {role for role, person in cast.people() if person.has_perm(perm, need)}
    assert seen == (OWN if state == "draft" else OWN | READERS)


def test_the_review_queue_is_oldest_first_and_for_reviewers(cast: Cast) -> None:
    first = make_need(cast.enterprise, cast.member, state="in_review")
    second = make_need(cast.other_enterprise, cast.outsider, state="in_review", title="另一个")
    assert list(KIND.queue(cast.registrar_city)) == [first, second]
    assert list(KIND.queue(cast.member)) == []


def test_nobody_reviews_a_listing_of_their_own_organisation(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    assert cast.registrar_city.has_perm("needs.review_need", need)
    Membership.objects.create(user=cast.registrar_city, organization=cast.enterprise, role="member")
    cast.registrar_city.forget_access()
    assert not cast.registrar_city.has_perm("needs.review_need", need)
