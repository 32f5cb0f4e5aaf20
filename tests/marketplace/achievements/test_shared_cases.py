"""Small files of the kind that people send, kept beside the project: each comes out right by its door."""

import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

import pytest

from marketplace.achievements.models import Achievement, ImportBatch
from tests.cast import Cast

CASES = Path(os.environ.get("SHARED_DIR", "../shared")).resolve() / "cases"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"no example files in {CASES}: set SHARED_DIR"),
]


def bring_in(cast: Cast, name: str) -> tuple[list[Achievement], ImportBatch]:
    """What the command makes of a file, and its batch."""
    options: dict[str, Any] = {
        "owner": cast.university.code,
        "actor": cast.university_member.email,
        "mode": "valid",
    }
    # A sheet without one good row ends the command; what it found is kept.
    with suppress(CommandError):
        call_command("import_achievements", str(CASES / name), **options)
    batch = ImportBatch.objects.latest("pk")
    return list(Achievement.objects.order_by("pk")), batch


def problems(batch: ImportBatch) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in batch.problems:
        found.setdefault(problem["row"], []).append(f"{problem['column']}：{problem['text']}")
    return found


@pytest.mark.parametrize("folder", ["1-decimal-comma", "20-number-signs"])
def test_figures_are_read_or_refused_never_changed(cast: Cast, folder: str) -> None:
    rows, batch = bring_in(cast, f"{folder}/indicators.xlsx")
    found = problems(batch)
    assert sorted(found) == [2, 4, 5, 6, 14, 18, 20, 24, 25, 28, 30, 31]
    assert all("逗号只能用来分隔千位" in found[row][0] for row in (2, 20, 28))
    assert "最多 6 位小数" in found[24][0]
    offers = {row.title[5:-4].strip("第种"): row.indicators.get().offer for row in rows}
    assert offers == {
        "2": "≥ 1200 MPa",
        **dict.fromkeys(["6", "7", "8", "9", "10"], "10–15%"),
        **dict.fromkeys(["11", "12"], "-40–85℃"),
        "14": "≥ 95%",
        "15": "≥ 95％",
        "16": "≤ 0.5 ‰",
        **dict.fromkeys(["18", "20", "21", "22"], "≥ 500 MPa"),
        **dict.fromkeys(["25", "26"], "≤ -5 kPa"),
        "28": "≥ 95%",
    }


@pytest.mark.parametrize("name", ["date-numfmt14.xlsx", "date-numfmt31.xlsx"])
def test_formats_of_days(cast: Cast, name: str) -> None:
    (row,), _batch = bring_in(cast, f"3-cjk-date-format-ids/{name}")
    assert row.valid_until == date(2027, 12, 31)


def test_merged_cells(cast: Cast) -> None:
    rows, batch = bring_in(cast, "4-merged-cells/merged-vertical.xlsx")
    assert [(row.field, row.contact_name) for row in rows] == [("03", "王工")] * 3
    assert "C2:C4、D2:D4" in batch.counts["remarks"][0]


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("error-values", {2: ["联系人：单元格是错误值 #REF!", "创新点：单元格是错误值 #N/A"]}, 0),
        (
            "formula-cached",
            {3: ["意向价格上限（万元）：单元格是错误值 #DIV/0!"], 4: ["成果名称"]},
            1,
        ),
        (
            "formula-nocache",
            {2: ["成果名称：公式没有保存"], 3: ["意向价格上限（万元）：公式没有"]},
            0,
        ),
    ],
)
def test_errors_and_formulas(cast: Cast, name: str, bad: dict[int, list[str]], good: int) -> None:
    rows, batch = bring_in(cast, f"5-error-values-and-uncached-formulas/{name}.xlsx")
    found = problems(batch)
    assert len(rows) == good
    assert list(found) == list(bad)
    for row, beginnings in bad.items():
        pairs = zip(found[row], beginnings, strict=True)
        assert all(text.startswith(beginning) for text, beginning in pairs)


def test_several_terms_in_one_cell(cast: Cast) -> None:
    rows, batch = bring_in(cast, "6-slash-in-list/terms-slash.xlsx")
    assert [row.cooperation for row in rows] == [["transfer", "license"]] * 3
    assert problems(batch) == {5: ["合作方式：“作价投资”不在列表中，可填：作价入股"]}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("10-header-place-and-notes/header-notes.xlsx", "表头带说明的成果装置"),
        ("10-header-place-and-notes/second-sheet.xlsx", "第二张表里的成果装置"),
        ("11-trailing-blank-rows/trailing-blank-12000.xlsx", "尾部空行过多的成果"),
        ("12-csv-delimiter/csv-header-newline.csv", "表头换行分号的成果"),
        ("12-csv-delimiter/csv-title-tab.csv", "编码csv-title-tab的成果"),
    ],
)
def test_tables_are_found(cast: Cast, name: str, title: str) -> None:
    (row,), batch = bring_in(cast, name)
    assert (row.title, batch.counts["bad"]) == (title, 0)


def test_days(cast: Cast) -> None:
    rows, batch = bring_in(cast, "14-date-with-time/date-texts.xlsx")
    assert [row.valid_until for row in rows] == [date(2027, 5, 1)] * 8
    assert list(problems(batch)) == [5, 6, 7, 11]
    assert all("2027-05-01" in texts[0] for texts in problems(batch).values())


def test_days_with_a_time(cast: Cast) -> None:
    rows, _batch = bring_in(cast, "14-date-with-time/date-with-time.xlsx")
    assert [row.valid_until for row in rows] == [date(2027, 5, 1)] * 2


def test_percent_formats(cast: Cast) -> None:
    rows, _batch = bring_in(cast, "15-percent-formats/percent-formats.xlsx")
    assert [row.trl_evidence for row in rows] == ["95%"] * 4 + ["0.95", "95%"]


def test_soft_returns(cast: Cast) -> None:
    (row,), _batch = bring_in(cast, "16-word-soft-return/word-paste.xlsx")
    assert row.innovation == "第一点\n第二点"


def test_keywords(cast: Cast) -> None:
    rows, _batch = bring_in(cast, "17-keywords-by-blanks/keywords.xlsx")
    assert [row.keywords for row in rows] == [
        *[["永磁", "磁体", "电机"]] * 4,
        *[["永磁", "磁体"]] * 3,
        ["C++", "5G基站", "α-淀粉酶"],
    ]


def test_headings_in_two_rows(cast: Cast) -> None:
    (row,), batch = bring_in(cast, "18-two-tier-header/header-two-tier.xlsx")
    assert (row.contact_name, row.contact_phone, row.contact_email) == (
        *("李工", "13800138000", "li@example.com"),
    )
    assert batch.counts["bad"] == 0


@pytest.mark.parametrize(("name", "told"), [("row", "行号：3；"), ("column", "C 应用场景；")])
def test_what_is_hidden_is_told(cast: Cast, name: str, told: str) -> None:
    _rows, batch = bring_in(cast, f"19-hidden-rows-columns/hidden-{name}.xlsx")
    assert told in batch.counts["remarks"][0]
