"""The yearly form: counted from the record, typed where it cannot be, and the same in the file."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest
from openpyxl import load_workbook

from marketplace.brokerage import services
from marketplace.brokerage.models import YearlyForm
from marketplace.brokerage.queries import filing as filings
from marketplace.brokerage.queries import record
from marketplace.brokerage.rulebook.filing import growth, share
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Stale
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.brokerage import make_broker, make_certificate
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Facts by broker, as the slices that hold them give them."""
    facts: list[Any] = []

    def source(ids: Any, since: Any, until: Any) -> dict[int, list[record.Fact]]:
        found: dict[int, list[record.Fact]] = {}
        for pk, fact in facts:
            if pk in ids and (since is None or since <= fact.at < until):
                found.setdefault(pk, []).append(fact)
        return found

    monkeypatch.setattr(record, "_sources", [source])
    return facts  # type: ignore[return-value]


def contract(at: datetime, **values: Any) -> record.Fact:
    filled = {
        "title": "新材料 · 技术开发",
        "name": "无醛胶黏剂中试",
        "number": "2026370000000123",
        "buyer": "鲁南森栖木业有限公司",
        "seller": "沂州理工大学",
        "amount_fen": 123_456_789,
        "technical_fen": 100_000_050,
        "is_registered": True,
        "is_achievement": True,
    }
    return record.Fact(record.CONTRACT, at, **{**filled, **values})


def sheet_rows(data: bytes, title: str) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(data))
    return [
        ["" if cell.value is None else cell.value for cell in row]
        for row in book[title].iter_rows()
    ]


def test_the_file_read_back_is_the_record(cast: Cast, as_: As, sources: list[Any]) -> None:
    year = clock.today().year
    broker = make_broker(cast.member, organization=cast.enterprise)
    held = make_certificate(broker, number="=HYPERLINK(1)", valid_until=date(year + 2, 1, 1))
    other = make_broker(organization=cast.enterprise, name="赵二")
    start, end = filings.period(year)
    sources += [
        (broker.pk, contract(start)),
        (other.pk, contract(start, name="+cmd", number="@x", is_achievement=False)),
        (broker.pk, contract(end)),
        (broker.pk, record.Fact(record.INTRODUCTION, start, "新材料")),
        (broker.pk, record.Fact(record.INTENT, start, "新材料")),
    ]
    need = make_need(cast.enterprise, cast.member, state="published")
    assert Need.objects.get(pk=need.pk).published_at >= start
    client, code = as_(cast.org_admin), cast.enterprise.code
    page = reverse("brokerage:filing", args=[code, year])
    typed = {"area": "320", "staff": "10", "service_income": "25.5", "service_before": "20"}
    typed |= {"business": "技术转移", "legal_form": "company", "founded": "2015-06-01", "rev": "1"}
    assert client.post(page, typed).status_code == 302
    answer = client.post(
        reverse("brokerage:filing_export", args=[code, year]),
        {f"id_{broker.code}": "37130219800101001X"},
    )
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    form = filings.filing_form(cast.enterprise, year)
    told = {row[0]: row[1] for row in sheet_rows(data, "基本情况")}
    assert told["机构名称"] == cast.enterprise.name
    assert told["统一社会信用代码"] == cast.enterprise.uscc
    assert told["机构法人类型"] == "企业法人"
    assert (told["促成登记的技术合同"], told["双方确认的对接"], told["达成的合作意向"]) == (2, 1, 1)
    assert told["促成技术合同登记金额"] == "246.913578"
    assert told["其中技术交易额"] == "200.0001"
    assert told["促成成果交易额"] == "123.456789"
    assert (told["征集企业需求"], told["办公面积"], told["技术经理人数量"]) == (1, 320, 2)
    assert (told["技术经理人占总人数比例"], told["技术转移及服务收入增长率"]) == ("20.0%", "27.5%")
    assert told["技术转移及服务收入"] == "25.5"
    contracts = sheet_rows(data, "技术合同")[1:]
    assert [row[0] for row in contracts] == ["无醛胶黏剂中试", "'+cmd"]
    assert contracts[0][1:5] == ["2026370000000123", "123.456789", "123.456789", "100.00005"]
    assert sheet_rows(data, "成果交易")[1:] == [
        ["无醛胶黏剂中试", "鲁南森栖木业有限公司", "沂州理工大学", "123.456789"]
    ]
    people = {row[0]: row[1:] for row in sheet_rows(data, "技术经纪人")[1:]}
    assert people[broker.name] == [
        "37130219800101001X",
        held.label,
        "'=HYPERLINK(1)",
        held.issuer,
    ]
    assert people["赵二"] == ["", "", "", ""]
    missing = [row[0] for row in sheet_rows(data, "待补内容")[1:]]
    assert missing == [
        *(str(item.label) for item in form.missing),
        "赵二：没有年末有效且已核对的证书",
    ]
    assert {"负责人", "营业收入", "自筹投入"} <= set(missing)
    for text in ("负责人", "赵二"):
        assert text in client.get(page).text
    # The number of the identity document is in the file alone.
    assert "37130219800101001X" not in str(YearlyForm.objects.values())
    book = load_workbook(io.BytesIO(data))
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)


def test_a_broker_files_for_himself(cast: Cast, as_: As, sources: list[Any]) -> None:
    year = clock.today().year
    broker = make_broker(cast.broker)
    sources.append((broker.pk, contract(datetime(year, 3, 1, tzinfo=UTC))))
    page = reverse("brokerage:filing", args=[broker.code, year])
    client = as_(cast.broker)
    assert "123.456789" in client.get(page).text
    assert page in client.get(reverse("brokerage:filings")).text
    assert as_(cast.outsider).get(page).status_code == 404
    for wrong in (year + 1, 1999):
        assert client.get(reverse("brokerage:filing", args=[broker.code, wrong])).status_code == 404


def test_figures_are_kept_by_year_and_a_stale_page_shows_both(cast: Cast, as_: As) -> None:
    year, code = clock.today().year, cast.enterprise.code
    page = reverse("brokerage:filing", args=[code, year])
    client = as_(cast.approver)
    assert client.post(page, {"staff": "12", "rev": "1"}).status_code == 302
    late = client.post(page, {"staff": "15", "rev": "1"})
    assert late.status_code == 409
    assert "12" in late.text
    assert "15" in late.text
    assert YearlyForm.objects.get().figures == {"staff": 12}
    bad = client.post(page, {"staff": "3", "masters": "9", "area": "-1", "rev": "2"})
    assert bad.status_code == 400
    assert "不能多于总人数" in bad.text
    with pytest.raises(Forbidden):
        services.save_filing(cast.enterprise, year, {}, actor=cast.member)
    with pytest.raises(Stale):
        services.save_filing(cast.enterprise, year, {}, actor=cast.approver, rev="7")


def test_shares_and_growth_are_rounded_half_up() -> None:
    assert [share(1, 8), share(0, 3), share(1, 0), share(2, 3)] == ["12.5%", "0.0%", "", "66.7%"]
    assert [growth(3, 2), growth(1, 3), growth(5, None), growth(2, 2)] == [
        *("50.0%", "-66.7%", "", "0.0%"),
    ]
