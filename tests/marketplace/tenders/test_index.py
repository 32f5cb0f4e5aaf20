"""The list of tenders: words, facets, states by the clock, and an index that is away or late."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.kernel import clock
from marketplace.tenders import browsing, queries, services
from marketplace.tenders.index import TENDERS
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import PUBLIC
from search import engine
from search.errors import SearchUnavailable
from search.query import Query
from tests.cast import Cast
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
Drain = Callable[[], int]


@pytest.fixture
def calls(cast: Cast, own_index: Path) -> dict[str, Tender]:
    """One of each phase and two drafts, of two organisations, indexed."""
    mine = {"owner": cast.enterprise, "actor": cast.approver, "operator": cast.operator}
    other = {"owner": cast.other_enterprise, "actor": cast.outsider, "operator": cast.operator}
    made = {
        "closed": make_tender(**mine, state="closed", title="钕铁硼晶界扩散"),
        "cancelled": make_tender(**mine, state="cancelled", title="岩棉板吸水率"),
        # After those for which the clock was moved: it would have closed these too.
        "glue": make_tender(**mine, open_days=20),
        "steel": make_tender(**other, open_days=10, title="高强钢丝绳疲劳寿命提升"),
        "draft": make_tender(**mine, state="draft", title="钢丝绳草稿"),
        "waiting": make_tender(**mine, state="in_review", title="钢丝绳待审核"),
    }
    engine.rebuild("tenders")
    return made


def titles(found: browsing.Found) -> list[str]:
    return [row.title for row in found.rows]


def find(q: str = "", **asked: Any) -> browsing.Found:
    return browsing.find(q, **{"now": clock.now()} | asked)


def test_words_and_phases(calls: dict[str, Tender]) -> None:
    assert titles(find()) == [calls["steel"].title, calls["glue"].title], "what closes next"
    assert titles(find(phase="closed")) == [calls["closed"].title]
    assert titles(find(phase="cancelled")) == [calls["cancelled"].title]
    assert find(phase="all").total == 4
    # By the title, by an indicator of the need, by the purchaser, by the code as it is written.
    assert titles(find("钢丝绳", phase="all")) == [calls["steel"].title]
    assert find("鲁南机械", phase="all").rows == [calls["steel"]]
    assert find(calls["closed"].code, phase="all").rows == [calls["closed"]]
    name = calls["glue"].requirements.get(number=1).name
    assert calls["glue"] in find(name).rows


def test_facets_count_and_narrow(calls: dict[str, Tender]) -> None:
    found = find(filters={"procedure": ["call"]})
    assert found.facets["procedure"] == {"call": 2}
    assert found.facets["sealing"] == {"access": 2}
    assert find(filters={"procedure": ["challenge"]}).total == 0
    assert find(filters={"owner": [calls["steel"].owner.code]}).rows == [calls["steel"]]


def test_a_deadline_that_has_passed_closes_before_the_clock_writes_it(
    calls: dict[str, Tender], own_index: Path
) -> None:
    late = calls["steel"].deadline
    assert find(now=late - timedelta(seconds=2)).total == 2
    assert find(now=late + timedelta(seconds=2)).rows == [calls["glue"]]
    assert list(queries.closing_next(late)) == [calls["glue"]]


def test_the_list_follows_each_change(calls: dict[str, Tender], cast: Cast, drain: Drain) -> None:
    drain()
    row = services.publish_tender(calls["waiting"], actor=cast.operator)
    drain()
    assert find("钢丝绳").total == 2
    services.suspend_tender(row, reason="主管部门要求核实", actor=cast.authority)
    drain()
    # Its time stands still: it stays open after the deadline that was announced.
    assert find("钢丝绳", now=row.deadline + timedelta(1)).rows == [row]
    with clock.shift(calls["glue"].deadline - clock.now() + timedelta(days=9)):
        services.tick()
        drain()
        assert calls["glue"] in find(phase="closed").rows


def test_a_cancellation_that_is_dropped_leaves_the_call_in_the_list(
    calls: dict[str, Tender], cast: Cast, drain: Drain
) -> None:
    drain()
    row = calls["steel"]
    asked = services.ask_to_cancel(row, kind="funds", reason="经费没有落实", actor=cast.outsider)
    asked = services.announce_cancellation(asked, actor=cast.operator)
    drain()
    assert row in find(now=row.deadline + timedelta(hours=1)).rows
    with clock.shift(timedelta(1)):
        services.drop_cancellation(asked, "withdraw", actor=cast.outsider)
        drain()
    row.refresh_from_db()
    assert row in find(now=row.deadline - timedelta(hours=1)).rows
    assert row not in find(now=row.deadline + timedelta(hours=1)).rows


def test_a_draft_is_in_no_document(calls: dict[str, Tender]) -> None:
    documents = {code: found for code, _rev, found in TENDERS.source(None)}
    assert documents[calls["draft"].code] is documents[calls["waiting"].code] is None
    assert TENDERS.shown is not None
    assert set(TENDERS.shown([row.code for row in calls.values()])) == {
        calls[name].code for name in ("glue", "steel", "closed", "cancelled")
    }
    assert engine.find("tenders", Query("草稿", loosens=False)).hits == []


def test_while_the_index_is_away_the_list_is_whole(
    calls: dict[str, Tender], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def nobody(*_given: object) -> None:
        raise SearchUnavailable("gone")

    monkeypatch.setattr(engine, "_asked", nobody)
    monkeypatch.setattr(engine, "with_healing", nobody)
    found = find(filters={"procedure": ["call"]}, phase="open")
    assert titles(found) == [calls["steel"].title, calls["glue"].title]
    assert (found.degraded, found.lacks_rows) == (True, False)
    late = calls["steel"].deadline + timedelta(seconds=2)
    assert find(now=late).rows == [calls["glue"]]
    assert find(phase="cancelled").rows == [calls["cancelled"]]
    bands = find(phase="all", filters={"price_band": ["face"]})
    assert (
        bands.total == Tender.objects.filter(status__in=PUBLIC, lots__budget__isnull=True).count()
    )
    words = find("钢丝绳", phase="all")
    assert (words.rows, words.lacks_rows) == ([calls["steel"]], True)
    assert calls["glue"].code in client.get("/tenders/").text


def test_pages_and_the_api_find_the_same(calls: dict[str, Tender], client: Client) -> None:
    page = client.get("/tenders/", {"q": "钢丝绳"}).text
    assert calls["steel"].code in page
    assert calls["glue"].code not in page
    assert "鲁南机械有限公司" in page
    said = client.get("/api/v1/tenders/", {"q": "钢丝绳", "state": "open"}).json()
    assert (said["count"], said["degraded"]) == (1, False)
    assert said["results"][0]["code"] == calls["steel"].code
    assert client.get("/api/v1/tenders/", {"industry": "nothing"}).status_code == 400
    for odd in (
        "?q=%00",
        "?procedure=x&state=x&page=x&org=x",
        "?price_band=x&page=99999",
        "?q=" + "长" * 500,
    ):
        assert client.get(f"/tenders/{odd}").status_code == 200
    assert calls["steel"].code in client.get("/search/", {"q": "钢丝绳"}).text


def test_a_list_costs_the_same_however_long(
    calls: dict[str, Tender], cast: Cast, client: Client
) -> None:
    def cost() -> int:
        client.get("/tenders/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/tenders/")
        return len(asked)

    before = cost()
    for number in range(3):
        make_tender(
            cast.enterprise, cast.approver, operator=cast.operator, title=f"再来一项{number}"
        )
    engine.rebuild("tenders")
    assert cost() == before
