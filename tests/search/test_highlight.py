"""Marks in the original text; never a way around escaping."""

import pytest

from search.highlight import Segment, as_html, highlight, snippet


def marked(text: str, query: str) -> str:
    return str(as_html(highlight(text, query)))


@pytest.mark.parametrize(
    ("text", "query", "html"),
    [
        ("永磁同步电机", "永磁电机", "<mark>永磁</mark>同步<mark>电机</mark>"),
        ("ＤＨ36高强钢", "dh36", "<mark>ＤＨ36</mark>高强钢"),
        ("Motors and motor", "motor", "<mark>Motors</mark> and <mark>motor</mark>"),
        ("pumotor", "motor", "pumotor"),
        ("<b>电机</b>", "电机 b", "&lt;<mark>b</mark>&gt;<mark>电机</mark>&lt;/<mark>b</mark>&gt;"),
        ("a & <script>电机", "电机 script", "a &amp; &lt;<mark>script</mark>&gt;<mark>电机</mark>"),
        ("&amp;电机", "amp", "&amp;<mark>amp</mark>;电机"),
        ("电机电机", "电机", "<mark>电机电机</mark>"),
        ("㎏ 重", "kg", "<mark>㎏</mark> 重"),
        ("没有", "电机", "没有"),
        ("没有", "", "没有"),
        ("", "电机", ""),
        ("导电浆料", "电浆", "导<mark>电浆</mark>料"),
        (
            "H-13 钢，H 13，H13，H 14",
            "h13",
            "<mark>H-13</mark> 钢，<mark>H 13</mark>，<mark>H13</mark>，H 14",
        ),
        ("NdFeB 与 Fe", "Nd-Fe-B", "<mark>NdFeB</mark> 与 Fe"),
        ("Nd–Fe–B", "ndfeb", "<mark>Nd–Fe–B</mark>"),
        ("10µm、10 μm、20 μm", "10um", "<mark>10µm</mark>、<mark>10 μm</mark>、20 μm"),
        ("保温于95℃，C 型", "C", "保温于95℃，<mark>C</mark> 型"),
        ("在95 °C下", "95℃", "在<mark>95 °C</mark>下"),
        ("C++ 与 C", "C++", "<mark>C++</mark> 与 C"),
        ("含维生素C与维生素", "维生素C", "含<mark>维生素C</mark>与维生素"),
        ("高碳軸承鋼", "轴承钢", "高碳<mark>軸承鋼</mark>"),
        ("高碳轴承钢", "軸承鋼", "高碳<mark>轴承钢</mark>"),
        ("high speed", "high-speed", "<mark>high</mark> <mark>speed</mark>"),
        ("[.*](电机)", ".*[( 电机", "[.*](<mark>电机</mark>)"),
    ],
)
def test_marks(text, query, html):
    assert marked(text, query) == html


@pytest.mark.parametrize(
    "text",
    [
        "电机\ud800\x00电机",
        "İstanbul电机",
        "95 °C º˚C K 軸承10 μm",
        "ﬁne 电机 ﷺ",
        "a\u0301电机",
        "电" * 5000,
        "x" * 5000,
    ],
)
@pytest.mark.parametrize("query", ["电机", "fine i", "\ud800", "x" * 5000])
def test_pieces_joined_are_the_text(text, query):
    assert "".join(segment.text for segment in highlight(text, query)) == text


def test_a_snippet_shows_where_the_query_is():
    text = "开头" * 100 + "永磁电机" + "结尾" * 100
    shown = snippet(text, "永磁电机", 60)
    assert shown[0] == shown[-1] == Segment("…", hit=False)
    assert Segment("永磁电机", hit=True) in shown
    assert sum(len(segment.text) for segment in shown) == 62


def test_a_snippet_without_hits_is_the_beginning():
    assert snippet("文" * 99, "电机", 10) == [
        Segment("文" * 10, hit=False),
        Segment("…", hit=False),
    ]
    assert snippet("短", "电机", 10) == [Segment("短", hit=False)]


def test_a_long_text_and_a_long_query_are_no_trouble():
    assert len(highlight("电机效率" * 50_000, "电机" * 50_000)) < 50_000
