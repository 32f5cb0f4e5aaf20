"""Contracts from a draft to their end: sections, final text, signature, performance."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from marketplace.deals import queries, services
from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.parties.models import Membership
from tests.cast import Cast
from tests.factories.deals import advance, make_contract, outside, party, sign
from tests.factories.files import pdf_bytes, upload

pytestmark = pytest.mark.django_db


def save(contract: Contract, section: str, cast: Cast, **data: Any) -> Contract:
    return services.save_section(contract, section, data, actor=cast.member)


def errors_of(run: Any) -> dict[str, list[object]]:
    with pytest.raises(InvalidInput) as caught:
        run()
    return caught.value.errors


def test_the_whole_way(cast: Cast, draft: Contract) -> None:
    text = services.set_final_text(draft, upload(pdf_bytes(), "定稿.pdf"), actor=cast.member)
    assert Contract.objects.get().status == "confirming"
    services.confirm_final(draft, sha256=text.sha256, actor=cast.approver)
    assert Contract.objects.get().status == "confirming"
    services.confirm_final(draft, sha256=text.sha256, actor=cast.university_admin)
    assert Contract.objects.get().status == "confirmed"
    signed = sign(draft, cast.approver)
    assert (signed.status, signed.signed_on) == ("signed", clock.today())
    assert services.start(signed, actor=cast.member).status == "performing"
    services.record_payment(signed, paid_on=clock.today(), amount_fen=30_000_000, actor=cast.member)
    assert services.paid_fen(signed) == 30_000_000
    done = services.perform(signed, amount_performed_fen=None, actor=cast.approver)
    assert (done.status, done.amount_performed_fen) == ("performed", 86_000_000)


def test_the_worksheet_leaves_the_technical_amount(cast: Cast, draft: Contract) -> None:
    contract = save(
        draft,
        "worksheet",
        cast,
        deductions=[
            {"kind": "equipment", "amount_fen": 20_000_001},
            {"kind": "material", "amount_fen": 1},
        ],
    )
    assert contract.amount_technical_fen == 65_999_998
    errors = errors_of(
        lambda: save(
            draft, "worksheet", cast, deductions=[{"kind": "part", "amount_fen": 86_000_001}]
        )
    )
    assert list(errors) == ["deductions"]
    errors = errors_of(lambda: save(draft, "money", cast, amount_total_fen=20_000_001))
    assert list(errors) == ["amount_total_fen"]


def test_a_foreign_amount_is_converted_once(cast: Cast, draft: Contract) -> None:
    contract = save(
        draft,
        "money",
        cast,
        currency="USD",
        foreign_amount=100_001,
        rate_text="7.12345",
        rate_on=date(2026, 11, 2),
    )
    # 1000.01 USD at 7.12345 is 7123.5212345 yuan, which is 712352.12345 fen.
    assert (contract.amount_total_fen, contract.amount_technical_fen) == (712_352, 712_352)
    errors = errors_of(
        lambda: save(draft, "money", cast, currency="EUR", foreign_amount=5, rate_text="")
    )
    assert "rate_text" in errors


def test_dates_and_signature(cast: Cast, draft: Contract) -> None:
    errors = errors_of(
        lambda: save(draft, "basics", cast, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1))
    )
    assert list(errors) == ["ends_on"]
    errors = errors_of(lambda: save(draft, "basics", cast, ends_on=date(9999, 12, 31)))
    assert list(errors) == ["ends_on"]
    tomorrow = clock.today() + timedelta(days=1)
    assert list(errors_of(lambda: sign(draft, cast.approver, tomorrow))) == ["signed_on"]
    assert list(errors_of(lambda: sign(draft, cast.approver, date(1900, 1, 1)))) == ["signed_on"]
    with pytest.raises(Forbidden):
        sign(draft, cast.member)
    with pytest.raises(Forbidden):
        sign(draft, cast.outsider)
    with pytest.raises(Stale):
        services.save_section(draft, "basics", {"title": "x"}, actor=cast.member, rev=1)


def test_one_person_confirms_for_one_side(cast: Cast) -> None:
    Membership.objects.create(user=cast.approver, organization=cast.university, role="approver")
    cast.approver.forget_access()
    contract = make_contract(cast.enterprise, cast.approver, cast.university)
    contract = advance(contract, "confirming", cast.approver)
    text = contract.texts.get()
    services.confirm_final(contract, sha256=text.sha256, actor=cast.approver)
    with pytest.raises(Refused):
        services.confirm_final(contract, sha256=text.sha256, actor=cast.approver)
    services.confirm_final(contract, sha256=text.sha256, actor=cast.university_admin)
    assert Contract.objects.get().status == "confirmed"


def test_a_changed_text_voids_what_was_confirmed(cast: Cast, draft: Contract) -> None:
    contract = advance(draft, "confirmed", cast.approver, cast.university_admin)
    contract = save(contract, "money", cast, amount_total_fen=90_000_000)
    assert contract.status == "draft"
    assert queries.open_text(contract) is None


def test_shares_sum_to_one_hundred_percent(cast: Cast, draft: Contract) -> None:
    def saved(first: int | None, second: int | None) -> Contract:
        rows = [
            party(cast.enterprise, "seller", share_bp=first),
            outside("seller", share_bp=second),
            party(cast.university, "buyer"),
        ]
        return save(draft, "parties", cast, parties=rows)

    for shares in ((5000, 4999), (None, 10_000), (10_000, 10_000), (None, None)):
        errors = errors_of(partial(saved, *shares))
        assert any(name.endswith("share_bp") for name in errors), shares
    assert [row.share_bp for row in queries.sellers(saved(3333, 6667))] == [3333, 6667]


def test_facts_of_the_form(cast: Cast, draft: Contract) -> None:
    facts = queries.official_facts(draft)
    assert (facts.kind, facts.contract_type, facts.amount_total_fen) == ("KF", "KF1", 86_000_000)
    assert facts.seller is not None
    assert facts.seller.identity == cast.enterprise.uscc
    assert facts.flow == {"output", "absorb", "local"}


def test_who_sees_a_contract(cast: Cast, draft: Contract) -> None:
    seen = {name for name, person in cast.people() if queries.visible_to(person).exists()}
    assert seen == {
        *("member", "approver", "org_admin", "university_admin", "university_member"),
        *("authority", "auditor"),
    }
