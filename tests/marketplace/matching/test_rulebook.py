"""Units, names and indicators: what a person types decides nothing by accident."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rulebook import affinity, evidence, indicators, names, units
from marketplace.matching.rulebook.affinity import Affinity, Text
from marketplace.matching.rulebook.evidence import NeedFacts, OfferFacts
from marketplace.matching.rulebook.indicators import Figure
from marketplace.matching.rulebook.names import Relation
from marketplace.matching.rulebook.numbers import exact, show
from marketplace.matching.rulebook.phrases import render

KNOWN = [
    *(
        "mm",
        "cm",
        "m",
        "km",
        "μm",
        "nm",
        "g",
        "kg",
        "t",
        "公斤",
        "MPa",
        "kPa",
        "bar",
        "℃",
        "K",
        "°F",
    ),
    *(
        "s",
        "ms",
        "min",
        "h",
        "d",
        "年",
        "kWh",
        "kJ",
        "W",
        "kA/m",
        "kOe",
        "T",
        "kGs",
        "mg/m³",
        "mg/L",
    ),
    *(
        "%",
        "‰",
        "ppm",
        "元/吨",
        "万元",
        "亩",
        "hm²",
        "r/min",
        "Hz",
        "Mbps",
        "W/(m·K)",
        "件/h",
        "dB(A)",
    ),
]


def converted(value: str, source: str, target: str, *, is_difference: bool = False) -> str | None:
    one, other = units.parse(source), units.parse(target)
    if not one.comparable(other):
        return None
    number = exact(value)
    assert number is not None
    return show(units.convert(number, one, other, is_difference=is_difference), 6)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1783", "kA/m", "kOe", "22.4058"),
        ("1.37", "T", "kGs", "13.7"),
        ("1", "MGOe", "kJ/m³", "7.95775"),
        ("32", "㎍/㎥", "mg/m3", "0.032"),
        ("32", "µg/m³", "mg/m^3", "0.032"),
        ("0.00088", "%", "ppm", "8.8"),
        ("2.6", "‰", "%", "0.26"),
        ("0.8", "mg/kg", "ppm", "0.8"),
        ("1.7", "t/t", "kg/t", "1700"),
        ("3", "件/万件", "件/千件", "0.3"),
        ("2.35", "元/kg", "元/吨", "2350"),
        ("1300", "元/台", "万元/台", "0.13"),
        ("1", "亿元", "万元", "10000"),
        ("25", "℃", "K", "298.15"),
        ("77", "°F", "℃", "25"),
        ("6.5", "亩/h", "hm²/h", "0.433333"),
        ("1", "公斤", "克", "1000"),
        ("1500", "转/分钟", "rpm", "1500"),
        ("1", "mPa.s", "Pa·s", "0.001"),
        ("1", "W/m·K", "W/(m·K)", "1"),
        ("1", "g·L⁻¹", "g/L", "1"),
        ("1", "1/m", "m-1", "1"),
        ("1", "10⁸CFU/g", "亿CFU/g", "1"),
        ("1", "Gbps", "Mbit/s", "1000"),
        ("1", "元/kW·h", "元/千瓦时", "1"),
        ("1", "次/台·年", "次/(台·年)", "1"),
        ("3", "年", "月", "36"),
        ("8", "个月", "d", "243.333"),
        ("1", "KG", "kg", "1"),
        ("1", "MM", "cm", "0.1"),
        ("1", "Mpa", "kPa", "1000"),
        ("71", "dB(A)", "dBA", "71"),
        ("1", "GPa", "N/mm²", "1000"),
    ],
)
def test_conversion(value: str, source: str, target: str, expected: str) -> None:
    assert converted(value, source, target) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("ppm", "mg/m³"),
        ("mg/L", "ppm"),
        ("%", "个百分点"),
        ("", "%"),
        ("件", "套"),
        ("dB", "dB(A)"),
        ("Nm³", "m³"),
        ("工作日", "d"),
        ("vol%", "%"),
        ("r/min", "Hz"),
        ("kg", "m"),
        ("元", "%"),
    ],
)
def test_units_that_measure_different_things(source: str, target: str) -> None:
    assert converted("1", source, target) is None


def test_a_difference_of_temperatures_has_no_zero_point() -> None:
    assert converted("3", "℃", "K", is_difference=True) == "3"
    assert converted("9", "°F", "℃", is_difference=True) == "5"


def test_converting_between_different_things_is_refused() -> None:
    with pytest.raises(ValueError, match="different things"):
        units.convert(Fraction(1), units.parse("kg"), units.parse("m"))


@given(
    st.decimals(min_value=-10_000, max_value=10_000, places=4, allow_nan=False),
    st.sampled_from(KNOWN),
    st.sampled_from(KNOWN),
)
def test_conversions_go_there_and_back(value: Decimal, source: str, target: str) -> None:
    one, other = units.parse(source), units.parse(target)
    if one.comparable(other):
        there = units.convert(Fraction(value), one, other)
        assert units.convert(there, other, one) == Fraction(value)


@given(st.text(max_size=80))
def test_any_text_is_some_unit_and_some_name(text: str) -> None:
    unit = units.parse(text)
    assert unit.comparable(units.parse(text))
    assert 0.0 <= names.likeness(names.read(text), names.read("矫顽力 Hcj")) <= 1.0


@pytest.mark.parametrize("text", ["亿" * 60, "(" * 60, "m/" * 30, "10^99" * 12, "m^99", "9" * 60])
def test_absurd_units_cost_nothing(text: str) -> None:
    assert units.parse(text).comparable(units.parse(text))


@pytest.mark.parametrize("value", ["1e400", "NaN", "Infinity", "", None, "abc", True, "1_0e9"])
def test_figures_that_are_none(value: object) -> None:
    assert exact(value) is None or value == "1_0e9"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("矫顽力 Hcj", "矫顽力", Relation.SAME),
        ("甲醛释放量", "甲醛释放限量", Relation.SAME),
        ("静曲强度", "抗弯强度", Relation.SAME),
        ("整机连续无故障时间", "MTBF", Relation.SAME),
        ("循环寿命（80% 容量）", "循环寿命", Relation.SAME),
        ("成品含水率", "含水率", Relation.SAME),
        ("重稀土用量降幅", "重稀土用量降低率", Relation.SAME),
        ("甲醛释放量", "甲醛释放量降低率", Relation.OTHER_MEANING),
        ("重稀土用量降幅", "重稀土用量", Relation.OTHER_MEANING),
        ("出水 COD", "COD 去除率", Relation.OTHER_MEANING),
        ("冬季（12 ℃）氨氮去除率", "冬季（5 ℃）氨氮去除率", Relation.OTHER_CONDITIONS),
        ("存活率（3 h）", "存活率（24 h）", Relation.OTHER_CONDITIONS),
        ("收率", "回收率", Relation.STRANGE),
        ("抗弯强度", "抗拉强度", Relation.STRANGE),
        ("矫顽力 Hcj", "矫顽力 Hcb", Relation.STRANGE),
        ("误报率", "误判率", Relation.STRANGE),
        ("铁含量", "铝含量", Relation.STRANGE),
        ("内结合强度", "表面结合强度", Relation.STRANGE),
        ("工作温度下限", "工作温度上限", Relation.STRANGE),
        ("", "", Relation.STRANGE),
    ],
)
def test_names(one: str, other: str, expected: Relation) -> None:
    assert names.relation(names.read(one), names.read(other)) == expected
    assert names.relation(names.read(other), names.read(one)) == expected


def figure(
    comparator: str, low: object, unit: str = "", high: object = None, **more: object
) -> Figure:
    name = str(more.pop("name", "指标"))
    return Figure(name, comparator, low, high, unit, text=f"{low} {unit}", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "offered", "kind", "words"),
    [
        (figure("ge", 21, "kOe"), figure("eq", 1783, "kA/m"), "yes", "满足"),
        (figure("ge", 21, "kOe"), figure("ge", 22, "kOe"), "yes", "满足"),
        (figure("ge", 21, "kOe"), figure("ge", 20, "kOe"), "part", "差 4.8%"),
        (figure("le", "0.08", "mg/m³"), figure("le", "0.05", "mg/m³"), "yes", "满足"),
        (figure("le", "0.05", "mg/m³"), figure("eq", 61, "μg/m³"), "part", "差 22%"),
        (figure("ge", 70, "%"), figure("eq", 62, "%"), "part", "差 8 个百分点"),
        (figure("ge", "99.98", "%"), figure("eq", "99.96", "%"), "part", "差 0.02 个百分点"),
        (figure("le", 2, "%"), figure("eq", 4, "%"), "no", "差 2 个百分点"),
        (figure("ge", 100, "h"), figure("eq", 60, "h"), "no", "差 40%"),
        (figure("le", -40, "℃"), figure("eq", -35, "℃"), "part", "差 5 ℃"),
        (figure("gt", 5, "mm"), figure("eq", 5, "mm"), "part", "恰在界限上"),
        (figure("gt", 5, "mm"), figure("gt", 5, "mm"), "yes", "满足"),
        (figure("eq", 5, "mm"), figure("eq", "0.5", "cm"), "yes", "满足"),
        (figure("between", 10, "%", 12), figure("eq", 11, "%"), "yes", "满足"),
        (figure("between", 10, "%", 12), figure("between", 11, "%", 12), "yes", "满足"),
        (figure("between", 10, "%", 12), figure("eq", 13, "%"), "part", "差 1 个百分点"),
        (figure("ge", 10, "%"), figure("between", 8, "%", 12), "part", "差 2 个百分点"),
        (
            figure("ge", 21, "T"),
            figure("le", 22, "T"),
            "unknown",
            "成果没有给出这一侧的界限，待确认",
        ),
        (figure("ge", 21, "T"), figure("le", 20, "T"), "part", "差 4.8%"),
        (figure("le", 5, "ppm"), figure("eq", 5, "mg/m³"), "unknown", "换算取决于气体种类，待确认"),
        (figure("le", 5, "mm"), figure("eq", 5, "kg"), "unknown", "单位不能换算，待确认"),
        (figure("le", 5, "%"), figure("eq", 5), "unknown", "有一方未写单位，待确认"),
        (figure("le", 5), figure("eq", 4), "yes", "满足"),
        (figure("le", 0, "次/年"), figure("eq", 1, "次/年"), "no", "差 1 次/年"),
        (figure("ge", 12, "月"), figure("eq", 365, "d"), "yes", "满足"),
        (figure("??", 1, "mm"), figure("eq", 1, "mm"), "unknown", "待确认"),
        (figure("ge", None, "mm"), figure("eq", 1, "mm"), "unknown", "待确认"),
    ],
)
def test_verdicts(wanted: Figure, offered: Figure, kind: str, words: str) -> None:
    verdict = indicators.compare(wanted, offered)
    assert (verdict.kind, render(verdict.words)) == (kind, words)


def test_a_change_is_never_compared_with_a_value() -> None:
    wanted = figure("ge", 70, "%", name="重稀土用量降幅")
    verdict = indicators.compare_all([wanted], [figure("eq", 90, "%", name="重稀土用量")])[0]
    assert (verdict.kind, render(verdict.words)) == ("unknown", "口径不同，待确认")
    assert render(verdict.offered) == "重稀土用量：90 %"


def test_what_is_missing_is_open_and_says_so() -> None:
    verdict = indicators.compare_all([figure("ge", 1, "T", name="剩磁")], [])[0]
    assert (verdict.kind, render(verdict.words)) == ("unknown", "待确认")
    assert render(verdict.offered) == "未填写"


def test_the_offer_is_shown_in_the_unit_of_the_need_with_who_says_so() -> None:
    wanted = figure("ge", 21, "kOe", name="矫顽力")
    offered = figure("eq", 1783, "kA/m", name="矫顽力", evidence="第三方检测报告")
    shown = render(indicators.compare(wanted, offered).offered)
    assert shown == "1783 kA/m（约合 22.41 kOe）（第三方检测报告）"


def test_one_offered_figure_answers_one_wanted_figure() -> None:
    wanted = [figure("ge", 1, "mm", name="孔深"), figure("ge", 2, "mm", name="孔深")]
    kinds = [v.kind for v in indicators.compare_all(wanted, [figure("eq", 5, "mm", name="孔深")])]
    assert sorted(kinds) == ["unknown", "yes"]


RANKS = {"no": 0, "part": 1, "yes": 2}
numbers = st.integers(min_value=-1000, max_value=1000)


@given(numbers, numbers, numbers)
def test_a_better_offer_is_never_judged_worse(target: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    at_least = figure("ge", target, "mm")
    worse, better = (indicators.compare(at_least, figure("eq", v, "mm")) for v in (low, high))
    assert RANKS[worse.kind] <= RANKS[better.kind]
    assert worse.credit <= better.credit
    at_most = figure("le", target, "mm")
    better, worse = (indicators.compare(at_most, figure("eq", v, "mm")) for v in (low, high))
    assert RANKS[worse.kind] <= RANKS[better.kind]
    assert worse.credit <= better.credit


rows = st.lists(
    st.builds(
        Figure,
        name=st.sampled_from(["矫顽力", "剩磁", "收率", "温差", "剩磁降幅"]),
        comparator=st.sampled_from(["ge", "le", "eq", "between", "gt", "lt", "x"]),
        low=numbers,
        high=st.none() | numbers,
        unit=st.sampled_from(["mm", "%", "℃", "kOe", "", "x"]),
        text=st.text(max_size=5),
    ),
    max_size=6,
)


@given(rows, rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    wanted: list[Figure], offered: list[Figure], random: object
) -> None:
    shuffled = list(offered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert indicators.compare_all(wanted, offered) == indicators.compare_all(wanted, shuffled)
    verdicts = dict(zip(map(repr, wanted), indicators.compare_all(wanted, offered), strict=True))
    turned = indicators.compare_all(wanted[::-1], offered)
    if len(verdicts) == len(wanted):
        assert verdicts == dict(zip(map(repr, wanted[::-1]), turned, strict=True))


hostile = st.text(max_size=60)


@given(hostile, hostile, hostile, hostile, st.lists(hostile, max_size=10))
def test_hostile_text_never_raises(a: str, b: str, c: str, d: str, words: list[str]) -> None:
    sheet = [Figure(a, b, c, d, a, text=b, evidence=c), Figure("矫顽力", "ge", d, c, b, text=a)]
    need = NeedFacts(
        text=affinity.take_apart(a, b, is_need=True),
        industry=(c,) if c else (),
        field=d,
        district=a,
        keywords=words,
        cooperation=words,
        trl_min=3,
        budget=(None, 0),
        indicators=sheet,
    )
    offer = OfferFacts(
        text=affinity.take_apart(c, d),
        industry=(c, b),
        field=a,
        district=b,
        keywords=words,
        cooperation=words[:1],
        trl=2,
        trl_evidence=b,
        price=(1, None),
        indicators=sheet[::-1],
    )
    for row in evidence.compare(need, offer, Affinity(0.5, None)):
        assert row.kind in {"yes", "part", "no", "unknown"}
        assert 0.0 <= row.credit <= 1.0
        if row.key not in {"industry", "field", "cooperation", "district"}:
            render(row.wanted + row.offered + row.words).encode()


def budget_row(
    budget: tuple[int | None, int | None], price: tuple[int | None, int | None]
) -> tuple[str, str]:
    need, offer = NeedFacts(Text(), budget=budget), OfferFacts(Text(), price=price)
    row = next(r for r in evidence.compare(need, offer, Affinity()) if r.key == "budget")
    return row.kind, render(row.words)


WAN = 1_000_000


@pytest.mark.parametrize(
    ("budget", "price", "expected"),
    [
        ((120 * WAN, 200 * WAN), (120 * WAN, 180 * WAN), ("yes", "在预算内")),
        ((None, 200 * WAN), (180 * WAN, 250 * WAN), ("part", "部分超出预算")),
        ((None, 200 * WAN), (210 * WAN, None), ("part", "超出预算 5%")),
        ((None, 200 * WAN), (300 * WAN, 400 * WAN), ("no", "超出预算 50%")),
        ((None, None), (300 * WAN, 400 * WAN), ("unknown", "面议，待确认")),
        ((None, 200 * WAN), (None, None), ("unknown", "面议，待确认")),
        ((None, 0), (1, None), ("no", "超出预算 100%")),
    ],
)
def test_budget(
    budget: tuple[int | None, int | None],
    price: tuple[int | None, int | None],
    expected: tuple[str, str],
) -> None:
    assert budget_row(budget, price) == expected


def test_more_of_the_needs_words_is_never_less_affinity() -> None:
    need = affinity.take_apart("晶界扩散", "钕铁硼 矫顽力 重稀土", is_need=True)
    some = affinity.by_words(need, affinity.take_apart("晶界扩散", ""))
    more = affinity.by_words(need, affinity.take_apart("晶界扩散", "钕铁硼 矫顽力"))
    assert 0 < some <= more <= 1
    assert affinity.by_words(affinity.take_apart("", ""), need) == 0.0
    assert affinity.by_sense(None) is None
    assert affinity.by_sense(-3.0) == 0.0
    assert affinity.by_sense(99.0) == 1.0
