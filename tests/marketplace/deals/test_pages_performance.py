"""Amendments, payments, invoices, the end and evidence of the price by pages."""

import pytest

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.deals import make_contract
from tests.factories.files import pdf_bytes, upload
from tests.marketplace.deals.pages import at, filled, signed_in

pytestmark = pytest.mark.django_db


def test_an_amendment_is_proposed_shown_and_agreed(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")
    client, other = signed_in(cast.approver), signed_in(cast.university_admin)
    address = at("amend", contract, "money")
    assert address in client.get(at("show", contract)).content.decode()
    assert client.get(at("amend", contract, "parties")).status_code == 404
    sent = filled(client, address, "reason") | {"amount_total_fen": "900000"}
    assert client.post(address, sent).status_code == 400
    answer = client.post(address, sent | {"reason": "增加一次中试"})
    assert answer.url == at("amendment", contract, 1)
    contract.refresh_from_db()
    assert contract.amount_total_fen == 86_000_000
    page = other.get(answer.url).content.decode()
    assert "860000" in page
    assert "900000" in page
    assert "增加一次中试" in page
    sent = filled(other, answer.url, "note") | {"act": "agree"}
    assert client.post(answer.url, sent).status_code == 403
    assert other.post(answer.url, sent).status_code == 302
    contract.refresh_from_db()
    assert contract.amount_total_fen == 90_000_000
    assert "双方已同意" in client.get(answer.url).content.decode()


def test_payments_invoices_and_the_end_by_pages(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="performing")
    client = signed_in(cast.approver)
    today = clock.today().isoformat()
    sent = filled(client, at("pay", contract), "paid_on")
    answer = client.post(at("pay", contract), sent | {"paid_on": today, "amount_fen": "860000.01"})
    assert answer.status_code == 400
    assert "累计付款超过了合同成交额" in answer.content.decode()
    sent = filled(client, at("pay", contract), "paid_on")
    typed = sent | {"paid_on": today, "amount_fen": "300000"}
    assert client.post(at("pay", contract), typed).status_code == 302
    assert client.post(at("pay", contract), typed).status_code == 302
    assert contract.payments.count() == 1
    paid = contract.payments.get()
    address = at("reverse_payment", contract, paid.pk)
    assert address in client.get(at("show", contract)).content.decode()
    sent = filled(client, address, "reason")
    assert client.post(address, sent | {"reason": "记错了"}).status_code == 302
    assert address not in client.get(at("show", contract)).content.decode()
    sent = filled(client, at("invoice", contract), "number")
    typed = sent | {"number": "24372000000001", "issued_on": today, "amount_fen": "300000"}
    assert client.post(at("invoice", contract), typed).status_code == 302
    sent = filled(client, at("terminate", contract), "reason")
    assert client.post(at("terminate", contract), sent).status_code == 400
    sent = filled(client, at("perform", contract), "amount_performed_fen")
    assert client.post(at("perform", contract), sent).status_code == 302
    contract.refresh_from_db()
    assert (contract.status, contract.amount_performed_fen) == ("performed", 86_000_000)


def test_cancelling_asks_why(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.approver)
    sent = filled(client, at("cancel", draft), "reason")
    assert client.post(at("cancel", draft), sent).status_code == 400
    assert client.post(at("cancel", draft), sent | {"reason": "不做了"}).status_code == 302
    page = client.get(at("show", draft)).content.decode()
    assert "签订前已取消" in page
    assert "不做了" in page


def test_evidence_of_the_price(cast: Cast, draft: Contract) -> None:
    draft.is_state_held, draft.contract_type = True, "ZR1"
    draft.save()
    client = signed_in(cast.member)
    assert "还缺少定价依据" in client.get(at("show", draft)).content.decode()
    sent = filled(client, at("evidence", draft), "route")
    answer = client.post(at("evidence", draft), sent | {"route": "agreement"})
    assert answer.status_code == 400
    assert "协议定价须填写公示的起止日期" in answer.content.decode()
    typed = sent | {
        "route": "agreement",
        "starts_on": "2026-10-01",
        "ends_on": "2026-10-15",
        "result": "无异议",
        "file": upload(pdf_bytes(), "公示.pdf"),
    }
    assert client.post(at("evidence", draft), typed).status_code == 302
    assert "还缺少定价依据" not in client.get(at("show", draft)).content.decode()
    row = draft.price_evidence.get()
    address = at("evidence_row", draft, row.pk)
    sent = filled(client, address, "route") | {"act": "remove"}
    assert client.post(address, sent).status_code == 302
    assert draft.price_evidence.count() == 0
