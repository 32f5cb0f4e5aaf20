from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.test import RequestFactory
from django.utils import translation

import pytest

from marketplace.kernel import clock
from marketplace.web import icons, marks

HOSTILE = "\"><script>alert(1)</script>&'"
Draw = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("{{ 120000000|money }}", "120 万元", "CNY 1.2 million"),
        ("{{ none|money }}", "面议", "To be discussed"),
        ("{{ 120000000|money_range:180000000 }}", "120–180 万元", "CNY 1.2 million – 1.8 million"),
        ("{{ 1416200000000|yi }}", "141.62 亿元", "CNY 14.16 billion"),
        ("{{ 120500000|wan }}", "120.50", "120.50"),
        (
            "{% price 120000000 180000000 %}",
            '<span class="c-price">120–180<small>万元</small></span>',
            '<span class="c-price">CNY 1.2 million – 1.8 million</span>',
        ),
        (
            "{% price 80000000 single=True %}",
            '<span class="c-price">80<small>万元</small></span>',
            '<span class="c-price">CNY 800,000</span>',
        ),
        (
            "{% price none %}",
            '<span class="c-price c-price--word">面议</span>',
            '<span class="c-price c-price--word">To be discussed</span>',
        ),
    ],
)
def test_money(draw: Draw, text: str, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert draw(text, none=None) == zh
    with translation.override("en"):
        assert draw(text, none=None) == en


def test_a_price_range_over_two_units_stays_whole(draw: Draw) -> None:
    assert draw("{% price 9500000000 12000000000 %}") == (
        '<span class="c-price">9,500 万元–1.2 亿元</span>'
    )


AT = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("{{ at|listdate }}", '<time datetime="2025-11-03T17:00:00+08:00">2025-11-03</time>'),
        (
            "{{ at|detaildate }}",
            '<time datetime="2025-11-03T17:00:00+08:00">2025-11-03 17:00</time>',
        ),
        (
            "{{ at|longdate }}",
            '<time datetime="2025-11-03T17:00:00+08:00">2025 年 11 月 3 日 17:00（周一）</time>',
        ),
        ("{{ day|listdate }}", '<time datetime="2025-11-03">2025-11-03</time>'),
        ("{{ day|longdate }}", '<time datetime="2025-11-03">2025 年 11 月 3 日（周一）</time>'),
        (
            "{{ midnight|lastday }}{{ none|lastday }}",
            '<time datetime="2025-11-03">2025-11-03</time>—',
        ),
        ("{{ late|listdate }}", '<time datetime="2025-11-04T00:30:00+08:00">2025-11-04</time>'),
        ("{{ none|listdate }}{{ none|detaildate }}{{ none|longdate }}{% deadline none %}", "————"),
    ],
)
def test_times_are_shanghai_times(draw: Draw, text: str, drawn: str) -> None:
    midnight = datetime(2025, 11, 3, 16, 0, tzinfo=UTC)
    late = datetime(2025, 11, 3, 16, 30, tzinfo=UTC)
    assert (
        draw(text, at=AT, late=late, midnight=midnight, day=date(2025, 11, 3), none=None) == drawn
    )


def test_times_in_english(draw: Draw) -> None:
    with translation.override("en"):
        assert "Mon, 3 Nov 2025 17:00 (Beijing time)" in draw("{{ at|longdate }}", at=AT)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=5, minutes=9, seconds=30), "还剩 3 天 5 小时"),
        (timedelta(days=2, seconds=30), "还剩 2 天"),
        (timedelta(days=40, hours=5, seconds=30), "还剩 40 天"),
        (timedelta(hours=5, minutes=20, seconds=30), "还剩 5 小时 20 分钟"),
        (timedelta(minutes=20, seconds=30), "还剩 20 分钟"),
        (timedelta(seconds=20), "还剩 1 分钟"),
        (timedelta(seconds=-1), "已截止"),
    ],
)
def test_what_is_left(draw: Draw, left: timedelta, words: str) -> None:
    assert draw("{{ at|timeleft }}", at=clock.now() + left) == words


