"""A row of the register that is of a filing that waits for its number registers it, and no contract is made twice."""

from typing import Any

import pytest

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.registration.models import Filing, LedgerEntry
from marketplace.registration.services import filing as services
from tests.cast import Cast
from tests.factories.registration import make_filing, number
from tests.marketplace.registration.test_numbers_of_others import checked, numbers, row_of
from tests.marketplace.registration.test_register_import import carried_out

pytestmark = pytest.mark.django_db
REGISTERED, SKIPPED = {"read": 1, "registered": 1}, {"read": 1, "skipped": 1}


def row(filing: Filing, **given: Any) -> dict[str, str]:
    """The row of the register for this filing, with a number of its own and without our code."""
    contract = filing.contract
    told = {
        "title": contract.title,
        "seller": contract.parties.get(side="seller").name,
        "signed_on": f"{contract.signed_on}",
        "total": f"{(contract.amount_total_fen or 0) / 1_000_000}",
        "technical": "1",
    }
    return row_of(number(), **(told | given))


def said(batch: Any) -> tuple[str, str]:
    (problem,) = batch.problems
    return problem["column"], problem["text"]


@pytest.mark.parametrize("state", ["approved", "forwarded", "filed"])
def test_a_row_with_our_code_registers_the_filing(cast: Cast, state: str) -> None:
    filing = make_filing(cast, state)
    data = row(filing, code=f" {filing.code.lower()} ", title="改过的名称")
    batch = checked(cast, data)
    assert numbers(batch) == REGISTERED
    carried_out(cast, batch)
    filing.refresh_from_db()
    assert (filing.status, filing.official_number) == ("registered", data["official_number"])
    assert Contract.objects.count() == 1
    assert LedgerEntry.objects.count() == 1
    assert numbers(checked(cast, data)) in ({"read": 1, "unchanged": 1}, {"read": 1, "updated": 1})


@pytest.mark.parametrize("given", [{"total": "3"}, {"title": "登记时改了名称"}])
def test_without_our_code_seller_day_and_title_or_amount_are_enough(
    cast: Cast, given: dict[str, str]
) -> None:
    filing = make_filing(cast, "approved")
    batch = checked(cast, row(filing, **given))
    assert numbers(batch) == REGISTERED
    carried_out(cast, batch)
    filing.refresh_from_db()
    assert filing.status == "registered"
    assert Contract.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"seller": "别家有限公司"},
        {"signed_on": "2020-01-02"},
        {"title": "另一份合同", "total": "3"},
    ],
)
def test_a_row_that_differs_is_a_contract_of_its_own(cast: Cast, given: dict[str, str]) -> None:
    filing = make_filing(cast, "approved")
    assert numbers(checked(cast, row(filing, **given))) == {"read": 1, "created": 1}


def test_a_filing_that_is_still_reviewed_takes_no_number_by_likeness(cast: Cast) -> None:
    filing = make_filing(cast, "accepted")
    assert numbers(checked(cast, row(filing))) == {"read": 1, "created": 1}
    batch = checked(cast, row(filing, code=filing.code))
    assert (numbers(batch), said(batch)[0]) == (SKIPPED, "本平台编号")
    assert "已受理" in said(batch)[1]


def test_of_two_filings_that_are_alike_neither_is_taken(cast: Cast) -> None:
    first, second = make_filing(cast, "approved"), make_filing(cast, "approved")
    batch = checked(cast, row(first))
    assert numbers(batch) == SKIPPED
    assert said(batch)[1].startswith(f"{first.code}、{second.code} 都在等待登记编号")
    assert numbers(checked(cast, row(first, code=second.code))) == REGISTERED


def test_the_title_decides_between_two_of_one_amount(cast: Cast) -> None:
    make_filing(cast, "approved", title="甲项目")
    other = make_filing(cast, "approved", title="乙项目")
    batch = checked(cast, row(other))
    assert numbers(batch) == REGISTERED
    carried_out(cast, batch)
    other.refresh_from_db()
    assert other.status == "registered"


def test_of_two_rows_of_one_filing_the_surer_one_is_taken(cast: Cast) -> None:
    filing = make_filing(cast, "approved")
    by_amount = row(filing, title="同日同额的另一份")
    batch = checked(cast, by_amount, row(filing))
    assert numbers(batch) == {"read": 2, "registered": 1, "skipped": 1}
    assert batch.problems[0]["row"] == 2
    assert f"与第 3 行都对应 {filing.code}" in batch.problems[0]["text"]
    batch = checked(cast, row(filing), row(filing))
    assert numbers(batch) == {"read": 2, "skipped": 2}


def test_another_number_than_the_seller_reported_is_named(cast: Cast) -> None:
    filing = make_filing(cast, "approved")
    typed = number()
    filing = services.record_filed(
        filing, reported_number=typed, reported_on=clock.today(), actor=cast.approver
    )
    batch = checked(cast, row(filing))
    assert numbers(batch) == SKIPPED
    assert f"卖方报告的登记编号是 {typed}" in said(batch)[1]
    assert numbers(checked(cast, row(filing, code=filing.code))) == REGISTERED


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("RD2026-AAAAAA-A", "“RD2026-AAAAAA-A”不是登记申请的编号"),
        ("HT123", "“HT123”不是登记申请的编号"),
    ],
)
def test_a_code_that_is_none_is_named_at_its_column(cast: Cast, typed: str, text: str) -> None:
    filing = make_filing(cast, "approved")
    batch = checked(cast, row(filing, code=typed))
    assert (numbers(batch), said(batch)[0]) == (SKIPPED, "本平台编号")
    assert text in said(batch)[1]


def test_a_code_of_another_contract_registers_nothing(cast: Cast) -> None:
    filing, other = make_filing(cast, "approved"), make_filing(cast, "registered")
    batch = checked(cast, row(filing, code=filing.code, seller="别家有限公司"))
    assert said(batch) == ("本平台编号", "卖方、签订日期或项目名称与这份登记申请不符，请核对")
    batch = checked(cast, row(filing, code=other.code))
    assert f"本平台记录的登记编号是 {other.official_number}" in said(batch)[1]
    batch = checked(
        cast, row(filing, code=filing.code) | {"official_number": other.official_number or ""}
    )
    assert said(batch)[1].startswith(f"{other.code} 已使用这个编号，与本行的本平台编号不同")
    reporter = services.record_filed(
        make_filing(cast, "approved", title="丙项目"),
        reported_number=(typed := number()),
        reported_on=clock.today(),
        actor=cast.approver,
    )
    batch = checked(cast, row(filing, code=filing.code) | {"official_number": typed})
    assert said(batch)[1].startswith(f"{reporter.code} 报告了本行的登记编号")
    Filing.objects.filter(pk=filing.pk).update(code="RD2026-7KQ4ZM-H")
    batch = checked(cast, row(filing, code=filing.code))
    assert said(batch) == ("本平台编号", "没有找到这份登记申请")
