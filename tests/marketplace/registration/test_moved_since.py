"""What the parties do with a registered contract afterwards reaches the registrar: a heap, a to-do, a notice."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.notices.models import Notice
from marketplace.registration import queries
from marketplace.registration.models import Filing
from marketplace.registration.services import filing as services
from marketplace.registration.slice import _to_decide
from marketplace.registration.workflow import FilingStatus as S
from tests.cast import Cast
from tests.factories.registration import make_filing, signed_contract
from tests.marketplace.registration.test_review_holds import amend

pytestmark = pytest.mark.django_db


def end(cast: Cast, filing: Filing) -> None:
    deals.terminate(
        Contract.objects.get(pk=filing.contract_id),
        reason="双方协商解除",
        ended_on=clock.today(),
        actor=cast.approver,
    )


def perform(cast: Cast, filing: Filing) -> None:
    contract = Contract.objects.get(pk=filing.contract_id)
    deals.perform(contract, amount_performed_fen=None, actor=cast.approver)


def change_amount(cast: Cast, filing: Filing) -> None:
    amend(cast, filing.contract, amount_total_fen=90_000_000)


def in_heap(cast: Cast, filing: Filing) -> bool:
    rows = queries.heap(cast.registrar_city, "moved")
    count = queries.heap_counts(cast.registrar_city)["moved"]
    assert count == rows.count()
    return filing in rows


MOVES = [
    pytest.param(change_amount, "经双方变更", "合同现为", id="amended"),
    pytest.param(end, "已终止", "合同已终止", id="terminated"),
    pytest.param(perform, "已履行完毕", "核定技术性收入", id="performed"),
]


@pytest.mark.parametrize(("move", "title", "said"), MOVES)
def test_a_move_after_the_registration_reaches_the_registrar(
    cast: Cast,
    client: Client,
    drain: Callable[[], int],
    move: Callable[[Cast, Filing], None],
    title: str,
    said: str,
) -> None:
    filing = make_filing(cast, S.REGISTERED)
    drain()
    assert not in_heap(cast, filing)
    move(cast, filing)
    drain()
    assert in_heap(cast, filing)
    told = Notice.objects.filter(kind="registration.moved")
    assert {row.recipient_id for row in told} == {cast.registrar_city.pk, cast.registrar_county.pk}
    assert all(title in str(row.title_id) for row in told)
    todos = [one for one in _to_decide(cast.registrar_city) if one.url.endswith("heap=moved")]
    assert len(todos) == 1
    client.force_login(cast.registrar_city)
    page = client.get(reverse("registration:decide", args=[filing.code]))
    assert any(said in str(text) for text in page.context["moved"])
    assert client.get(todos[0].url).context["page"].paginator.count == 1


def test_the_act_of_the_registrar_takes_it_off_the_heap(cast: Cast) -> None:
    changed, ended, cancelled, done = (make_filing(cast, S.REGISTERED) for _ in range(4))
    change_amount(cast, changed)
    end(cast, ended)
    end(cast, cancelled)
    perform(cast, done)
    assert queries.heap_counts(cast.registrar_city)["moved"] == 4
    how: dict[str, Any] = {"actor": cast.registrar_city}
    services.change(changed, reason="双方追加", **how)
    services.change(ended, reason="只履行了一部分", **how)
    services.cancel(cancelled, reason="双方解除", **how)
    done.refresh_from_db()
    services.confirm_income(done, 1, **how)
    assert queries.heap_counts(cast.registrar_city)["moved"] == 0
    change_amount_again = {"amount_total_fen": 91_000_000}
    amend(cast, changed.contract, **change_amount_again)
    assert in_heap(cast, changed)


def test_what_changes_no_counted_figure_stays_quiet(cast: Cast, drain: Callable[[], int]) -> None:
    """Before the registration nothing is counted; a certificate that says another amount is no move."""
    contract = signed_contract(cast)
    amend(cast, contract, amount_total_fen=90_000_000)
    filing = make_filing(cast, S.APPROVED, contract=contract)
    told = services.Recognised(total_fen=80_000_000, technical_fen=80_000_000)
    filing = services.register(
        filing, "2026371301000077", clock.today(), recognised=told, actor=cast.registrar_city
    )
    amend(cast, contract, deposit_text="定金一万元")
    drain()
    # An amendment of other terms brings the difference up: the registrar looks at it once.
    assert in_heap(cast, filing)
    services.change(filing, reason="核对无误", recognised=told, actor=cast.registrar_city)
    assert not in_heap(cast, filing)


def test_a_county_registrar_sees_the_moves_of_his_district_alone(cast: Cast) -> None:
    filing = make_filing(cast, S.REGISTERED, seller={"district": "371311"})
    end(cast, filing)
    person = cast.registrar_county
    person.platform_roles.update(district="371302")
    person.forget_access()
    assert queries.heap_counts(person)["moved"] == 0
    assert queries.heap_counts(cast.registrar_city)["moved"] == 1
