"""Which headings of a sheet are understood, and what is said of the others."""

import pytest

from marketplace.achievements import services
from marketplace.achievements.imports.reading import READ, RowReader, layout_of
from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from marketplace.kernel.workflow import flows
from tests.cast import Cast
from tests.factories.achievements import TEXT, good_rows, sheet
from tests.marketplace.achievements.importing import bring_in, check, one

pytestmark = pytest.mark.django_db


def test_columns_that_say_nothing_are_named(cast: Cast) -> None:
    batch = one(cast, 心情="好", 状态="可合作", 持有单位="某大学")
    assert batch.counts["ignored"] == ["心情"]


@pytest.mark.parametrize(
    "head", ["价格（万元）", "价格", "报价(万元)", "转让价格", "合作价格（万元）"]
)
def test_a_price_by_any_common_name_is_read(cast: Cast, head: str) -> None:
    batch = one(cast, **{head: "12.5"})
    assert (batch.counts["ignored"], batch.counts["lost"]) == ([], [])
    services.confirm_import(batch, actor=cast.university_member, mode="all")
    jobs.run_open()
    assert Achievement.objects.get().price_min == 12_500_000


def test_a_price_in_yuan_is_not_taken_for_one_in_ten_thousands(cast: Cast) -> None:
    assert one(cast, **{"价格（元）": "125000"}).counts["ignored"] == ["价格（元）"]


def test_unread_columns_with_content_stand_apart_from_harmless_ones(cast: Cast) -> None:
    rows = [
        [row[0], row[1], n + 1, f"{n * 7} 台", "好", "" if n else "一次"]
        for n, row in enumerate(good_rows(4))
    ]
    heads = ["成果名称", "技术方案", "序号", "推广情况", "心情", "备忘"]
    batch = check(cast, sheet(rows, heads))
    assert batch.counts["lost"] == ["推广情况"]
    assert batch.counts["ignored"] == ["序号", "心情", "备忘"]


def test_headings_in_english_are_understood(cast: Cast) -> None:
    from django.utils import translation

    from marketplace.achievements.exports import WRITTEN

    with translation.override("en"):
        heads = [str(c.title) for c in WRITTEN if c.name in {"title", "description"}]
    batch = check(cast, sheet([["Glue", TEXT.format(1)]], heads))
    assert batch.counts["new"] == 1


def test_a_heading_that_is_read_must_not_stand_there_twice(cast: Cast) -> None:
    row = ["豆粕胶", TEXT.format(1), "b", "c"]
    assert (
        "表头“技术方案”重复出现（B、D 列）"
        in check(cast, sheet([row], ["成果名称", "技术方案", "备注", "技术方案*"])).error
    )
    assert check(cast, sheet([row], ["成果名称", "技术方案", "备注", "备注"])).counts["new"] == 1


def test_the_own_heading_comes_before_another_word_for_it(cast: Cast) -> None:
    heads = ["成果名称", "成果简介", "技术方案"]
    bring_in(cast, sheet([["豆粕胶", "简短介绍", TEXT.format(1)]], heads))
    assert Achievement.objects.get().description == TEXT.format(1)


def test_a_row_never_holds_what_the_import_decides_itself() -> None:
    """A row becomes `Achievement(**draft.values)`: every column that is read, and names of the table."""
    decided = {flow.column for flow in flows() if flow.model is Achievement}
    decided |= {"code", "rev", "owner", "owner_id", "author", "author_id", "is_sample"}
    decided |= {"import_batch", "source_key", "submitted_at", "published_at", "expires_at"}
    heads = [str(column.title) for column in READ]
    read = RowReader(layout_of([*heads, *decided, "状态"]), "某大学")
    draft = read.read(2, ["1", *["7"] * (len(heads) - 1), *["published"] * (len(decided) + 1)])
    assert {"title", "description", "trl"} <= draft.values.keys()
    assert draft.values.keys() & decided == set()


def test_a_status_in_the_sheet_is_not_taken_over(cast: Cast) -> None:
    heads = ["成果名称", "技术方案", "状态", "status"]
    bring_in(cast, sheet([["豆粕胶", TEXT.format(1), "已发布", "published"]], heads))
    assert Achievement.objects.get().status == "in_review"
