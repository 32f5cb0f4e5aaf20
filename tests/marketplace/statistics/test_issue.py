"""An issue tells nothing of contracts that wait, and counts a firm once however it is written."""

from datetime import date, timedelta

import pytest

from marketplace.deals.models import ContractParty
from marketplace.kernel import clock
from marketplace.registration.models import LedgerEntry
from marketplace.statistics.models import IssueState, PublicIssue
from marketplace.statistics.rulebook.firms import joined
from marketplace.statistics.services.issue import issue_year, items_of
from tests.factories.ledger import WAN, make_registered

CODE = "91371302MA3C0Y0000"
NAME = "临沂某某（沂蒙）有限公司"


def bands() -> list[tuple[int | None, int | None]]:
    return list(IssueState.objects.values_list("largest_low", "largest_high"))


@pytest.mark.django_db
def test_a_contract_that_waits_does_not_move_the_band() -> None:
    for n in range(1, 31):
        make_registered((30 + n) * WAN, on=date(2026, 10, n))
    assert issue_year("city", 2026) == 1
    assert bands() == [(0, 5)]
    make_registered(1_200 * WAN, on=date(2026, 10, 29))
    with clock.shift(timedelta(1)):
        assert issue_year("city", 2026) == 0
        assert bands() == [(0, 5)]
    make_registered(1_000 * WAN, on=date(2026, 10, 29))
    make_registered(1_100 * WAN, on=date(2026, 10, 29))
    with clock.shift(timedelta(2)):
        assert issue_year("city", 2026) == 1
    assert bands() == [(20, None)]


@pytest.mark.django_db
def test_nothing_published_has_no_band() -> None:
    make_registered(1_200 * WAN)
    assert issue_year("city", 2026) == 0
    assert bands() == [(None, None)]


@pytest.mark.django_db
def test_one_seller_in_three_spellings_holds_the_total_back() -> None:
    made = [make_registered(100 * WAN) for _n in range(3)]
    spelled = ((NAME, CODE), (NAME, ""), ("临沂某某 (沂蒙)有限公司", ""))
    for filing, (name, code) in zip(made, spelled, strict=True):
        rows = ContractParty.objects.filter(contract=filing.contract, side="seller")
        rows.update(name=name, identity=code)
    sellers = [item.parties for item in items_of(LedgerEntry.objects.all())]
    assert len(frozenset.intersection(*sellers)) == 1
    assert len(frozenset.union(*sellers)) == 4
    assert issue_year("city", 2026) == 0
    assert not PublicIssue.objects.exists()


@pytest.mark.parametrize(
    ("rows", "firms"),
    [
        ([(CODE, "甲公司"), ("", "甲公司")], 1),
        ([("", "甲　公司"), ("", " 甲公司 ")], 1),
        ([("", "甲(临沂)公司"), ("", "甲（临沂）公司")], 1),
        ([(CODE, "甲公司"), (CODE.lower(), "乙公司")], 1),
        ([("", "ＡＢＣ公司"), ("", "abc公司")], 1),
        # The code joins two names, the second name joins a third row.
        ([("", "甲公司"), ("", "乙公司"), (CODE, "甲公司"), (CODE, "乙公司")], 1),
        # The link comes last, between two groups.
        ([("1", "甲"), ("1", "乙"), ("2", "丙"), ("2", "丁"), ("", "丁"), ("2", "乙")], 1),
        ([(CODE, "甲公司"), ("", "乙公司")], 2),
        ([(CODE, "甲公司"), ("91371302MA3C0Y0001", "乙公司")], 2),
        # A name that is the code of another firm is not that code.
        ([("甲", "乙"), ("", "甲")], 2),
        ([("", "***"), ("", "---")], 2),
    ],
)
def test_firms_are_joined_by_code_or_name(rows: list[tuple[str, str]], firms: int) -> None:
    found = joined((n, code, name) for n, (code, name) in enumerate(rows))
    assert [len(one) for one in found.values()] == [1] * len(rows)
    assert len(frozenset.union(*found.values())) == firms


def test_a_party_without_code_and_name_is_left_out() -> None:
    assert joined([(1, "", " ")]) == {}
