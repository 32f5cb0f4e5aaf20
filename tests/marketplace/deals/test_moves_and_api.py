"""Every sequence of moves keeps to the table; the API; two confirmations at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.deals import queries, services
from marketplace.deals.models import Contract, FinalConfirmation
from marketplace.deals.workflow import CONTRACT, ContractStatus
from tests.cast import Cast
from tests.factories.deals import make_contract

pytestmark = pytest.mark.django_db


class Everybody:
    """A person who may do everything."""

    pk = 1

    def has_perm(self, _permission: str, _subject: object) -> bool:
        return True


class Row:
    """A contract of which only the state matters."""

    status: str = ContractStatus.DRAFT


@given(names=st.lists(st.sampled_from(sorted(CONTRACT.transitions)), max_size=12))
def test_what_is_over_stays_over_and_nothing_is_performed_unsigned(names: list[str]) -> None:
    row, passed = Row(), [str(ContractStatus.DRAFT)]
    person: Any = Everybody()
    for name in names:
        if CONTRACT.refusal(name, row, person):
            continue
        CONTRACT.fire(name, row, person)
        passed.append(row.status)
    over = {"performed", "terminated", "cancelled"}
    assert all(state not in over for state in passed[:-1])
    if {"performing", "performed", "terminated"} & set(passed):
        assert "signed" in passed
    if "cancelled" in passed:
        assert "signed" not in passed


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_api_begins_saves_and_moves(cast: Cast) -> None:
    client = client_of(cast.approver)

    def send(path: str, body: dict[str, Any], **headers: str) -> Any:
        return client.post(
            f"/api/v1/contracts/{path}", body, content_type="application/json", headers=headers
        )

    begun = {"organization": cast.enterprise.code, "title": "检测服务", "side": "seller"}
    made = send("", begun, **{"Idempotency-Key": "k1"})
    again = send("", begun, **{"Idempotency-Key": "k1"})
    assert (made.status_code, again.status_code) == (201, 200)
    code, rev = made.json()["code"], made.json()["rev"]
    saved = send(f"{code}/sections/money/", {"rev": rev, "values": {"amount_total_fen": 5_000_000}})
    assert saved.status_code == 200, saved.content
    assert saved.json()["facts"]["amount_technical_fen"] == 5_000_000
    stale = send(f"{code}/sections/money/", {"rev": rev, "values": {"amount_total_fen": 1}})
    assert stale.status_code in {409, 412}
    for value in (-1, "1e3", 1.5, 10**18, True):
        sent = {"rev": saved.json()["rev"], "values": {"amount_total_fen": value}}
        assert send(f"{code}/sections/money/", sent).status_code == 400, value
    ended = send(f"{code}/cancel/", {"rev": saved.json()["rev"], "reason": "不做了"})
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    stranger = client_of(cast.outsider)
    assert stranger.get(f"/api/v1/contracts/{code}/").status_code == 404
    assert stranger.get("/api/v1/contracts/").json()["count"] == 0


def test_the_list_costs_the_same_for_one_and_for_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make_contract(cast.enterprise, cast.approver, cast.university)
    assert cast.member.access.orgs, "read once for a person, and not counted"
    with CaptureQueriesContext(connection) as one:
        [[row.name for row in queries.parties_of(c)] for c in queries.visible_to(cast.member)]
    for _ in range(6):
        make_contract(cast.enterprise, cast.approver, cast.university)
    with django_assert_num_queries(len(one)):
        [[row.name for row in queries.parties_of(c)] for c in queries.visible_to(cast.member)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connections['default'].vendor != 'postgresql'", reason="SQLite has one writer")
def test_two_confirmations_at_once_settle_the_text_once(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="confirming")
    sha256 = contract.texts.get().sha256

    def confirm(person: Any) -> None:
        try:
            services.confirm_final(contract, sha256=sha256, actor=person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(confirm, [cast.approver, cast.university_admin]))
    assert FinalConfirmation.objects.count() == 2
    assert Contract.objects.get().status == "confirmed"
