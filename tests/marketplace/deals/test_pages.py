"""Pages of contracts: what is typed is kept, what is stale is refused, who may not see gets 404."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest
from docx import Document

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import advance, make_contract
from tests.factories.files import pdf_bytes, upload
from tests.filled import form_with, sent_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Contract:
    """A draft that the enterprise keeps as the seller; the buyer is the university."""
    return make_contract(cast.enterprise, cast.approver, cast.university)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, contract: Contract, *more: Any) -> str:
    return reverse(f"deals:{name}", args=[contract.code, *more])


def filled(client: Client, address: str, field: str) -> dict[str, list[str]]:
    """What a browser would send from the form of this field when nothing was touched."""
    return sent_by(form_with(client.get(address).content.decode(), field))


def edited(client: Client, contract: Contract, section: str, field: str, **typed: Any) -> Any:
    """Open a section, type, send."""
    address = at("edit", contract, section)
    return client.post(address, filled(client, address, field) | typed)


# --- the list ---------------------------------------------------------------------------------
def test_the_list_is_narrowed_by_state_kind_side_year_and_words(
    cast: Cast, draft: Contract
) -> None:
    other = make_contract(
        cast.enterprise,
        cast.approver,
        title="永磁电机检测服务",
        contract_type="FW",
        state="signed",
    )
    client = signed_in(cast.member)
    year = clock.today().year

    def found(query: str) -> set[str]:
        page = client.get(reverse("deals:list") + query).content.decode()
        return {row.code for row in (draft, other) if at("show", row) in page}

    both = {draft.code, other.code}
    assert found("") == both
    assert found("?status=draft") == {draft.code}
    assert found("?kind=FW") == {other.code}
    assert found("?side=seller") == both
    assert found("?side=buyer") == set()
    assert found(f"?year={year}") == {other.code}
    assert found(f"?year={year - 1}") == set()
    assert found("?q=永磁") == {other.code}
    assert found("?q=沂州理工") == {draft.code}
    assert found(f"?q={draft.code.lower()}") == {draft.code}
    assert found("?status=nonsense&year=x&kind=%00") == both
    assert "没有符合条件的合同" in client.get(reverse("deals:list") + "?q=不存在").content.decode()
    assert signed_in(cast.university_member).get(at("show", draft)).status_code == 200


def test_strangers_and_visitors_get_nothing(cast: Cast, draft: Contract) -> None:
    for name in ("show", "print", "docx", "pdf", "text"):
        assert signed_in(cast.outsider).get(at(name, draft)).status_code == 404, name
        assert Client().get(at(name, draft)).status_code == 302, name
    page = signed_in(cast.outsider).get(reverse("deals:list")).content.decode()
    assert draft.title not in page
    assert "还没有合同记录" in page


def test_list_and_page_ask_the_same_at_one_row_and_at_thirty(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.member)

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    one = asked(reverse("deals:list"))
    page = asked(at("show", draft))
    for number in range(29):
        make_contract(cast.enterprise, cast.approver, title=f"第{number}份合同")
    assert asked(reverse("deals:list")) == one
    assert asked(reverse("deals:list") + "?q=合同&side=seller") == one
    for number in range(1, 31):
        draft.instalments.create(position=number, what="一期", amount_fen=1)
        draft.milestones.create(position=number, what="一步")
        draft.deductions.create(kind="equipment", amount_fen=1)
    assert asked(at("show", draft)) == page


# --- sections ---------------------------------------------------------------------------------
def test_basics_are_saved_and_errors_keep_what_was_typed(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.member)
    answer = edited(
        client,
        draft,
        "basics",
        "title",
        title="新的名称",
        starts_on="2026-12-02",
        ends_on="2026-12-01",
        place="临沂<b>",
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "结束日期不能早于开始日期" in page
    assert 'value="新的名称"' in page
    assert 'value="临沂&lt;b&gt;"' in page
    answer = edited(
        client, draft, "basics", "title", title="新的名称", ends_on="2027-12-01", do="next"
    )
    assert answer.url == at("edit", draft, "parties")
    draft.refresh_from_db()
    assert (draft.title, draft.ends_on.isoformat()) == ("新的名称", "2027-12-01")
    assert draft.starts_on == clock.today()


def test_a_second_tab_is_shown_both_versions_and_loses_nothing(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.member)
    address = at("edit", draft, "basics")
    old = filled(client, address, "title")
    edited(client, draft, "basics", "title", title="同事的名称")
    answer = client.post(address, old | {"title": "我的名称"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事的名称" in page
    assert 'value="我的名称"' in page
    again = sent_by(form_with(page, "title"))
    assert client.post(address, again).status_code == 302
    assert Contract.objects.get().title == "我的名称"


def test_an_organisation_is_found_and_added_without_script(cast: Cast, draft: Contract) -> None:
    client, address = signed_in(cast.member), at("edit", draft, "parties")
    sent = filled(client, address, "find")
    page = client.post(address, sent | {"find": "鲁南", "do": "find"}).content.decode()
    assert cast.other_enterprise.name in page
    button = f"add:buyer:{cast.other_enterprise.code}"
    assert f'value="{button}"' in page
    page = client.post(address, sent_by(form_with(page, "find")) | {"do": button}).content.decode()
    sent = sent_by(form_with(page, "find"))
    names = [value for key, values in sent.items() if key.endswith("-name") for value in values]
    assert names[:3] == ["沂蒙磁材有限公司", "沂州理工大学", "鲁南机械有限公司"]
    assert Contract.objects.get().parties.count() == 2
    sent |= {"parties-1-share_bp": "33.33", "parties-2-share_bp": "66.68", "do": "save"}
    answer = client.post(address, sent)
    assert answer.status_code == 400
    assert "份额合计应为 100%" in answer.content.decode()
    assert 'value="66.68"' in answer.content.decode()
    assert client.post(address, sent | {"parties-2-share_bp": "66.67"}).status_code == 302
    rows = draft.parties.filter(side="buyer").values_list("name", "share_bp")
    assert list(rows) == [("沂州理工大学", 3333), ("鲁南机械有限公司", 6667)]


def test_a_party_from_outside_is_typed_and_a_person_has_no_number(
    cast: Cast, draft: Contract
) -> None:
    client, address = signed_in(cast.member), at("edit", draft, "parties")
    sent = filled(client, address, "find")
    sent |= {
        "parties-1-organization": "",
        "parties-1-name": "王某",
        "parties-1-is_person": "on",
        "parties-1-identity": "371302199001011234",
        "parties-1-district": "37130",
    }
    page = client.post(address, sent).content.decode()
    assert "平台不保存身份证号" in page
    assert "请填写六位数字的行政区划代码" in page
    sent |= {"parties-1-identity": "", "parties-1-district": "371302"}
    assert client.post(address, sent).status_code == 302
    buyer = draft.parties.get(side="buyer")
    assert (buyer.name, buyer.is_person, buyer.identity, buyer.organization) == (
        *("王某", True, ""),
        None,
    )


def test_the_keeper_cannot_leave_its_own_contract(cast: Cast, draft: Contract) -> None:
    client, address = signed_in(cast.member), at("edit", draft, "parties")
    sent = filled(client, address, "find")
    page = client.post(address, sent | {"drop_row_parties": "0"}).content.decode()
    answer = client.post(address, sent_by(form_with(page, "find")) | {"do": "save"})
    assert answer.status_code == 400
    assert "保存这份合同的单位必须是卖方或者买方" in answer.content.decode()
    assert draft.parties.count() == 2


def test_sums_and_capitals_are_shown_before_saving(cast: Cast, draft: Contract) -> None:
    client, address = signed_in(cast.member), at("edit", draft, "worksheet")
    sent = filled(client, address, "deductions-TOTAL_FORMS")
    sent |= {
        "deductions-0-kind": "equipment",
        "deductions-0-amount_fen": "60,000.05",
        "deductions-0-note": "烧结炉",
    }
    page = client.post(address, sent | {"do": "compute"}).content.decode()
    assert "60,000.05" in page
    assert "陆万元零伍分" in page
    assert "799,999.95" in page
    assert "柒拾玖万玖仟玖佰玖拾玖元玖角伍分" in page
    assert draft.deductions.count() == 0
    answer = client.post(address, sent | {"deductions-0-amount_fen": "860000.01", "do": "save"})
    assert answer.status_code == 400
    assert "技术交易额不能为负数" in answer.content.decode()
    assert client.post(address, sent | {"do": "save"}).status_code == 302
    draft.refresh_from_db()
    assert draft.amount_technical_fen == 79_999_995
    page = client.get(at("show", draft)).content.decode()
    assert "799,999.95" in page
    assert "捌拾陆万元整" in page


def test_a_foreign_contract_needs_its_rate(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.member)
    typed = {"currency": "USD", "foreign_amount": "100000.50", "amount_total_fen": ""}
    answer = edited(client, draft, "money", "currency", **typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count("外币合同请填写汇率") >= 1
    assert "请填写汇率日期" in page
    assert 'value="100000.50"' in page
    typed |= {"rate_text": "7.1234", "rate_on": "2026-11-20"}
    assert edited(client, draft, "money", "currency", **typed).status_code == 302
    draft.refresh_from_db()
    assert (draft.foreign_amount, draft.amount_total_fen) == (10_000_050, 71_234_356)
    page = client.get(at("edit", draft, "money")).content.decode()
    assert 'value="100000.50"' in page
    assert "712,343.56" in page


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("amount_total_fen", "-1", "金额不能为负数"),
        ("amount_total_fen", "1e9", "请输入数字"),
        ("amount_total_fen", "1.005", "最多保留两位小数"),
        ("amount_total_fen", "9" * 400, "请输入数字"),
        ("rate_text", "0", "请填写大于 0 的数字"),
        ("rate_text", "7.1" + "0" * 30, "最多 20 个字"),
        ("rate_on", "2026-02-30", "请按 2027-05-01 的格式填写日期"),
        ("rate_on", "1986-12-31", "日期应在 1987 年至 2100 年之间"),
        ("foreign_amount", "NaN", "有 "),
        ("currency", "XXX", "选择"),
    ],
)
def test_hostile_money_is_an_error_at_its_field(
    cast: Cast, draft: Contract, name: str, typed: str, says: str
) -> None:
    currency = "CNY" if name == "amount_total_fen" else "USD"
    data = {"currency": currency} | {name: typed}
    answer = edited(signed_in(cast.member), draft, "money", "currency", **data)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert Contract.objects.get().amount_total_fen == 86_000_000


def test_rows_come_and_go_without_script_and_without_loss(cast: Cast, draft: Contract) -> None:
    client, address = signed_in(cast.member), at("edit", draft, "acceptance")
    sent = filled(client, address, "acceptance-TOTAL_FORMS")
    sent |= {"acceptance-0-name": "强度", "acceptance-0-target": "≥6.5"}
    page = client.post(address, sent | {"add_row_acceptance": "1"}).content.decode()
    sent = sent_by(form_with(page, "acceptance-TOTAL_FORMS"))
    assert sent["acceptance-TOTAL_FORMS"] == ["2"]
    assert sent["acceptance-0-name"] == ["强度"]
    sent |= {"acceptance-1-name": "密度", "acceptance-1-target": "", "do": "save"}
    answer = client.post(address, sent)
    assert answer.status_code == 400
    assert 'value="密度"' in answer.content.decode()
    sent |= {"acceptance-1-target": "≤900", "acceptance-1-unit": "kg/m³"}
    assert client.post(address, sent).status_code == 302
    draft.refresh_from_db()
    assert draft.acceptance == [
        {"name": "强度", "target": "≥6.5", "unit": "", "method": ""},
        {"name": "密度", "target": "≤900", "unit": "kg/m³", "method": ""},
    ]


def test_a_section_that_does_not_exist_is_404(cast: Cast, draft: Contract) -> None:
    assert signed_in(cast.member).get(at("edit", draft, "nothing")).status_code == 404


def test_the_other_side_reads_and_does_not_write(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.university_admin)
    assert client.get(at("show", draft)).status_code == 200
    assert at("edit", draft, "basics") not in client.get(at("show", draft)).content.decode()
    assert client.get(at("edit", draft, "basics")).status_code == 403


# --- from draft to signature ------------------------------------------------------------------
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
    assert "印章、签字齐全后勾选" in page
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


# --- amendments -------------------------------------------------------------------------------
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


# --- performance ------------------------------------------------------------------------------
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


# --- who sees what ----------------------------------------------------------------------------
def test_a_named_broker_sees_title_parties_state_and_amount_alone(cast: Cast) -> None:
    broker = make_broker(cast.broker)
    cast.broker.forget_access()
    contract = make_contract(
        cast.enterprise,
        cast.approver,
        cast.university,
        parties=[{"side": "broker", "broker": broker.code}],
    )
    client = signed_in(cast.broker)
    page = client.get(at("show", contract)).content.decode()
    assert contract.title in page
    assert "86 万元" in page
    assert "开发低甲醛胶黏剂的配方" not in page
    assert cast.enterprise.uscc not in page
    for name in ("print", "docx", "text"):
        assert client.get(at(name, contract)).status_code == 404


def test_files_of_a_contract_are_for_its_readers(cast: Cast, draft: Contract) -> None:
    advance(draft, "confirming", cast.approver)
    address = draft.texts.get().file.url
    assert signed_in(cast.university_member).get(address).status_code == 200
    assert signed_in(cast.outsider).get(address).status_code == 404


def test_the_english_page_has_no_chinese_interface(cast: Cast, draft: Contract) -> None:
    page = signed_in(cast.member).get("/en" + at("show", draft)).content.decode()
    assert "Technology contracts" in page
    assert not re.search(r"<h2[^>]*>[^<]*[一-鿿]", page)
