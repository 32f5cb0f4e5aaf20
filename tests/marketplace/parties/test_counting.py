"""The numbers of a menu, whose statement is written once for each kind of access."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.brokerage.queries.waiting import _waiting as of_brokerage
from marketplace.disclosure.queries.grants import _requested as of_disclosure
from marketplace.enquiries.queries.inbox import _waiting as of_enquiries
from marketplace.kernel.counting import counted_together
from marketplace.matching.queries.lists import _unjudged as of_matching
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.parties.queries import counting
from tests.cast import Cast
from tests.factories.enquiries import make_enquiry
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db

Lists = Callable[[Any], dict[str, QuerySet[Any]]]
ALL: tuple[Lists, ...] = (of_brokerage, of_disclosure, of_enquiries, of_matching)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    counting._statement.cache_clear()
    yield
    counting._statement.cache_clear()


def sql_of(action: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        action()
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("lists", ALL, ids=lambda lists: lists.__module__)
def test_everybody_gets_the_statement_that_their_lists_make(cast: Cast, lists: Lists) -> None:
    for name, who in cast.people():
        # Otherwise the memberships are read within what is compared.
        access_of(who)
        kept = sql_of(lambda who=who: counting.counted_for(who, lists))
        # A second time from memory, where somebody else may have left it.
        assert sql_of(lambda who=who: counting.counted_for(who, lists)) == kept, name
        own = dict(lists(who))
        assert sql_of(lambda own=own: counted_together(own)) == kept, name


def test_people_of_one_kind_share_a_statement_and_not_a_number(cast: Cast) -> None:
    first, second = (OrganizationFactory(name=f"甲乙单位 {n}") for n in range(2))
    one, other = (make_member(org, name="同事") for org in (first, second))
    need = make_need(cast.enterprise, cast.member, state="published")
    make_enquiry(need, first, one)
    assert counting.counted_for(cast.member, of_enquiries) == {"enquiries": 1}
    assert counting.counted_for(one, of_enquiries) == {"enquiries": 0}
    known = counting._statement.cache_info().misses
    assert counting.counted_for(other, of_enquiries) == {"enquiries": 0}
    assert counting._statement.cache_info().misses == known
    needs = [make_need(org, who, state="published") for org, who in ((second, other),)]
    make_enquiry(needs[0], first, one)
    assert counting.counted_for(other, of_enquiries) == {"enquiries": 1}
    assert counting.counted_for(one, of_enquiries) == {"enquiries": 0}


def test_a_list_that_asks_for_more_than_the_access_is_refused(cast: Cast) -> None:
    def by_address(user: Any) -> dict[str, QuerySet[Any]]:
        return {"named": Organization.objects.filter(name=user.email)}

    with pytest.raises(AttributeError):
        counting.counted_for(cast.member, by_address)


def test_a_limit_is_counted_up_to_and_an_impossible_list_is_none(cast: Cast) -> None:
    rows = Organization.objects.order_by("name")
    lists = {"all": rows, "two": rows[:2], "none": rows.none()}
    with CaptureQueriesContext(connection) as asked:
        assert counted_together(lists) == {"all": rows.count(), "two": 2, "none": 0}
    assert rows.count() > 2
    assert len(asked) == 2
    assert counted_together({}) == {}
    assert counted_together({"none": rows.none()}) == {"none": 0}
