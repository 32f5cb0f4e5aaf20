"""Money, periods, keys and the text of a mandate: exact values, and laws that hold for all."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage.rulebook.commission import Terms, fee_of, problems, shares_of
from marketplace.brokerage.rulebook.keys import pair_key, party_key, party_keys, subject_key
from marketplace.brokerage.rulebook.mandate_text import (
    WORDINGS,
    hash_of,
    mandate_text,
    percent,
    wording_at,
    yuan,
)
from marketplace.brokerage.rulebook.periods import Rule, in_force, overlap, protected_until
from marketplace.kernel import clock
from marketplace.kernel.money import MAX_FEN

AMOUNT = st.integers(0, MAX_FEN)


@pytest.mark.parametrize(
    ("terms", "amount", "fee"),
    [
        (Terms(rate_bp=300), 100_000_000, 3_000_000),
        (Terms(rate_bp=333), 1_000, 33),  # 33.3 fen
        (Terms(rate_bp=50), 100, 1),  # half a fen is rounded up
        (Terms(rate_bp=49), 100, 0),
        (Terms(rate_bp=300, floor_fen=5_000_000), 100_000_000, 5_000_000),
        (Terms(rate_bp=300, cap_fen=2_000_000), 100_000_000, 2_000_000),
        (Terms(rate_bp=300, floor_fen=7, cap_fen=7), 100_000_000, 7),
        (Terms(rate_bp=10_000), MAX_FEN, MAX_FEN),
        (Terms(rate_bp=300), None, None),
        (Terms(fee_kind="sum", sum_fen=8_000_000), None, 8_000_000),
    ],
)
def test_the_fee_of_a_contract(terms: Terms, amount: int | None, fee: int | None) -> None:
    assert fee_of(terms, amount) == fee


@given(AMOUNT, st.integers(1, 10_000), AMOUNT, AMOUNT)
def test_a_fee_is_between_floor_and_cap_and_grows_with_the_amount(
    amount: int, rate: int, one: int, other: int
) -> None:
    floor, cap = sorted((one, other))
    terms = Terms(rate_bp=rate, floor_fen=floor, cap_fen=cap)
    fee = fee_of(terms, amount)
    assert fee is not None
    assert floor <= fee <= cap
    more = fee_of(terms, amount + 1)
    assert more is not None
    assert more >= fee
    bare = fee_of(Terms(rate_bp=rate), amount)
    assert bare is not None
    assert abs(bare * 10_000 - amount * rate) * 2 <= 10_000


@given(AMOUNT, st.integers(1, 9_999))
def test_both_shares_are_exactly_the_fee(fee: int, share: int) -> None:
    client, other = shares_of(Terms(payer="both", client_share_bp=share), fee)
    assert client + other == fee
    assert min(client, other) >= 0
    assert shares_of(Terms(payer="client"), fee) == (fee, 0)
    assert shares_of(Terms(payer="other"), fee) == (0, fee)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(), "rate_bp"),
        (Terms(rate_bp=10_001), "rate_bp"),
        (Terms(rate_bp=0), "rate_bp"),
        (Terms(rate_bp=1, floor_fen=2, cap_fen=1), "cap_fen"),
        (Terms(rate_bp=1, sum_fen=1), "sum_fen"),
        (Terms(fee_kind="sum"), "sum_fen"),
        (Terms(fee_kind="sum", sum_fen=1, rate_bp=1), "rate_bp"),
        (Terms(rate_bp=1, protection_days=100_000), "protection_days"),
        (Terms(rate_bp=1, due_days=-1), "due_days"),
        (Terms(rate_bp=1, payer="both", client_share_bp=10_000), "client_share_bp"),
        (Terms(rate_bp=1, payer="nobody"), "payer"),
        (Terms(rate_bp=1, expenses_fen=MAX_FEN + 1), "expenses_fen"),
    ],
)
def test_terms_that_cannot_be_agreed_to(terms: Terms, field: str) -> None:
    assert list(problems(terms)) == [field]


# --- periods ----------------------------------------------------------------------------------
def test_protection_ends_with_the_last_day_in_shanghai() -> None:
    # 23:30 in Shanghai on 1 March: that day does not count, the tenth after it ends at 24:00.
    at = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    assert protected_until(at, 10) == datetime(2026, 3, 11, 16, tzinfo=UTC)
    # Half an hour later it is 2 March there.
    later = at + timedelta(minutes=30)
    assert protected_until(later, 10) == datetime(2026, 3, 12, 16, tzinfo=UTC)
    assert protected_until(at, 0) == at


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)), st.integers(1, 1_095))
def test_a_protection_is_never_shorter_than_its_days(at: datetime, days: int) -> None:
    at = at.replace(tzinfo=UTC)
    until = protected_until(at, days)
    assert timedelta(days) < until - at <= timedelta(days + 1)
    assert clock.day_of(until - timedelta(microseconds=1)) == clock.day_of(at) + timedelta(days)


def test_periods_that_touch_do_not_overlap() -> None:
    day = [datetime(2026, 5, n, tzinfo=UTC) for n in range(1, 5)]
    assert not overlap((day[0], day[1]), (day[1], day[2]))
    assert overlap((day[0], day[2]), (day[1], day[3]))


def test_a_rule_holds_from_its_day_on() -> None:
    rules = (Rule(date(2026, 1, 1), 5), Rule(date(2027, 7, 1), 7))
    assert in_force(rules, datetime(2027, 6, 30, 15, 59, tzinfo=UTC)) == 5
    assert in_force(rules, datetime(2027, 6, 30, 16, tzinfo=UTC)) == 7


# --- keys -------------------------------------------------------------------------------------
def test_the_key_of_a_pair_does_not_depend_on_the_order() -> None:
    one, other = party_key("91371300MA3TEST01X"), party_key(None, "JG2026-AAAAAA-A")
    assert pair_key(one, other) == pair_key(other, one)
    assert len(pair_key(one, other)) <= 80
    assert party_keys("91371300ma3test01x", "JG2026-AAAAAA-A") == (
        "91371300MA3TEST01X",
        "org:JG2026-AAAAAA-A",
    )
    assert subject_key("needs", "XQ2026-7KQ4ZM-H") == "needs:XQ2026-7KQ4ZM-H"
    with pytest.raises(ValueError, match="two parties"):
        pair_key(one, one)


# --- the text ---------------------------------------------------------------------------------
def test_the_text_says_what_the_record_says() -> None:
    terms = Terms(
        exclusive=True,
        rate_bp=350,
        floor_fen=2_000_000,
        payer="both",
        client_share_bp=6_000,
        expenses_fen=500_000,
        note="{保密}事项另行约定。",
    )
    starts = datetime(2026, 2, 28, 16, tzinfo=UTC)
    names = {"client": "甲公司", "broker": "李经纪", "scope": "其发布的全部信息"}
    text = mandate_text(
        WORDINGS[-1], terms, **names, starts_at=starts, ends_at=starts + timedelta(31)
    )
    for said in (
        "2026 年 3 月 1 日起至 2026 年 3 月 31 日止",
        "独家委托",
        "3.5%，四舍五入到分，不低于 20,000.00 元",
        "委托方承担 60%，对方承担 40%",
        "最高 5,000.00 元（民法典第九百六十四条）",
        "绕开技术经纪人直接订立合同的，仍应支付报酬（民法典第九百六十五条）",
        "自对接登记之日的次日起 180 天",
        "{保密}事项另行约定。",
        "在线确认不等同于",
    ):
        assert said in text
    assert len(hash_of(text)) == 64
    assert wording_at(starts) is WORDINGS[0]
    assert (percent(10_000), percent(5), percent(350)) == ("100%", "0.05%", "3.5%")
    assert yuan(123_456_789) == "1,234,567.89 元"