def test_a_day_counts_until_its_end(draw: Draw) -> None:
    assert draw("{{ day|timeleft }}", day=clock.today()).startswith("还剩")
    assert draw("{{ day|timeleft }}", day=clock.today() - timedelta(days=1)) == "已截止"


def test_deadline_says_both(draw: Draw) -> None:
    drawn = draw("{% deadline at %}", at=clock.now() - timedelta(days=1))
    assert "<b>已截止</b>" in drawn
    assert "<time" in drawn


class TestMarks:
    def test_icons_are_decoration(self, draw: Draw) -> None:
        for name in icons.PATHS:
            drawn = draw(f'{{% icon "{name}" %}}')
            assert 'aria-hidden="true"' in drawn
            assert "style=" not in drawn
        with pytest.raises(KeyError):
            draw('{% icon "nope" %}')

    def test_tags_escape(self, draw: Draw) -> None:
        drawn = draw('{% tag word "line" "shield" %}', word=HOSTILE)
        assert drawn.startswith('<span class="c-tag c-tag--line"><svg')
        assert "<script" not in drawn

    def test_a_status_looks_the_same_everywhere(self, draw: Draw) -> None:
        assert 'class="c-tag c-tag--danger"' in draw('{% status_tag "returned" "已退回" %}')
        assert draw('{% status_tag "no-such" "别的" %}') == '<span class="c-tag">别的</span>'

    def test_every_mark_can_be_drawn(self) -> None:
        for mark in marks.STATUS_MARKS.values():
            assert mark.kind in {"", "brand", "warn", "danger", "solid", "line"}
            assert mark.icon in icons.PATHS

    def test_trl(self, draw: Draw) -> None:
        drawn = draw("{% trl 8 %}")
        assert drawn.count('class="on"') == 8
        assert "TRL 8" in drawn
        assert "未注明" in draw("{% trl none %}", none=None)


class TestNavigation:
    def test_crumbs(self, draw: Draw) -> None:
        drawn = draw("{% crumbs '科技成果' '/achievements/' title %}", title=HOSTILE)
        assert '<a href="/achievements/">科技成果</a>' in drawn
        assert 'aria-current="page"' in drawn
        assert "<script" not in drawn

    def test_the_pager_keeps_the_query(self, draw: Draw, rf: RequestFactory) -> None:
        request = rf.get("/", {"q": '"><b>', "page": "7", "industry": ["a", "b"]})
        drawn = draw(
            "{% pager page %}", page=Paginator(range(1900), 20).get_page(7), request=request
        )
        assert "q=%22%3E%3Cb%3E&amp;page=8&amp;industry=a&amp;industry=b" in drawn
        assert drawn.count("aria-current") == 1
        assert drawn.count("…") == 2

    def test_one_page_needs_no_pager(self, draw: Draw, rf: RequestFactory) -> None:
        page = Paginator(range(3), 20).get_page(1)
        assert draw("{% pager page %}", page=page, request=rf.get("/")).strip() == ""

    def test_an_address_that_does_not_exist(self, draw: Draw) -> None:
        assert draw('{% url_or_empty "no:such" 1 as u %}[{{ u }}]') == "[]"


