from collections.abc import Callable

from django.http import QueryDict

from bs4 import BeautifulSoup

from marketplace.web.facets import Group, Option, build_panel, drawn, sort_links


def groups() -> list[Group]:
    return [
        Group(
            "industry", "行业", [Option("a", "甲", 3), Option("b", "乙", 0), Option("c", "丙", 0)]
        ),
        Group("price", "价格", is_range=True, unit="万元", open=False),
        Group("mode", "方式", [Option("x", "许可")], open=False),
    ]


def test_what_is_chosen() -> None:
    params = QueryDict("q=钕&industry=a&industry=b&price_min=50&page=3&sort=new&other=1")
    panel = build_panel(params, "/needs/", groups())
    industry, price, mode = panel.groups
    assert [option.chosen for option in industry.options] == [True, True, False]
    assert [option.is_empty for option in industry.options] == [False, False, True]
    assert (industry.chosen_count, price.chosen_count, mode.chosen_count) == (2, 1, 0)
    assert (price.open, mode.open) == (True, False)
    assert panel.kept == [("q", "钕"), ("sort", "new")]
    assert panel.clear_url == "/needs/?q=%E9%92%95&sort=new"


def test_each_chip_takes_one_condition_away_and_starts_at_page_one() -> None:
    panel = build_panel(QueryDict("industry=a&industry=b&price_min=50&page=3"), "/needs/", groups())
    assert [(str(chip.label), chip.url) for chip in panel.chips] == [
        ("甲", "/needs/?industry=b&price_min=50"),
        ("乙", "/needs/?industry=a&price_min=50"),
        ("价格 50–… 万元", "/needs/?industry=a&industry=b"),
    ]


def test_nothing_chosen() -> None:
    panel = build_panel(QueryDict(""), "/needs/", groups())
    assert panel.chips == []
    assert panel.clear_url == "/needs/"


def test_unknown_values_make_no_chip() -> None:
    assert build_panel(QueryDict("industry=zz&mode=<b>"), "/needs/", groups()).chips == []


def test_what_lies_under_a_parent_unfolds_when_the_family_is_chosen() -> None:
    def folded(query: str) -> list[bool]:
        tree = [
            Option("a", "甲", 3),
            Option("a.1", "甲一", 1, level=1),
            Option("a.2", "甲二", 2, level=1),
            Option("b", "乙", 3),
            Option("b.1", "乙一", 3, level=1),
        ]
        panel = build_panel(QueryDict(query), "/needs/", [Group("industry", "行业", tree)])
        return [option.folded for option in panel.groups[0].options]

    assert folded("") == [False, True, True, False, True]
    assert folded("industry=a") == [False, False, False, False, True]
    assert folded("industry=b.1") == [False, True, True, False, False]


def test_sorting_keeps_the_filters() -> None:
    links = sort_links(
        QueryDict("q=a&sort=new&page=2"), "/n/", [("", "相关"), ("new", "最新")], "new"
    )
    assert [(link.url, link.current) for link in links] == [
        ("/n/?q=a", False),
        ("/n/?q=a&sort=new", True),
    ]


def test_drawn(draw: Callable[..., str]) -> None:
    panel = build_panel(QueryDict("industry=a&price_min=%22%3E%3Cscript%3E"), "/needs/", groups())
    page = draw(
        '{% include "web/components/facets.html" %}{% include "web/components/chips.html" %}',
        panel=panel,
    )
    assert "<script" not in page
    assert page.count("checked") == 1
    assert page.count("disabled") == 2
    assert page.count("，移除此条件") == 2


def test_a_check_box_says_what_the_option_is() -> None:
    options = [
        Option("wood", "木业", 12, chosen=True),
        Option("wood.board", "人造板", 0, level=1),
        Option("steel", "钢铁"),
        Option("steel.pipe", "管材", 3, level=1, folded=True),
    ]
    boxes = BeautifulSoup(drawn(options, "industry"), "html.parser").find_all("label")
    inputs = [box.find("input") for box in boxes]
    assert [box["class"] for box in boxes] == [
        ["c-check"],
        ["c-check", "c-check--sub", "is-zero"],
        ["c-check"],
    ]
    assert [one["id"] for one in inputs] == [
        "facet-industry-wood",
        "facet-industry-wood.board",
        "facet-industry-steel",
    ]
    assert [one["value"] for one in inputs] == ["wood", "wood.board", "steel"]
    assert {one["name"] for one in inputs} == {"industry"}
    assert [(one.has_attr("checked"), one.has_attr("disabled")) for one in inputs] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert [data.get_text() for data in boxes[0].find_all("data")] == ["12"]
    assert boxes[2].find("data") is None


def test_a_label_of_an_editor_is_text_and_nothing_else() -> None:
    html = drawn([Option('"><script>', "100%s <b>%d</b>", 1)], 'n"')
    label = BeautifulSoup(html, "html.parser").find("label")
    assert label is not None
    assert label.find("span").get_text() == "100%s <b>%d</b>"
    assert label.find("input")["value"] == '"><script>'
    assert label.find("input")["name"] == 'n"'
    assert label.find(["script", "b"]) is None
