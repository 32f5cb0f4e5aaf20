"""The pre-check of the platform's own drafts: the generator causes no finding of its own."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

import pytest

from marketplace.deals.models import Contract
from marketplace.deals.services import drafts, save_section
from marketplace.kernel import clock
from marketplace.registration.services import precheck
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import make_contract

pytestmark = pytest.mark.django_db

TYPES = ("KF1", "KF2", "ZR1", "ZR3", "XK1", "XK2", "ZX", "FW", "FW-P", "FW-Z")
TODAY = clock.today()
MONEY: dict[str, dict[str, Any]] = {
    "lump": {"payment_mode": "lump"},
    "instalments": {
        "payment_mode": "instalments",
        "deposit_text": "签订后五日内支付定金五万元。",
        "instalments": [
            {"what": "合同签订后", "due_on": TODAY, "amount_fen": 30_000_001},
            {"what": "验收合格后", "amount_fen": 55_999_999},
        ],
    },
    "royalty": {
        "payment_mode": "royalty_entry",
        "amount_is_estimate": True,
        "entry_fee_fen": 10_000_000,
        "royalty_base": "sales",
        "royalty_note": "按年销售额的 3%，每年一月结算",
    },
    "foreign": {
        "payment_mode": "lump",
        "currency": "USD",
        "foreign_amount": 10_000_050,
        "rate_text": "7.1234",
        "rate_on": TODAY,
    },
}


def made(cast: Cast, contract_type: str, money: str) -> Contract:
    """A contract with everything that its draft can say."""
    person = cast.university_admin
    contract = make_contract(
        cast.university,
        person,
        cast.enterprise,
        contract_type=contract_type,
        of_seller={"legal_head": "周校长"},
        of_buyer={"legal_head": "王总"},
        official={"ip_kinds": ["invention"], "ip_numbers": "ZL202110000001.1"},
        parties=[{"side": "broker", "broker": make_broker(cast.broker).code}],
    )
    sections: dict[str, dict[str, Any]] = {
        "basics": {"place": "山东省临沂市兰山区"},
        "money": MONEY[money],
        "worksheet": {"deductions": [{"kind": "equipment", "amount_fen": 6_000_000}]},
        "acceptance": {
            "acceptance": [
                {"name": "甲醛释放量", "target": "≤0.05", "unit": "mg/m³", "method": "气候箱法"}
            ]
        },
        "milestones": {"milestones": [{"what": "小试", "due_on": TODAY + timedelta(90)}]},
    }
    for section, values in sections.items():
        contract = save_section(contract, section, values, actor=person)
    return Contract.objects.get(pk=contract.pk)


def findings(contract: Contract, cast: Cast, document: bytes | None = None) -> set[str]:
    """The codes of what the pre-check says, with a text or without."""
    person = cast.university_admin
    reading = None
    if document is not None:
        reading = precheck.read_upload(SimpleUploadedFile("合同.docx", document), person)
    return {row.code for row in precheck.run(contract, person, reading)}


@pytest.mark.parametrize("contract_type", TYPES)
def test_its_own_draft_adds_no_finding(cast: Cast, contract_type: str) -> None:
    contract = made(cast, contract_type, "instalments")
    alone = findings(contract, cast)
    assert findings(contract, cast, drafts.draft_docx(contract)) - alone == set()
    assert findings(contract, cast, drafts.final_text(contract).read()) - alone == set()


@pytest.mark.parametrize("money", sorted(MONEY))
def test_no_way_of_payment_makes_the_draft_disagree(cast: Cast, money: str) -> None:
    contract = made(cast, "KF1", money)
    alone = findings(contract, cast)
    assert findings(contract, cast, drafts.draft_docx(contract)) - alone == set()


def test_a_draft_of_another_record_is_noticed(cast: Cast) -> None:
    """The test above can fail: a text with another amount gives a finding."""
    contract = made(cast, "KF1", "lump")
    document = drafts.draft_docx(contract)
    Contract.objects.filter(pk=contract.pk).update(
        amount_total_fen=96_000_000, amount_technical_fen=90_000_000
    )
    contract = Contract.objects.get(pk=contract.pk)
    assert findings(contract, cast, document) - findings(contract, cast)