#: Each component with hostile text in every text it takes.
COMPONENTS: list[tuple[str, dict[str, Any]]] = [
    ("button", {"label": HOSTILE, "href": HOSTILE, "icon": "plus"}),
    ("button", {"label": HOSTILE, "name": HOSTILE, "value": HOSTILE}),
    (
        "card",
        {
            "title": HOSTILE,
            "url": HOSTILE,
            "text": HOSTILE,
            "tags": [{"label": HOSTILE, "kind": "line"}],
            "facts": [(HOSTILE, HOSTILE)],
            "side": [(HOSTILE, HOSTILE)],
            "foot": HOSTILE,
            "row": True,
        },
    ),
    ("dl", {"rows": [(HOSTILE, HOSTILE)]}),
    ("steps", {"steps": [{"state": "now", "label": HOSTILE, "note": HOSTILE}]}),
    (
        "wizard",
        {
            "steps": [
                {"state": s, "label": HOSTILE, "url": HOSTILE}
                for s in ("done", "now", "bad", "todo")
            ]
        },
    ),
    (
        "match",
        {
            "match": {
                "score": 86,
                "title": HOSTILE,
                "url": HOSTILE,
                "line": HOSTILE,
                "note": HOSTILE,
                "tags": [{"label": HOSTILE, "kind": ""}],
                "rows": [
                    {
                        "verdict": v,
                        "label": HOSTILE,
                        "wanted": HOSTILE,
                        "offered": HOSTILE,
                        "words": HOSTILE,
                    }
                    for v in ("yes", "part", "no", "unknown")
                ],
            }
        },
    ),
    (
        "todo",
        {
            "items": [
                {
                    "icon": "mail",
                    "title": HOSTILE,
                    "text": HOSTILE,
                    "due": HOSTILE,
                    "action": HOSTILE,
                    "url": HOSTILE,
                }
            ]
        },
    ),
    (
        "sidenav",
        {
            "label": HOSTILE,
            "items": [
                {"heading": HOSTILE},
                {"label": HOSTILE, "url": HOSTILE, "icon": "home", "count": 3},
            ],
        },
    ),
    ("history", {"entries": [{"label": HOSTILE, "actor": HOSTILE, "at": AT, "note": HOSTILE}]}),
    ("person", {"name": HOSTILE, "line": HOSTILE, "url": HOSTILE}),
    ("org", {"name": HOSTILE, "line": HOSTILE, "url": HOSTILE, "verified": True}),
    (
        "files",
        {
            "files": [
                {
                    "url": HOSTILE,
                    "name": HOSTILE,
                    "kind": HOSTILE,
                    "size": 5,
                    "note": HOSTILE,
                    "remove_name": HOSTILE,
                    "code": HOSTILE,
                }
            ]
        },
    ),
    ("progress", {"label": HOSTILE, "done": 1, "total": 0}),
    ("stat", {"label": HOSTILE, "value": HOSTILE, "unit": HOSTILE, "note": HOSTILE}),
    ("toast", {"text": HOSTILE}),
    ("search", {"uid": "q", "q": HOSTILE, "scope": HOSTILE}),
    (
        "confirm",
        {
            "action": HOSTILE,
            "text": HOSTILE,
            "lasting": HOSTILE,
            "label": HOSTILE,
            "back": HOSTILE,
            "name": HOSTILE,
        },
    ),
    (
        "results_bar",
        {
            "q": HOSTILE,
            "total": 1,
            "took": 0.1,
            "sorts": [{"url": HOSTILE, "label": HOSTILE}],
            "exports": [{"url": HOSTILE, "label": HOSTILE}],
        },
    ),
    ("messages", {"messages": [HOSTILE]}),
]


@pytest.mark.parametrize(("name", "values"), COMPONENTS, ids=[name for name, _ in COMPONENTS])
def test_components_escape_what_they_are_given(
    draw: Draw, name: str, values: dict[str, Any]
) -> None:
    drawn = draw(f'{{% include "web/components/{name}.html" %}}', **values)
    assert "&lt;script" in drawn
    assert "<script" not in drawn
    assert '=""><' not in drawn.replace('value=""><', "").replace('alt=""><', "")


@pytest.mark.parametrize(
    "text",
    [
        "{% panel title icon='doc' %}{{ title }}{% endpanel %}",
        "{% scroll title %}{{ title }}{% endscroll %}",
        "{% notice kind='danger' %}{{ title }}{% endnotice %}",
        "{% empty title %}{{ title }}{% endempty %}",
        "{% dialog 'd' title %}{{ title }}{% enddialog %}",
    ],
)
def test_blocks_escape_and_keep_markup(draw: Draw, text: str) -> None:
    drawn = draw(text.replace("{% end", "<p>中</p>{% end"), title=HOSTILE)
    assert "<p>中</p>" in drawn
    assert "<script" not in drawn
