"""The list of contracts and who reads what."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import advance, make_contract
from tests.marketplace.deals.pages import at, signed_in

pytestmark = pytest.mark.django_db


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
    for words in ("甲醛释放量", "捌拾陆万元", "SHA-256", "经过", "下载 DOCX", "办理"):
        assert words not in page, words
    closed = ("print", "docx", "pdf", "text", "evidence", "sign", "copy", "start", "pay", "invoice")
    for name in (*closed, "perform", "terminate", "cancel"):
        assert client.get(at(name, contract)).status_code == 404, name
    for section in ("basics", "money", "particulars"):
        assert client.get(at("edit", contract, section)).status_code == 404
    assert contract.title in client.get(reverse("deals:list")).content.decode()


def test_files_of_a_contract_are_for_its_readers(cast: Cast, draft: Contract) -> None:
    advance(draft, "confirming", cast.approver)
    address = draft.texts.get().file.url
    assert signed_in(cast.university_member).get(address).status_code == 200
    assert signed_in(cast.outsider).get(address).status_code == 404


def test_the_english_page_has_no_chinese_interface(cast: Cast, draft: Contract) -> None:
    page = signed_in(cast.member).get("/en" + at("show", draft)).content.decode()
    assert "Technology contracts" in page
    assert not re.search(r"<h2[^>]*>[^<]*[一-鿿]", page)
