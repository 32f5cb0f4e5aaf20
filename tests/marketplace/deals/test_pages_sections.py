"""Sections of a draft: what is typed is kept, what is stale is refused, errors stand at their fields."""

import pytest

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.cast import Cast
from tests.filled import form_with, sent_by
from tests.marketplace.deals.pages import at, edited, filled, signed_in

pytestmark = pytest.mark.django_db


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
