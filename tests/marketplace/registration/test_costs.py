"""Lists cost as many queries for thirty rows as for one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.deals.models import Contract, ContractParty, OriginProposal
from marketplace.registration.models import Filing, LedgerPeriod, RegisterImport
from marketplace.registration.workflow import FilingStatus as S
from tests.cast import Cast
from tests.factories.ledger import make_registered
from tests.factories.registration import days_ago, make_filing, signed_contract

pytestmark = pytest.mark.django_db
MORE = 29


def copied(row: Any, **changes: Any) -> Any:
    """A further row like this one, with a code of its own."""
    again = type(row).objects.get(pk=row.pk)
    again.pk, again._state.adding = None, True
    if hasattr(again, "code"):
        again.code = type(row)._meta.get_field("code").get_default()
    for name, value in changes.items():
        setattr(again, name, value)
    again.save()
    return again


def copied_contract(contract: Any) -> Any:
    again = copied(contract)
    for party in contract.parties.all():
        copied(party, contract=again)
    return again


def filings(state: str) -> Callable[[Cast], Callable[[], None]]:
    """One filing in this state; what is returned makes the further ones."""

    def prepare(cast: Cast) -> Callable[[], None]:
        first = make_filing(cast, state)

        def more() -> None:
            for serial in range(MORE):
                token = f"{serial:022d}"
                changes: dict[str, Any] = {"verify_token": token}
                if first.official_number:
                    changes["official_number"] = f"2026371398{serial:06d}"
                copied(first, contract=copied_contract(first.contract), **changes)
            assert Filing.objects.count() == MORE + 1

        return more

    return prepare


def moved(cast: Cast) -> Callable[[], None]:
    """One registered filing whose contract was terminated since."""
    more = filings(S.REGISTERED)(cast)
    Contract.objects.update(status="terminated", ended_on=days_ago(0))
    return more


def signed(cast: Cast) -> Callable[[], None]:
    first = signed_contract(cast, signed_on=days_ago(90), starts_on=days_ago(90))
    return lambda: [copied_contract(first) for _ in range(MORE)] and None


def months(cast: Cast) -> Callable[[], None]:
    make_registered(on=date(2026, 10, 9))
    first = LedgerPeriod.objects.get()
    LedgerPeriod.objects.update(closed_by=cast.registrar_city, second_by=cast.authority)

    def more() -> None:
        for serial in range(MORE):
            copied(first, month=f"{2020 + serial // 12}-{serial % 12 + 1:02d}")

    return more


def entries(_cast: Cast) -> Callable[[], None]:
    make_registered(on=date(2026, 10, 9))
    return lambda: [make_registered(on=date(2026, 10, 9)) for _ in range(MORE)] and None


def imports(cast: Cast) -> Callable[[], None]:
    def make() -> None:
        RegisterImport.objects.create(
            actor=cast.registrar_city,
            file_name="登记表.csv",
            file_path="x",
            file_sha256="x",
            counts={"read": 3},
        )

    make()
    return lambda: [make() for _ in range(MORE)] and None


def proposals(_cast: Cast) -> Callable[[], None]:
    def make(serial: int) -> None:
        contract = make_registered(on=date(2026, 10, 9)).contract
        ContractParty.objects.filter(contract=contract).update(name="甲")
        OriginProposal.objects.create(
            contract=contract, kind="needs", record_id=serial, record_code="XQ", score=60
        )

    make(0)
    return lambda: [make(serial) for serial in range(1, MORE + 1)] and None


@pytest.mark.parametrize(
    ("prepare", "role", "page", "query"),
    [
        pytest.param(filings(S.SUBMITTED), "registrar_city", "desk", {"heap": "new"}, id="desk"),
        pytest.param(moved, "registrar_city", "desk", {"heap": "moved"}, id="moved"),
        pytest.param(filings(S.SUBMITTED), "approver", "filings", {}, id="filings"),
        pytest.param(filings(S.REGISTERED), "approver", "registered_list", {}, id="list"),
        pytest.param(filings(S.APPROVED), "registrar_city", "register_export", {}, id="export"),
        pytest.param(signed, "registrar_city", "unregistered", {}, id="unregistered"),
        pytest.param(signed, "approver", "batch", {}, id="batch"),
        pytest.param(months, "registrar_city", "ledger", {}, id="ledger"),
        pytest.param(entries, "registrar_city", "period", {}, id="period"),
        pytest.param(imports, "registrar_city", "imports", {}, id="imports"),
        pytest.param(proposals, "registrar_city", "origins", {}, id="origins"),
    ],
)
def test_thirty_rows_cost_as_many_queries_as_one(
    cast: Cast,
    client: Client,
    prepare: Callable[[Cast], Callable[[], None]],
    role: str,
    page: str,
    query: dict[str, str],
) -> None:
    more = prepare(cast)
    client.force_login(cast[role])
    path = reverse(f"registration:{page}", args=["city", "2026-10"] if page == "period" else [])
    client.get(path, query)
    counts = []
    for add in (lambda: None, more):
        add()
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path, query)
            assert answer.status_code == 200
            if answer.streaming:
                b"".join(answer.streaming_content)
        counts.append(len(found))
    assert counts[0] == counts[1]
