import re
from xml.etree import ElementTree as ET

from django.utils import translation

import pytest

from marketplace.web import charts
from marketplace.web.charts import Series

HOSTILE = "<script>\"'&"


def parse(html: str) -> ET.Element:
    return ET.fromstring(f"<root>{html}</root>")


@pytest.mark.parametrize(
    ("top", "axis"),
    [
        (0, (4, 1)),
        (3.9, (4, 1)),
        (4.1, (8, 2)),
        (9, (10, 2.5)),
        (173, (200, 50)),
        (0.02, (0.02, 0.005)),
        (1e9, (1e9, 2.5e8)),
    ],
)
def test_a_round_axis(top: float, axis: tuple[float, float]) -> None:
    assert charts.nice(top) == pytest.approx(axis)


def test_columns() -> None:
    chart = parse(charts.columns([("2024", 100, None), ("2025", 50, 100)]))
    bars = [r for r in chart.iter("rect") if r.get("class") == "k1"]
    assert [bar.get("height") for bar in bars] == ["210.0", "105.0"]
    assert [text.text for text in chart.iter("text") if text.get("class") == "val"] == [
        "100",
        "50",
    ]
    # an XML parser reads the line breaks of an attribute as spaces
    tips = [rect.get("data-tip") for rect in chart.iter("rect") if rect.get("data-tip")]
    assert tips == ["2024 实际 100 亿元", "2025 实际 50 亿元 目标 100 亿元"]
    assert sum(rect.get("class") == "plan" for rect in chart.iter("rect")) == 1


def test_lines_stop_where_the_future_begins() -> None:
    chart = parse(
        charts.lines(["1月", "2月", "3月"], [Series("今年", "s1", [1, 2, None], filled=True)])
    )
    paths = [path.get("d") or "" for path in chart.iter("path")]
    assert paths[-1].count("L") == 1
    assert len(list(chart.iter("circle"))) == 2
    assert paths[0].endswith("Z")


def test_a_line_without_values() -> None:
    both = [Series("a", "s1", [None, None]), Series("b", "s3 dash", [1, 2])]
    assert len(list(parse(charts.lines(["x", "y"], both)).iter("path"))) == 1


def test_bars_and_stack() -> None:
    bars = parse(charts.bars([("新材料", 40, "29%"), ("木业", 10, "")]))
    assert [r.get("width") for r in bars.iter("rect") if r.get("class") == "k1"] == [
        "100.0%",
        "25.0%",
    ]
    stack = parse(charts.stack([("开发", 75), ("服务", 25)]))
    assert [r.get("width") for r in stack.iter("rect")][:2] == ["74.65%", "25.00%"]
    assert "75.0%" in "".join(stack.itertext())


def test_spark() -> None:
    assert 'points="0.0,28.0 50.0,4.0 100.0,16.0"' in charts.spark([0, 10, 5])
    assert charts.spark([5]) == ""
    assert "28.0" in charts.spark([3, 3])


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [(85, "50.0%", "50.0%"), (340, "100.0%", "200.0%"), (0, "0.0%", "0.0%")],
)
def test_goal(value: float, width: str, text: str) -> None:
    chart = parse(charts.goal(value, 170, 100))
    assert [r.get("width") for r in chart.iter("rect") if r.get("class") == "k1"] == [width]
    assert text in "".join(chart.itertext())


def test_trl_cells() -> None:
    assert charts.trl(7).count('class="on"') == 7
    assert charts.trl(0).count('class="off"') == 9


def test_a_figure_has_the_same_numbers_as_a_table() -> None:
    chart = parse(
        charts.figure(
            "标题", charts.bars([("a", 1, "")]), ["年", "值"], [("2024", "1.00")], note="注"
        )
    )
    assert [cell.text for cell in chart.iter("td")] == ["1.00"]
    assert [cell.get("scope") for cell in chart.iter("th")] == ["col", "col", "row"]
    assert "查看数据表" in "".join(chart.itertext())


@pytest.mark.parametrize(
    "chart",
    [
        charts.columns([(HOSTILE, 1, 2)], unit=HOSTILE),
        charts.lines([HOSTILE], [Series(HOSTILE, "s1", [1], filled=True)], unit=HOSTILE),
        charts.bars([(HOSTILE, 1, HOSTILE)], unit=HOSTILE),
        charts.stack([(HOSTILE, 1)], unit=HOSTILE),
        charts.goal(1, 2, 1, unit=HOSTILE),
        charts.legend([(HOSTILE, "k1"), (HOSTILE, "s1")]),
        charts.figure(HOSTILE, charts.spark([1, 2]), [HOSTILE], [[HOSTILE, HOSTILE]], note=HOSTILE),
    ],
)
def test_text_is_escaped_and_nothing_is_inline(chart: str) -> None:
    parse(chart)
    assert "<script" not in chart
    assert not re.search(r"\s(style|on\w+)=", chart)


@pytest.mark.parametrize(
    "chart", [charts.columns([]), charts.lines([], []), charts.bars([]), charts.stack([("a", 0)])]
)
def test_nothing_to_show_says_so(chart: str) -> None:
    assert "暂无数据" in chart


def test_zero_is_a_value() -> None:
    assert "暂无数据" not in charts.bars([("a", 0, "")])
    with translation.override("en"):
        assert "0.0" in charts.columns([("a", 0, None)])
