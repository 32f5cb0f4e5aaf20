"""What those who follow all calls read: changes that wait, and the list of every call by its state."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest
from bs4 import BeautifulSoup

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.tenders import queries, services
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
PAGE = "/workbench/tenders/all/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(client: Client, state: str = "") -> list[str]:
    """The titles of the list, in its order."""
    page = BeautifulSoup(client.get(f"{PAGE}?state={state}").text, "lxml")
    return [link.text for link in page.select("main tbody th a")]


def test_a_change_waits_in_the_queue_and_among_the_to_dos(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver, title="等待变更的征集")
    other = make_tender(cast.enterprise, cast.approver, title="等待终止的征集")
    change = services.propose_amendment(
        row, {"payment": "分两期"}, reason="补充", actor=cast.approver
    )
    end = services.ask_to_cancel(other, kind="funds", reason="经费没有落实", actor=cast.approver)
    operator = signed_in(cast.operator)
    for page, words in (("review", "征集的变更"), ("home", "变更待审核")):
        text = operator.get(reverse(f"workbench:{page}")).text
        assert words in text
        assert "等待变更的征集" in text
        assert "等待终止的征集" in text
    assert list(queries.amendments_to_decide(cast.operator)) == [change]
    assert list(queries.cancellations_to_decide(cast.operator)) == [end]
    # Whoever proposed it decides on nothing, whatever he has become since.
    assert not queries.amendments_to_decide(cast.approver).exists()
    type(change).objects.filter(pk=change.pk).update(proposed_by=cast.operator)
    assert not queries.amendments_to_decide(cast.operator).exists()


def test_every_call_by_the_state_that_holds_now(cast: Cast) -> None:
    made = {
        state: make_tender(cast.enterprise, cast.approver, state=state, title=f"征集 {state}")
        for state in ("cancelled", "in_review", "returned", "draft")
    }
    made["tendering"] = make_tender(cast.enterprise, cast.approver, title="征集 tendering")
    paused = make_tender(cast.enterprise, cast.approver, title="征集 suspended")
    services.suspend_tender(paused, reason="核查", actor=cast.authority)
    services.propose_amendment(
        made["tendering"], {"payment": "分期"}, reason="补充", actor=cast.approver
    )
    client = signed_in(cast.operator)
    for state in ("cancelled", "in_review", "returned", "tendering", "suspended"):
        assert listed(client, state) == [f"征集 {state}"]
    assert listed(client, "waiting") == ["征集 tendering"]
    assert listed(client, "closed") == listed(client, "published") == []
    assert set(listed(client, "no-such-state")) == {
        f"征集 {state}"
        for state in ("cancelled", "in_review", "returned", "tendering", "suspended")
    }
    # The deadline has come and the clock has written nothing; time stands still for what is suspended.
    deadline = Tender.objects.get(pk=made["tendering"].pk).deadline
    assert deadline is not None
    with clock.shift(deadline - clock.now() + timedelta(seconds=1)):
        assert (listed(client, "tendering"), listed(client, "closed")) == ([], ["征集 tendering"])
        assert listed(client, "suspended") == ["征集 suspended"]
    assert Tender.objects.get(pk=made["tendering"].pk).status == "tendering"
    for person in (cast.approver, cast.registrar_county):
        assert signed_in(person).get(PAGE).status_code == 403
        assert not queries.surveyed(person, "", clock.now()).exists()


def test_the_list_of_every_call_costs_the_same_however_long(cast: Cast) -> None:
    client = signed_in(cast.auditor)
    first = make_tender(cast.enterprise, cast.approver)
    costs = []
    for count in (0, 30):
        for number in range(count):
            first.pk, first.code, first._state.adding = None, new_code("ZB"), True
            first.title, first.status = f"第 {number} 项", "closed"
            first.save()
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(PAGE)
        costs.append(len(captured))
        assert page.status_code == 200
    assert costs[0] == costs[1] <= 20, costs
    assert len(listed(client)) == 20
    assert "?page=2" in page.text
