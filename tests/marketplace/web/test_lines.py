"""Lines of lists that are drawn once for what they show."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import translation

from marketplace.enquiries.views.rows import Line
from marketplace.web import lines

TEMPLATE = "enquiries/enquiry_line.html"


def line(**given: Any) -> Line:
    values: dict[str, Any] = {
        "url": "/workbench/enquiries/ZX1/",
        "title": "降噪驾驶室",
        "status": "open",
        "status_label": "待答复",
        "asker": "甲单位",
        "owner": "乙单位",
        "turn": "等我方答复",
        "is_mine": True,
        "is_unread": True,
        "is_late": False,
        "last_message_at": datetime(2026, 11, 28, 2, 5, tzinfo=UTC),
        "due_at": None,
        "step": "",
        "step_due": None,
    }
    return Line(**values | given)


def test_the_same_values_are_drawn_once() -> None:
    lines._drawn.cache_clear()
    first = lines.drawn(TEMPLATE, line())
    assert lines.drawn(TEMPLATE, line()) == first
    assert lines._drawn.cache_info()[:2] == (1, 1)
    assert all(text in first for text in ("降噪驾驶室", "2026-11-28 10:05", "去答复"))


def test_each_value_and_language_has_its_own_text() -> None:
    lines._drawn.cache_clear()
    due = datetime(2026, 12, 1, 16, tzinfo=UTC)
    others = {
        "未读": line(is_unread=False),
        "去答复": line(is_mine=False),
        "等我方答复": line(turn=""),
    }
    for word, other in others.items():
        assert word in lines.drawn(TEMPLATE, line())
        assert word not in lines.drawn(TEMPLATE, other)
    assert "2026-12-01" in lines.drawn(TEMPLATE, line(due_at=due))
    assert "寄样 ·" in lines.drawn(TEMPLATE, line(step="寄样", step_due=date(2026, 12, 3)))
    with translation.override("en"):
        assert "未读" not in lines.drawn(TEMPLATE, line())


def test_what_people_wrote_is_escaped() -> None:
    drawn = lines.drawn(TEMPLATE, line(title="<b>甲</b>", asker="<i>乙</i>", step="<u>丙</u>"))
    assert all(text in drawn for text in ("&lt;b&gt;甲", "&lt;i&gt;乙", "&lt;u&gt;丙"))
    assert "<b>" not in drawn
