"""From the draft to the signature by pages: final text, hash, scans, electronic signatures."""

from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.deals import advance, make_contract
from tests.factories.files import pdf_bytes, upload
from tests.marketplace.deals.pages import at, filled, signed_in

pytestmark = pytest.mark.django_db


def test_from_the_draft_to_the_signature_by_pages(cast: Cast, draft: Contract) -> None:
    member, approver = signed_in(cast.member), signed_in(cast.approver)
    answer = member.get(at("docx", draft))
    read = Document(BytesIO(answer.content))
    text = "\n".join(row.text for row in read.paragraphs)
    assert answer["Cache-Control"] == "private, no-store"
    assert "技术开发合同（委托开发）" in text
    assert "捌拾陆万元整（¥860,000.00）" in text
    assert "沂州理工大学" in [cell.text for row in read.tables[0].rows for cell in row.cells]

    sent = filled(member, at("text", draft), "source")
    assert member.post(at("text", draft), sent | {"act": "put"}).status_code == 302
    draft.refresh_from_db()
    kept = draft.texts.get()
    assert (draft.status, kept.source, kept.number) == ("confirming", "generated", 1)

    page = member.get(at("text", draft)).content.decode()
    assert kept.sha256 in page
    assert "在线确认定稿" not in page
    other = signed_in(cast.university_admin)
    for client in (approver, other):
        sent = filled(client, at("text", draft), "sha256")
        assert sent["sha256"] == [kept.sha256]
        assert client.post(at("text", draft), sent | {"act": "confirm"}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "confirmed"

    assert member.get(at("sign", draft)).status_code == 403
    sent = filled(approver, at("sign", draft), "signed_on")
    typed = sent | {"signed_on": (clock.today() + timedelta(1)).isoformat()}
    answer = approver.post(at("sign", draft), typed | {"file": upload(pdf_bytes(), "合同.pdf")})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "签订日期不能晚于今天" in page
    assert "印章、签字或者电子签名齐全后勾选" in page
    typed |= {"signed_on": clock.today().isoformat(), "fully_sealed": "on"}
    answer = approver.post(at("sign", draft), typed | {"file": upload(pdf_bytes(), "合同.pdf")})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.signed_on) == ("signed", clock.today())
    page = approver.get(at("show", draft)).content.decode()
    assert draft.copies.get().sha256 in page
    assert at("edit", draft, "basics") not in page
    assert approver.get(at("edit", draft, "basics")).status_code == 409
    assert at("edit", draft, "particulars") in page
    address = at("edit", draft, "particulars")
    sent = filled(member, address, "parties-TOTAL_FORMS") | {"parties-0-legal_head": "王明"}
    assert member.post(address, sent).status_code == 302
    assert draft.parties.get(side="seller").legal_head == "王明"
    assert draft.parties.count() == 2


def test_another_hash_is_not_confirmed(cast: Cast, draft: Contract) -> None:
    advance(draft, "confirming", cast.approver)
    client = signed_in(cast.approver)
    answer = client.post(at("text", draft), {"act": "confirm", "sha256": "0" * 64})
    assert answer.status_code == 409
    assert "定稿已经更换" in answer.content.decode()
    assert Contract.objects.get().status == "confirming"


def test_an_outside_party_is_attested_by_a_scan(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, state="confirming")
    client, buyer = signed_in(cast.approver), contract.parties.get(side="buyer")
    address = at("attest", contract, buyer.pk)
    assert address in client.get(at("text", contract)).content.decode()
    sent = filled(client, address, "rev")
    answer = client.post(address, sent)
    assert answer.status_code == 400
    assert "请选择文件" in answer.content.decode()
    answer = client.post(address, sent | {"scan": upload(b"MZ", "盖章.pdf")})
    assert answer.status_code == 400
    assert client.post(address, {"scan": upload(pdf_bytes(), "盖.pdf")}).status_code == 400
    assert client.post(address, sent | {"scan": upload(pdf_bytes(), "盖.pdf")}).status_code == 302
    done = contract.texts.get().confirmations.get()
    assert (done.attested, done.party_id, done.by_id) == (True, buyer.pk, cast.approver.pk)


def test_an_upload_of_another_kind_is_refused_at_its_field(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.member)
    sent = filled(client, at("text", draft), "source") | {"act": "put", "source": "uploaded"}
    assert "请选择文件" in client.post(at("text", draft), sent).content.decode()
    answer = client.post(at("text", draft), sent | {"file": upload(b"<svg/>", "x.svg")})
    assert answer.status_code == 400
    assert "定稿请上传 DOCX 或者 PDF 文件" in answer.content.decode()
    assert Contract.objects.get().status == "draft"


def test_going_back_to_the_draft_needs_a_reason(cast: Cast, draft: Contract) -> None:
    advance(draft, "confirming", cast.approver)
    client = signed_in(cast.approver)
    sent = filled(client, at("text", draft), "reason") | {"act": "reopen"}
    assert client.post(at("text", draft), sent).status_code == 400
    assert client.post(at("text", draft), sent | {"reason": "改付款日"}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert "改付款日" in client.get(at("text", draft)).content.decode()


def test_an_electronic_signature_is_looked_for_and_not_validated(
    cast: Cast, draft: Contract
) -> None:
    client, address = signed_in(cast.approver), at("sign", draft)
    page = client.get(address).content.decode()
    assert "平台只检查文件中含有签名，不验证签名证书" in page
    assert "可验证的" not in page
    typed = filled(client, address, "signed_on") | {
        "signed_on": clock.today().isoformat(),
        "form": "esign",
        "fully_sealed": "on",
    }
    unsigned = pdf_bytes()
    answer = client.post(address, typed | {"file": upload(unsigned, "合同.pdf")})
    assert answer.status_code == 400
    assert "文件中没有找到电子签名" in answer.content.decode()
    one = unsigned + b"\n% /ByteRange [0 10 20 30]\n"
    answer = client.post(address, typed | {"file": upload(one, "合同.png")})
    assert "电子签名文件请上传 PDF" in answer.content.decode()
    # One signature is not that of all parties: somebody has looked, or it is not signed.
    alone = {key: value for key, value in typed.items() if key != "fully_sealed"}
    answer = client.post(address, alone | {"file": upload(one, "合同.pdf")})
    assert answer.status_code == 400
    assert Contract.objects.get().status == "draft"
    assert client.post(address, typed | {"file": upload(one, "合同.pdf")}).status_code == 302
    copy = draft.copies.get()
    assert (copy.form, copy.fully_sealed) == ("esign", True)
    assert "平台不验证签名" in client.get(at("show", draft)).content.decode()
