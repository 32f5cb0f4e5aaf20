"""What is read in a contract's text."""

from datetime import date

import pytest

from marketplace.registration.rulebook.reading import capitals_in_fen, read_text


@pytest.mark.parametrize(
    ("words", "fen"),
    [
        ("捌拾陆万元整", 86_000_000),
        ("捌拾陆万圆整", 86_000_000),
        ("壹仟万元整", 1_000_000_000),
        ("壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元", 12_345_678_900),
        ("壹拾万零伍佰元整", 10_050_000),
        ("伍元叁角贰分", 532),
        ("叁元零伍分", 305),
        ("元整", None),
    ],
)
def test_capitals(words: str, fen: int | None) -> None:
    assert capitals_in_fen(words) == fen


def test_amounts_in_all_units() -> None:
    found = read_text("总价86万元，其中首付430,000.00元，远期1.2亿元，单价0.005元。")
    assert found.amounts == {86_000_000, 43_000_000, 12_000_000_000}


def test_an_amount_and_its_capitals_are_a_pair() -> None:
    found = read_text("人民币860000元（大写：捌拾万元整），其余100000元（大写：壹拾万元整）。")
    assert found.pairs == ((86_000_000, 80_000_000), (10_000_000, 10_000_000))


def test_names_and_seal_lines() -> None:
    found = read_text(
        "甲方（委托方）：沂蒙磁材有限公司\n乙方: 华为(临沂)科技有限公司  地址：某路\n"
        "甲方（盖章）：沂蒙磁材有限公司\n乙方（签章）： 华为(临沂)软件有限公司\n"
        "甲方应当：按时付款"
    )
    assert ("甲方", "沂蒙磁材有限公司") in found.names
    assert ("乙方", "华为（临沂）科技有限公司") in found.names
    assert found.seals == (("甲方", "沂蒙磁材有限公司"), ("乙方", "华为（临沂）软件有限公司"))


def test_dates_in_digits_and_words() -> None:
    found = read_text(
        "2026年5月10日签订，二〇二七年十二月三十一日止，2026-02-30 不是日期，2026.6.1。"
    )
    assert found.dates == {date(2026, 5, 10), date(2027, 12, 31), date(2026, 6, 1)}


def test_blanks_and_language() -> None:
    assert read_text("联系人：______ 金额：××元").blanks == 2
    assert not read_text("short English").is_foreign
    assert read_text("The parties agree as follows. " * 20).is_foreign
    assert not read_text(
        "本合同由双方订立，内容如下所述。" * 40 + "ISO 9001 standard " * 20
    ).is_foreign


def test_hostile_text_is_read_in_time() -> None:
    import time

    begin = time.monotonic()
    for text in ("甲方（" * 40_000, "零" * 200_000, "9" * 200_000, "不得" * 100_000, "_" * 200_000):
        read_text(text)
    assert time.monotonic() - begin < 5
