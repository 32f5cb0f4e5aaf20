"""Units as people write them, and what the name of an indicator says about its figure."""

import os
import re
from pathlib import Path

import pytest

from marketplace.matching.rulebook import indicators, senses, units
from marketplace.matching.rulebook.indicators import Figure, Verdict
from marketplace.matching.rulebook.phrases import render
from marketplace.matching.rulebook.senses import Heat

PAIRS = (
    Path(os.environ.get("SHARED_DIR", "../shared")).resolve()
    / "cases/2-temperature-difference/NEED.txt"
)
SIGNS = {"≤": "le", "≥": "ge", "=": "eq"}


def figure(name: str, text: str) -> Figure:
    """`≤ 0.5 ℃` as an indicator of this name."""
    match = re.fullmatch(r"(≤|≥|=) (-?[\d.]+) ?(.*)", text)
    assert match
    return Figure(name, SIGNS[match[1]], match[2], unit=match[3], text=text)


def verdict(name: str, wanted: str, offered: str, other: str = "") -> Verdict:
    return indicators.compare(figure(name, wanted), figure(other or name, offered))


@pytest.mark.parametrize(
    ("name", "wanted", "offered", "kind"),
    [
        ("颗粒物排放浓度", "≤ 10 mg/m³", "≤ 8 mg/Nm³", "yes"),
        ("颗粒物排放浓度", "≤ 10 mg/m³", "≤ 12 毫克/标立方", "part"),
        ("处理风量", "≥ 100 m³/h", "≥ 100 Nm³/h", "unknown"),
        ("导热系数", "≥ 5 W/(m·K)", "≥ 6 W/mK", "yes"),
        ("导热系数", "≥ 5 W/(m·K)", "≥ 4 W/(mK)", "part"),
        ("导热系数", "≥ 5 W/(m·K)", "≥ 6 W/m℃", "yes"),
        ("传热系数", "≥ 5 W/(m²·K)", "≥ 6 W/m2K", "yes"),
        ("比热容", "≥ 1 kJ/(kg·K)", "≥ 1200 J/kgK", "yes"),
        ("抗压强度", "≥ 50 MPa", "≥ 60 Mpa", "yes"),
        ("抗压强度", "≥ 50 MPa", "≥ 60 MPA", "yes"),
        ("额定功率", "≥ 5 kW", "≥ 6 KW", "yes"),
        ("主轴转速", "≥ 3000 r/min", "≥ 3500 转/分", "yes"),
        ("主轴转速", "≥ 3000 r/min", "≥ 2900 转/分钟", "part"),
        ("主轴转速", "≥ 3000 rpm", "≥ 50 转/秒", "yes"),
        ("流量", "≥ 2 L/min", "≥ 3 升/分", "yes"),
        ("产量", "≥ 2 t/h", "≥ 3 吨/时", "yes"),
        ("动力黏度", "≤ 50 mPa·s", "≤ 40 cP", "yes"),
        ("动力黏度", "≤ 50 mPa·s", "≤ 40 mPas", "yes"),
        ("动力黏度", "≤ 50 mPa·s", "≤ 40 厘泊", "yes"),
        ("动力黏度", "≤ 50 mPa.s", "≤ 60 cps", "part"),
        ("运动黏度", "≤ 50 mm²/s", "≤ 40 cSt", "yes"),
        ("溶液电导", "≤ 10 μS/cm", "≤ 8 us/cm", "yes"),
        ("溶液电导", "≤ 10 μS/cm", "≤ 0.02 ms/cm", "no"),
        ("额定扭矩", "≥ 20 N·m", "≥ 25 Nm", "yes"),
        ("年产能", "≥ 10 万件/年", "≥ 120000 件/年", "yes"),
        ("误码率", "≤ 1 ‰", "≤ 0.05 %", "yes"),
        ("表面硬度", "≥ 60 HRC", "≥ 62 hrc", "yes"),
        ("断裂韧性", "≥ 8 MPa·m^1/2", "≥ 9 MPa·m½", "yes"),
        ("断裂韧性", "≥ 8 MPa·m^(1/2)", "≥ 9 MPa√m", "yes"),
        ("断裂韧性", "≥ 8 MPa·m^0.5", "≥ 7 MPam1/2", "part"),
        ("断裂韧性", "≥ 8 MPa·m½", "≥ 9000 kPa·√m", "yes"),
        ("循环流量", "≥ 2 m³/h", "≥ 40 L/min", "yes"),
        ("吨钢能耗", "≤ 100 kWh/t", "≤ 90 千瓦时/吨", "yes"),
        ("湿度控制", "≤ 60 %RH", "≤ 55 %", "yes"),
        ("相对湿度", "≤ 60 %", "≤ 65 RH%", "part"),
        ("控制偏移", "≤ 3 %RH", "≤ 2 %", "unknown"),
        ("波长误差", "≤ 0.5 nm", "≤ 4 Å", "yes"),
        ("波长误差", "≤ 0.5 nm", "≤ 6 \u212b", "part"),
        ("波长误差", "≤ 0.5 nm", "≤ 4 埃", "yes"),
        ("氧含量", "≤ 5 ppm", "≤ 4 mg/kg", "yes"),
        ("工作压力", "≥ 10 bar", "≥ 1.2 MPa", "yes"),
        ("真空度", "≤ 1 Pa", "≤ 5 mTorr", "yes"),
        ("计量误差", "≤ 1 %", "≤ 0.8 ％", "yes"),
        ("无功补偿", "≥ 1 Mvar", "≥ 1200 kvar", "yes"),
    ],
)
def test_units_as_people_write_them(name: str, wanted: str, offered: str, kind: str) -> None:
    assert verdict(name, wanted, offered).kind == kind


