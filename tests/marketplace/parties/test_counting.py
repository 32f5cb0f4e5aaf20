"""The numbers of a menu, whose statement is written once for each kind of access."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from inspect import unwrap
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

import pytest
import time_machine

from marketplace.enquiries.queries import county_counts
from marketplace.enquiries.queries.inbox import _waiting as waiting_enquiries
from marketplace.kernel.counting import counted_together
from marketplace.kernel.reading import statement
from marketplace.listings.kind import kind_named
from marketplace.needs.models import Need
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.parties.queries import counting
from marketplace.parties.queries.counting import kept_rows
from marketplace.web import once_a_request
from marketplace.workbench import queries
from tests.cast import Cast
from tests.factories.enquiries import make_enquiry
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db

Lists = Callable[[Any], Any]
#: What slices declare for the menu and the to-dos, and all of it together.
ALL: tuple[Lists, ...] = (*counting._in_menu, *counting._in_todos, counting._everything)
of_enquiries: Lists = unwrap(waiting_enquiries)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    for kept in (counting._counting, counting._reading):
        kept.cache_clear()
    yield
    for kept in (counting._counting, counting._reading):
        kept.cache_clear()


def sql_of(action: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        action()
    return [query["sql"] for query in asked.captured_queries]


def test_everybody_gets_the_statement_that_their_lists_make(cast: Cast) -> None:
    """At another time too: an instant that a statement was written with would stay in it."""
    # The workbench is of those who are signed in.
    for name, who in cast.people():
        if not who.is_authenticated:
            continue
        # Otherwise the memberships are read within what is compared.
        access_of(who)
        for lists in ALL:
            with time_machine.travel("2026-01-05T12:00:00Z", tick=False):
                counting.counted_for(who, lists)
            with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
                kept = sql_of(lambda who=who, lists=lists: counting.counted_for(who, lists))
                own = dict(lists(who))
                assert sql_of(lambda own=own: counted_together(own)) == kept, (name, lists)


def test_everybody_gets_the_rows_that_their_question_asks_for(cast: Cast) -> None:
    """At another time too."""
    rows_of: list[Callable[[Any], list[Any]]] = [kept_rows(ask) for ask in list(counting._of_rows)]
    del counting._of_rows[-len(rows_of) :]
    for name, who in cast.people():
        if not who.is_authenticated:
            continue
        access_of(who)
        for rows in rows_of:
            ask: Callable[[Any], QuerySet[Any]] = unwrap(rows)
            with time_machine.travel("2026-01-05T12:00:00Z", tick=False):
                rows(who)
            with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
                kept = sql_of(lambda rows=rows, who=who: rows(who))
                own = ask(who)
                assert sql_of(lambda own=own: statement([own]).rows()) == kept, (name, ask)


def test_rows_of_people_of_one_kind_are_their_own(cast: Cast) -> None:
    first, second = (OrganizationFactory(name=f"甲乙单位 {n}") for n in range(2))
    one, other = (make_member(org, name="同事") for org in (first, second))
    drafts = {who.pk: make_need(org, who).code for org, who in ((first, one), (second, other))}

    @kept_rows
    def own(user: Any) -> QuerySet[Need]:
        return Need.objects.filter(owner_id__in=list(access_of(user).orgs)).order_by("id")

    counting._of_rows.pop()
    assert [row.code for row in own(one)] == [drafts[one.pk]]
    known = counting._reading.cache_info().misses
    with CaptureQueriesContext(connection) as asked:
        assert [row.code for row in own(other)] == [drafts[other.pk]]
    assert counting._reading.cache_info().misses == known
    assert len(asked) == 1


def test_a_page_asks_once_for_all_that_its_menu_and_its_todos_count(cast: Cast) -> None:
    """In a request one statement; outside of one, each list by itself and never remembered."""
    access_of(cast.operator)
    with once_a_request.fresh():
        assert len(sql_of(lambda: queries.review_count(cast.operator))) == 1
        # The to-dos ask for their own and for the menu's together.
        assert len(sql_of(lambda: counting.gather(cast.operator))) == 1
        make_need(cast.enterprise, cast.member, state="in_review")
        assert sql_of(lambda: queries.review_count(cast.operator)) == []
    assert len(sql_of(lambda: queries.review_count(cast.operator))) > 1
    assert queries.review_count(cast.operator) == 1


def test_a_kept_statement_asks_about_the_moment_in_which_it_runs(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    made = make_enquiry(need, cast.university, cast.university_member)
    assert made.answer_due_at is not None
    with time_machine.travel(made.answer_due_at, tick=False):
        assert county_counts(cast.registrar_city)["silent"] == 0
    known = counting._counting.cache_info().misses
    with time_machine.travel(made.answer_due_at + timedelta(seconds=1), tick=False):
        assert county_counts(cast.registrar_city)["silent"] == 1
    assert counting._counting.cache_info().misses == known


def test_a_list_is_counted_for_each_value_of_a_column(cast: Cast) -> None:
    for state in ("draft", "draft", "published"):
        make_need(cast.enterprise, cast.member, state=state)
    assert kind_named("needs").own_counts(cast.member) == {"draft": 2, "published": 1}
    assert kind_named("needs").own_counts(cast.university_member) == {}


def test_people_of_one_kind_share_a_statement_and_not_a_number(cast: Cast) -> None:
    first, second = (OrganizationFactory(name=f"甲乙单位 {n}") for n in range(2))
    one, other = (make_member(org, name="同事") for org in (first, second))
    need = make_need(cast.enterprise, cast.member, state="published")
    make_enquiry(need, first, one)
    assert counting.counted_for(cast.member, of_enquiries) == {"enquiries": 1}
    assert counting.counted_for(one, of_enquiries) == {"enquiries": 0}
    known = counting._counting.cache_info().misses
    assert counting.counted_for(other, of_enquiries) == {"enquiries": 0}
    assert counting._counting.cache_info().misses == known
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
