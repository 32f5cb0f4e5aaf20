"""Amendments, evidence of a price, imports and the origin of imported contracts."""

import time
from datetime import date, timedelta
from typing import Any

import pytest

from marketplace.deals import queries, services
from marketplace.deals.models import Contract, Milestone, OriginProposal
from marketplace.deals.services import ImportedParty, ImportedRow
from marketplace.deals.tasks import propose_origins
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from tests.cast import Cast
from tests.factories.deals import make_contract
from tests.factories.files import pdf_bytes, upload
from tests.factories.needs import make_need
from tests.factories.parties import make_uscc

pytestmark = pytest.mark.django_db


def test_an_amendment_needs_the_other_side(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")
    made = services.propose_amendment(
        contract, "money", {"amount_total_fen": 90_000_000}, reason="增加中试", actor=cast.approver
    )
    assert Contract.objects.get().amount_total_fen == 86_000_000
    with pytest.raises(Refused):
        services.propose_amendment(
            contract, "money", {"amount_total_fen": 1}, reason="又变", actor=cast.university_admin
        )
    for person in (cast.approver, cast.university_member, cast.outsider, cast.authority):
        with pytest.raises(Forbidden):
            services.agree_amendment(made, actor=person)
    services.agree_amendment(made, actor=cast.university_admin)
    contract = Contract.objects.get()
    assert (contract.amount_total_fen, contract.amount_technical_fen) == (90_000_000, 90_000_000)
    assert made.before["amount_total_fen"] == 86_000_000


def test_an_amendment_does_not_go_below_what_was_paid(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")
    services.record_payment(
        contract, paid_on=clock.today(), amount_fen=50_000_000, actor=cast.approver
    )

    def propose(total: int) -> Any:
        values = {"amount_total_fen": total}
        return services.propose_amendment(
            contract, "money", values, reason="减少内容", actor=cast.approver
        )

    with pytest.raises(InvalidInput) as below:
        propose(49_999_999)
    assert set(below.value.errors) == {"amount_total_fen"}
    made = propose(60_000_000)
    # What is paid meanwhile counts as well.
    services.record_payment(
        contract, paid_on=clock.today(), amount_fen=10_000_001, actor=cast.approver
    )
    with pytest.raises(Refused, match="已登记的付款"):
        services.agree_amendment(made, actor=cast.university_admin)
    assert Contract.objects.get().amount_total_fen == 86_000_000


def test_an_amendment_with_a_firm_outside_is_attested(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, state="performing")
    made = services.propose_amendment(
        contract,
        "milestones",
        {"milestones": [{"what": "小试", "due_on": date(2027, 1, 31)}]},
        reason="补充节点",
        actor=cast.approver,
    )
    with pytest.raises(InvalidInput):
        services.agree_amendment(made, actor=cast.approver)
    services.agree_amendment(made, actor=cast.approver, scan=upload(pdf_bytes(), "变更.pdf"))
    assert Milestone.objects.get().due_on == date(2027, 1, 31)


def test_bad_amendments(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")

    def propose(section: str, reason: str = "变更", **data: Any) -> None:
        services.propose_amendment(contract, section, data, reason=reason, actor=cast.approver)

    for section, data in (
        ("money", {"amount_total_fen": -1}),
        ("basics", {"ends_on": date(9999, 1, 1)}),
        ("official", {"field": "01"}),
        ("money", {}),
        ("money", {"amount_total_fen": "1e3"}),
    ):
        with pytest.raises(InvalidInput):
            propose(section, **data)
    with pytest.raises(InvalidInput):
        propose("money", reason=" ", amount_total_fen=1)
    assert Contract.objects.get().amount_total_fen == 86_000_000


def row(i: int, **more: Any) -> ImportedRow:
    values = {
        "title": f"磁性材料工艺开发 {i}",
        "contract_type": "KF1",
        "signed_on": date(2026, 3, 1),
        "amount_total_fen": 1_000_000 + i,
        "amount_technical_fen": 900_000,
        "parties": [
            ImportedParty("seller", "外地大学", make_uscc(i, "12370100"), "022", "370100"),
            ImportedParty("buyer", "某公司", make_uscc(i, "91370200"), "150", "371302"),
        ],
        "columns": {"field": "05"},
        "desk_district": "371302",
    }
    return ImportedRow(**(values | more))


def test_imported_contracts(cast: Cast) -> None:
    inside = ImportedParty("buyer", "某公司", cast.enterprise.uscc or "", "150", "371302")
    parties = [ImportedParty("seller", "外地大学", "", "022", "370100"), inside]
    keys = services.create_imported([row(0), row(1, parties=parties)], actor=cast.operator)
    first, second = (queries.contract_by_id(pk) for pk in keys)
    assert first is not None
    assert second is not None
    assert (first.owner_id, second.owner_id) == (None, cast.enterprise.pk)
    assert queries.flow_of(first) == {"absorb"}
    assert queries.visible_to(cast.member).get() == second
    assert set(queries.visible_to(cast.registrar_city)) == {first, second}
    assert services.update_imported(first, row(0), actor=None) == []
    changed = services.update_imported(first, row(0, amount_total_fen=2_000_000), actor=None)
    assert changed == ["amount_total_fen"]
    with pytest.raises(InvalidInput) as caught:
        services.create_imported([row(2), row(3, amount_technical_fen=9_000_000)], actor=None)
    assert list(caught.value.errors) == ["rows.1.amount_technical_fen"]


def test_two_thousand_contracts_go_in_quickly(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    # SQLite takes some 17 rows in a statement, PostgreSQL all 500 of a batch.
    rows = [row(i) for i in range(2_000)]
    began = time.monotonic()
    with django_assert_max_num_queries(250):
        keys = services.create_imported(rows, actor=cast.operator)
    assert len(keys) == len(set(keys)) == 2_000
    assert time.monotonic() - began < 30


def test_the_origin_is_proposed_and_confirmed(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", title="磁性材料工艺开发")
    parties = [
        ImportedParty("seller", "外地大学", "", "022", "370100"),
        ImportedParty("buyer", "某公司", cast.enterprise.uscc or "", "150", "371302"),
    ]
    [key] = services.create_imported([row(7, parties=parties, signed_on=clock.today())], actor=None)
    contract = Contract.objects.get(pk=key)
    [found] = services.propose_origin(contract)
    assert (found.kind, found.record_code) == ("needs", need.code)
    for person in (cast.member, cast.outsider, cast.university_admin, cast.authority):
        with pytest.raises(Forbidden):
            services.confirm_origin(contract, "needs", need.code, actor=person)
    theirs = make_need(cast.other_enterprise, cast.outsider, state="published")
    with pytest.raises(InvalidInput):
        services.confirm_origin(contract, "needs", theirs.code, actor=cast.approver)
    contract = services.confirm_origin(contract, "needs", need.code, actor=cast.registrar_city)
    assert (contract.need, contract.origin_confirmed_by) == (need, cast.registrar_city)
    with pytest.raises(Refused):
        services.confirm_origin(contract, "needs", need.code, actor=cast.approver)


def test_the_clock_compares_imported_contracts_again(cast: Cast) -> None:
    parties = [
        ImportedParty("seller", "外地大学", "", "022", "370100"),
        ImportedParty("buyer", "某公司", cast.enterprise.uscc or "", "150", "371302"),
    ]
    day = clock.today()
    services.create_imported(
        [row(1, parties=parties, signed_on=day, title="磁性材料工艺开发"), row(2, signed_on=day)],
        actor=None,
    )
    propose_origins()
    inside = Contract.objects.get(owner=cast.enterprise)
    rev = inside.rev
    assert (inside.origin_compared_at is not None, OriginProposal.objects.count()) == (True, 0)
    assert Contract.objects.get(owner=None).origin_compared_at is None, "no party here"
    # The need is written after the import; the contract is compared again after a month, not before.
    need = make_need(cast.enterprise, cast.member, state="published", title="磁性材料工艺开发")
    with clock.shift(timedelta(days=29)):
        propose_origins()
        assert OriginProposal.objects.count() == 0
    with clock.shift(timedelta(days=31)):
        propose_origins()
        assert OriginProposal.objects.get().record_code == need.code
    inside.refresh_from_db()
    assert inside.rev == rev
    services.confirm_origin(inside, "needs", need.code, actor=cast.approver)
    at = Contract.objects.get(pk=inside.pk).origin_compared_at
    with clock.shift(timedelta(days=90)):
        propose_origins()
    assert Contract.objects.get(pk=inside.pk).origin_compared_at == at, (
        "what is known is left alone"
    )
