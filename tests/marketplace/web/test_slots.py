"""Slots: order, audience, escaping, one query for all rows of a page, and what happens when one fails."""

import logging
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.urls import reverse

import pytest

from marketplace.listings import queries as listings
from marketplace.needs.models import Need
from marketplace.parties.models import Organization
from marketplace.web import slots
from marketplace.web.slots import SLOTS, Answer, Contribution, contribute, together
from tests.cast import Cast
from tests.factories.needs import make_need

BADGE = "tests_badge.html"


@pytest.fixture(autouse=True)
def _own_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contributions of this test only, and a template that draws one as a tag."""
    monkeypatch.setattr(slots, "_contributions", {})
    engine = engines["django"].engine
    badge = engine.from_string("[{{ label }}:{{ row.name }}]")
    found = engine.get_template
    monkeypatch.setattr(
        engine, "get_template", lambda name: badge if name == BADGE else found(name)
    )


def labelled(label: str) -> Callable[[Any, Sequence[Any]], list[Answer]]:
    return lambda _user, rows: [{"label": label} for _row in rows]


def drawn(slot: str, row: Any, user: Any = None) -> str:
    text = f'{{% load web %}}{{% slot "{slot}" row %}}'
    return engines["django"].from_string(text).render({"row": row, "user": user})


ROW = SimpleNamespace(name="甲")


def test_contributions_stand_in_their_order_and_escape() -> None:
    contribute(Contribution("listing.badges", 20, labelled("<b>"), BADGE))
    contribute(Contribution("listing.badges", 10, labelled("先"), BADGE))
    assert drawn("listing.badges", ROW) == "[先:甲][&lt;b&gt;:甲]"


def test_the_contributor_decides_who_sees_it() -> None:
    def staff_only(user: Any, rows: Sequence[Any]) -> list[Answer]:
        return [{"label": "内部"} if user.is_authenticated else None for _row in rows]

    contribute(Contribution("listing.badges", 10, staff_only, BADGE))
    assert drawn("listing.badges", ROW) == ""
    assert drawn("listing.badges", ROW, AnonymousUser()) == ""
    assert drawn("listing.badges", ROW, SimpleNamespace(is_authenticated=True)) == "[内部:甲]"


def test_rows_that_stand_together_are_asked_about_once() -> None:
    asked: list[int] = []

    def count(_user: Any, rows: Sequence[Any]) -> list[Answer]:
        asked.append(len(rows))
        return [{"label": row.name} for row in rows]

    contribute(Contribution("listing.badges", 10, count, BADGE))
    rows = together([SimpleNamespace(name=str(number)) for number in range(20)])
    shown = [drawn("listing.badges", row) for row in rows]
    assert shown == [f"[{number}:{number}]" for number in range(20)]
    assert asked == [20]


def test_an_ornament_that_fails_is_left_out_and_named(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[int] = []

    def fail(_user: Any, rows: Sequence[Any]) -> list[Answer]:
        asked.append(len(rows))
        raise ValueError

    contribute(Contribution("listing.badges", 10, fail, BADGE))
    contribute(Contribution("listing.badges", 20, labelled("后"), BADGE))
    rows = together([SimpleNamespace(name="甲"), SimpleNamespace(name="乙")])
    with caplog.at_level(logging.ERROR):
        assert [drawn("listing.badges", row) for row in rows] == ["[后:甲]", "[后:乙]"]
    assert f"{BADGE} is left out of listing.badges" in caplog.text
    assert asked == [2]


def test_what_has_legal_effect_stops_the_page() -> None:
    def fail(_user: Any, rows: Sequence[Any]) -> list[Answer]:
        raise ValueError("no seal")

    contribute(Contribution("listing.panels", 10, fail, BADGE, binding=True))
    with pytest.raises(ValueError, match="no seal"):
        drawn("listing.panels", ROW)


def test_a_slot_that_is_unknown_or_full_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError):
        contribute(Contribution("listing.nowhere", 10, labelled(""), BADGE))
    with pytest.raises(KeyError):
        drawn("listing.nowhere", ROW)
    for number in range(SLOTS["search.ask"].most):
        contribute(Contribution("search.ask", number, labelled(str(number)), BADGE))
    with pytest.raises(ValueError, match="has room for 1"):
        contribute(Contribution("search.ask", 99, labelled(""), BADGE))


@pytest.mark.django_db
def test_a_list_costs_one_query_for_each_contributor(
    cast: Cast, client: Any, own_index: object, drain: Any, django_assert_num_queries: Any
) -> None:
    """Twenty needs on one page: the count of statements grows by one with a contributor, not by twenty."""
    for number in range(20):
        make_need(cast.enterprise, cast.member, title=f"第 {number} 条需求", state="published")
    drain()

    def owners(_user: Any, rows: Sequence[Any]) -> list[Answer]:
        found = Organization.objects.in_bulk([row.owner_id for row in rows])
        return [{"label": found[row.owner_id].code} for row in rows]

    rows = listings.newest(Need, 20)
    contribute(Contribution("listing.badges", 10, owners, BADGE))
    with django_assert_num_queries(1):
        shown = [drawn("listing.badges", row) for row in rows]
    assert shown == [f"[{cast.enterprise.code}:]"] * 20
    page = client.get(reverse("needs:list")).content.decode()
    assert page.count(f"[{cast.enterprise.code}:") == 20