@pytest.mark.skipif(not PAIRS.is_file(), reason=f"no example pairs at {PAIRS}: set SHARED_DIR")
def test_the_shared_pairs() -> None:
    kinds = {}
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(.+?): need (.+?); achievement (.+)", line)
        assert match
        kinds[match[1]] = verdict(*match.groups()).kind
    assert len(kinds) == 20
    assert kinds.pop("控温精度") == "no"
    assert set(kinds.values()) == {"yes"}


def test_other_meanings_of_the_same_signs_stay() -> None:
    assert units.parse("mK") == units.parse("0.001K")
    assert units.parse("Nm") == units.parse("N·m")
    assert units.parse("分") != units.parse("min")
    assert units.parse("us") == units.parse("μs")
    assert units.parse("1/K").dimensions == (("K", -1),)


@pytest.mark.parametrize(
    ("name", "heat"),
    [
        *((name, Heat.DIFFERENCE) for name in ("控温精度", "测温分辨率", "温度稳定性", "炉温波动")),
        *(
            (name, Heat.DIFFERENCE)
            for name in ("炉膛温度均匀性", "进出水温差", "壳体温升", "测温误差")
        ),
        *(
            (name, Heat.DIFFERENCE)
            for name in ("温度漂移", "温度偏差（满量程）", "熔点升高", "使用温度误差")
        ),
        *(
            (name, Heat.TEMPERATURE)
            for name in ("降解温度", "升华温度", "熔点", "玻璃化转变温度", "Tg")
        ),
        *(
            (name, Heat.TEMPERATURE)
            for name in ("最高使用温度", "热变形温度", "反应温度（升温阶段）", "倾点")
        ),
        *(
            (name, Heat.TEMPERATURE)
            for name in ("温差发电热端温度", "工作温度范围", "升降温段炉温", "耐高温")
        ),
        *((name, Heat.UNSURE) for name in ("控温", "指标", "", "热性能")),
    ],
)
def test_what_a_figure_in_degrees_is(name: str, heat: Heat) -> None:
    assert senses.heat_of(name) == heat


@pytest.mark.parametrize(
    ("name", "wanted", "offered", "kind", "words"),
    [
        ("控温精度", "≤ 0.5 ℃", "≤ 2 K", "no", "差 1.5 ℃"),
        ("控温精度", "≤ 2 K", "≤ 0.5 ℃", "yes", "满足"),
        ("温度均匀性", "≤ 5 ℃", "≤ 9 °F", "yes", "满足"),
        ("降解温度", "≥ 250 ℃", "≥ 400 K", "no", "差 123 ℃"),
        ("升华温度", "≥ 100 ℃", "≥ 400 K", "yes", "满足"),
        ("熔点", "≤ 100 ℃", "≤ 212 °F", "yes", "满足"),
        ("玻璃化温度", "≥ 300 K", "≥ 27 ℃", "yes", "满足"),
        ("控温", "≤ 5 ℃", "≤ 2 K", "unknown", "看不出是温度还是温差，不能换算，待确认"),
        ("控温", "≤ 5 ℃", "≤ 2 ℃", "yes", "满足"),
        ("使用温度", "≤ -200 ℃", "≤ -300 ℃", "unknown", "低于绝对零度，待确认"),
        ("使用温度", "≥ -5 K", "≥ 3 K", "unknown", "低于绝对零度，待确认"),
        ("控温", "≤ 5 ℃", "≤ -500 ℃", "unknown", "低于绝对零度，待确认"),
        ("控温精度", "≤ 0.5 ℃", "≤ -1 ℃", "unknown", "不会小于 0，待确认"),
        ("计量误差", "≤ 1 %", "= -2 %", "unknown", "不会小于 0，待确认"),
        ("表面粗糙度", "≤ 0.8 μm", "≤ -0.4 μm", "unknown", "不会小于 0，待确认"),
        ("温差", "≤ 5 ℃", "≤ 3 K", "yes", "满足"),
    ],
)
def test_degrees(name: str, wanted: str, offered: str, kind: str, words: str) -> None:
    found = verdict(name, wanted, offered)
    assert (found.kind, render(found.words)) == (kind, words)


def test_nothing_is_converted_where_the_name_leaves_it_open() -> None:
    assert render(verdict("控温", "≤ 5 ℃", "≤ 2 K").offered) == "≤ 2 K"
    assert render(verdict("控温精度", "≤ 5 ℃", "≤ 2 K").offered) == "≤ 2 K（即 2 ℃）"
