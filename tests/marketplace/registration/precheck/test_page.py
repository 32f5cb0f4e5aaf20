"""The pre-check of a contract that lies here: service, page, API, and who sees what."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

import docx
import pytest

from marketplace.deals.models import Contract, ContractParty, Deduction
from marketplace.deals.services import save_section
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.parties.models import Organization
from marketplace.registration.services import precheck
from tests.cast import Cast
from tests.factories.deals import make_contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(cast: Cast) -> Contract:
    """A draft of the university, which sells to the enterprise."""
    return make_contract(cast.university, cast.university_admin, cast.enterprise)


def _address(contract: Contract) -> str:
    return reverse("registration:precheck", args=[contract.code])


def _document(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _upload(data: bytes, name: str = "合同.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_findings_of_a_draft(contract: Contract, cast: Cast) -> None:
    codes = {row.code for row in precheck.run(contract, cast.university_admin)}
    assert {"not_signed", "industry_missing", "targets_not_quantified"} <= codes
    assert not codes & {"party_missing", "price_unclear", "title_missing", "validity_missing"}


def test_a_mended_contract_has_fewer_findings(contract: Contract, cast: Cast) -> None:
    before = {row.code for row in precheck.run(contract, cast.university_admin)}
    save_section(
        contract,
        "acceptance",
        {
            "acceptance": [
                {"name": "甲醛释放量", "target": "≤0.05", "unit": "mg/m³", "method": "气候箱"}
            ]
        },
        actor=cast.university_admin,
    )
    contract = Contract.objects.get(pk=contract.pk)
    after = {row.code for row in precheck.run(contract, cast.university_admin)}
    assert before - after == {"targets_not_quantified", "acceptance_missing"}
    assert not after - before


def test_nobody_else_runs_it(contract: Contract, cast: Cast) -> None:
    for person in (cast.outsider, cast.broker, cast.expert):
        with pytest.raises(Forbidden):
            precheck.run(contract, person)
        with pytest.raises(Forbidden):
            precheck.flags(contract, person)


def test_flags_are_for_the_registrar_of_the_desk(contract: Contract, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        precheck.flags(contract, cast.registrar_city)
    Contract.objects.filter(pk=contract.pk).update(desk_district="371302")
    contract.refresh_from_db()
    assert precheck.flags(contract, cast.registrar_city) == []
    for person in (cast.university_admin, cast.org_admin, cast.authority, cast.auditor):
        with pytest.raises(Forbidden):
            precheck.flags(contract, person)


def test_two_halves_are_seen_by_the_registrar(cast: Cast) -> None:
    halves = [
        make_contract(
            cast.university, cast.university_admin, cast.enterprise, total=30_000_000_000 // 100
        )
        for _at in range(2)
    ]
    Contract.objects.update(desk_district="371302", signed_on=clock.today(), status="signed")
    contract = Contract.objects.get(pk=halves[1].pk)
    kinds = {flag.kind: flag for flag in precheck.flags(contract, cast.registrar_city)}
    assert kinds["split"].codes == (halves[0].code,)
    assert kinds["same_text"].codes == (halves[0].code,)


def test_neighbours_cost_the_same_whatever_their_number(cast: Cast) -> None:
    contract = make_contract(cast.university, cast.university_admin, cast.enterprise)
    Contract.objects.filter(pk=contract.pk).update(desk_district="371302")
    contract = Contract.objects.get(pk=contract.pk)
    counts = []
    for more in (1, 5):
        for _at in range(more):
            make_contract(cast.university, cast.university_admin)
        contract = Contract.objects.get(pk=contract.pk)
        cast.registrar_city.has_perm("registration.see_risks", contract)
        with CaptureQueriesContext(connection) as queries:
            precheck.flags(contract, cast.registrar_city)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_names_findings_with_their_article(
    contract: Contract, cast: Cast, client: Client
) -> None:
    client.force_login(cast.university_admin)
    page = client.get(_address(contract))
    text = page.content.decode()
    assert page.status_code == 200
    assert "必须补正" in text
    assert "未填签订日期" in text
    assert "技术合同登记表（表号 JJ-001）填写项" in text
    assert "条文未核实" in text
    assert "风险提示" not in text
    assert contract.title in text


def test_both_rulebooks_answer_on_the_page(contract: Contract, cast: Cast, client: Client) -> None:
    client.force_login(cast.university_admin)
    Contract.objects.filter(pk=contract.pk).update(
        signed_on=clock.today().replace(year=2025), status="signed"
    )
    response = client.get(_address(contract))
    assert response.context["report"].book.version == "2001"
    assert "〔2001〕253号" in response.content.decode()
    assert {row.rulebook for row in response.context["report"].findings} == {"2001"}


def test_the_page_shows_flags_to_the_registrar_alone(
    contract: Contract, cast: Cast, client: Client
) -> None:
    Contract.objects.filter(pk=contract.pk).update(desk_district="371302")
    client.force_login(cast.registrar_city)
    assert "风险提示（仅登记员可见）" in client.get(_address(contract)).content.decode()
    client.force_login(cast.university_admin)
    assert "风险提示" not in client.get(_address(contract)).content.decode()


def test_a_text_is_compared_and_nothing_is_kept(
    contract: Contract, cast: Cast, client: Client
) -> None:
    client.force_login(cast.university_admin)
    data = _document(
        "甲方（委托方）：沂蒙磁材有限责任公司",
        f"乙方：{cast.university.name}",
        "合同价款为人民币900000元（大写：玖拾万元整）",
        "甲方（盖章）：沂蒙磁材有限公司",
    )
    page = client.post(_address(contract), {"file": _upload(data)})
    assert page.status_code == 200
    codes = {row.code for row in page.context["report"].findings}
    assert {"document_amount", "name_not_seal", "seal_missing"} <= codes
    assert "已读取文本" in page.content.decode()
    again = client.get(_address(contract))
    assert not {row.code for row in again.context["report"].findings} & {"document_amount"}


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"%PDF-1.7 x", "合同.pdf", "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99, "合同.docx", "密码"),
        (b"not a zip", "合同.docx", "扩展名不符"),
    ],
)
def test_unfit_files_are_refused_at_the_field(
    contract: Contract, cast: Cast, client: Client, data: bytes, name: str, reason: str
) -> None:
    client.force_login(cast.university_admin)
    page = client.post(_address(contract), {"file": _upload(data, name)})
    assert page.status_code == 400
    assert reason in str(page.context["form"].errors["file"])


def test_a_post_without_a_file_says_so(contract: Contract, cast: Cast, client: Client) -> None:
    client.force_login(cast.university_admin)
    page = client.post(_address(contract))
    assert page.status_code == 400
    assert page.context["form"].errors["file"]


def test_a_large_file_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as caught:
        precheck.read_upload(
            _upload(b"PK\x03\x04" + b"0" * precheck.MAX_BYTES), cast.university_admin
        )
    assert "10.0" in str(caught.value.errors["file"][0])


def test_page_and_api_say_the_same(contract: Contract, cast: Cast, client: Client) -> None:
    client.force_login(cast.university_admin)
    answer = client.get(reverse("api:contract_check", args=[contract.code])).json()
    report = precheck.report(contract, cast.university_admin)
    assert [row["code"] for row in answer["findings"]] == [row.code for row in report.findings]
    assert answer["rulebook"] == "2026"
    assert answer["route"] == report.route.route
    assert "flags" not in answer


def test_a_text_sent_to_the_api_is_compared_as_on_the_page(
    contract: Contract, cast: Cast, client: Client
) -> None:
    client.force_login(cast.university_admin)
    data = _document(
        "甲方（委托方）：沂蒙磁材有限责任公司",
        f"乙方：{cast.university.name}",
        "合同价款为人民币900000元（大写：玖拾万元整）",
        "甲方（盖章）：沂蒙磁材有限公司",
    )
    path = reverse("api:contract_check", args=[contract.code])
    answer = client.post(path, {"file": _upload(data)})
    page = client.post(_address(contract), {"file": _upload(data)})
    assert answer.status_code == 200
    found = [row["code"] for row in answer.json()["findings"]]
    assert found == [row.code for row in page.context["report"].findings]
    assert {"document_amount", "name_not_seal", "seal_missing"} <= set(found)
    plain = [row["code"] for row in client.get(path).json()["findings"]]
    assert set(found) - set(plain) >= {"document_amount", "name_not_seal", "seal_missing"}


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({}, "请选择文件"),
        ({"file": ("合同.pdf", b"%PDF-1.7 x")}, "docx"),
        ({"file": ("合同.docx", b"not a zip")}, "扩展名不符"),
        ({"file": ("合同.docx", b"")}, "空"),
    ],
)
def test_the_api_refuses_an_unfit_text_at_its_field(
    contract: Contract, cast: Cast, client: Client, sent: dict[str, Any], reason: str
) -> None:
    client.force_login(cast.university_admin)
    path = reverse("api:contract_check", args=[contract.code])
    body = {name: _upload(data, of) for name, (of, data) in sent.items()}
    answer = client.post(path, body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "file"
    assert reason in str(error)


def test_the_api_takes_a_text_as_multipart_alone(
    contract: Contract, cast: Cast, client: Client
) -> None:
    client.force_login(cast.university_admin)
    path = reverse("api:contract_check", args=[contract.code])
    answer = client.post(path, {"file": "x"}, content_type="application/json")
    assert answer.status_code == 415
    broken = client.post(path, b"--x", content_type="multipart/form-data")
    assert broken.status_code == 400


def test_strangers_learn_nothing(contract: Contract, cast: Cast, client: Client) -> None:
    client.force_login(cast.outsider)
    assert client.get(_address(contract)).status_code == 404
    path = reverse("api:contract_check", args=[contract.code])
    assert client.get(path).status_code == 404
    assert client.post(path, {"file": _upload(_document("甲方"))}).status_code == 404
    client.logout()
    assert client.get(_address(contract)).status_code == 302


def _in_english(client: Client, contract: Contract) -> Any:
    with translation.override("en"):
        return client.get(_address(contract))


def test_the_page_is_english_for_english_readers(
    contract: Contract, cast: Cast, client: Client
) -> None:
    client.force_login(cast.university_admin)
    text = _in_english(client, contract).content.decode()
    assert "Registration check" in text
    assert "Must be mended" in text


def test_the_number_of_queries_does_not_depend_on_the_parties(cast: Cast, client: Client) -> None:
    client.force_login(cast.university_admin)
    counts: list[int] = []
    for more in (0, 6):
        contract = make_contract(cast.university, cast.university_admin)
        ContractParty.objects.bulk_create(
            ContractParty(contract=contract, side="buyer", position=at + 2, name=f"合作单位{at}")
            for at in range(more)
        )
        Deduction.objects.bulk_create(
            Deduction(contract=contract, kind="equipment", amount_fen=100) for _at in range(more)
        )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_address(contract)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 45


def test_the_countdown(cast: Cast) -> None:
    contract = make_contract(
        cast.university, cast.university_admin, ends_on=clock.today() + timedelta(days=9)
    )
    report = precheck.report(contract, cast.university_admin)
    assert report.days_left == 9
    assert "expires_soon" in {row.code for row in report.findings}


def test_papers_name_what_is_missing(contract: Contract, cast: Cast) -> None:
    papers = precheck.report(contract, cast.university_admin).papers
    assert [row.state for row in papers] == ["missing", "have"]
    assert Organization.objects.exists()


def test_a_second_review_says_that_it_is_stricter_than_its_source(
    cast: Cast, client: Client
) -> None:
    """The source speaks of the 技术交易额: a contract that is large by its 成交额 alone is reviewed twice here."""
    total = 600_000_000
    contract = make_contract(cast.university, cast.university_admin, cast.enterprise, total=total)
    client.force_login(cast.university_admin)
    text = client.get(_address(contract)).content.decode()
    assert "成交额达到 500 万元，需要另一人复审" in text
    assert "大额合同一般为技术交易额 500 万元以上" in text
    assert "本平台按成交额比较，比该标准更严" in text
