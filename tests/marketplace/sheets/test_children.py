"""Reading a sheet in a child says what reading it here says, and ends what has no end."""

import random
from pathlib import Path

from django.utils import translation

import pytest

from marketplace.kernel.children import TookTooLong
from marketplace.kernel.errors import InvalidInput
from marketplace.sheets import children
from marketplace.sheets.children import head_of, sheet_of
from marketplace.sheets.readers import read_sheet
from tests.factories.sheets import many_strings
from tests.marketplace.sheets.test_readers import xlsx


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stored-without-a-name"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (
            xlsx(["名称", "数值"], ["胶\n黏剂", 3.5], [], ["第二行", None], [7, "x" * 9000]),
            "a.xlsx",
        ),
        ("名称,数值\n甲,1\n\n乙,2\n".encode("gb18030"), "a.csv"),
    ],
)
def test_a_sheet_is_the_same_as_when_it_is_read_here(path: Path, data: bytes, name: str) -> None:
    path.write_bytes(data)
    with path.open("rb") as file:
        here = read_sheet(file, name)
        rows = list(here.rows)
    there = sheet_of(path, name)
    assert (there.headers, there.header_row) == (here.headers, here.header_row)
    assert list(there.rows) == rows
    head = head_of(path, name)
    assert (head.headers, list(head.rows)) == (here.headers, [])


def test_a_refusal_and_the_limits_of_the_caller_arrive(path: Path) -> None:
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    with pytest.raises(InvalidInput) as error:
        sheet_of(path, "a.csv", max_rows=1, field="sheet")
    assert error.value.errors == {"sheet": ["数据行过多，一次最多 1 行"]}
    with translation.override("en"), pytest.raises(InvalidInput) as error:
        head_of(path, "a.xls")
    assert error.value.errors["file"][0].startswith("Old .xls")


def test_a_million_distinct_strings_end_at_the_limit(path: Path) -> None:
    path.write_bytes(many_strings(1_000_000))
    with pytest.raises(TookTooLong):
        head_of(path, "a.xlsx")


def test_a_text_that_every_cell_shares_does_not_fill_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "MAX_ROWS_BYTES", 1024 * 1024)
    text = random.Random(1).randbytes(15_000).hex()
    path.write_bytes(xlsx(["名称", "说明"], *[["甲", text]] * 50))
    with pytest.raises(InvalidInput) as error:
        sheet_of(path, "a.xlsx")
    assert "拆成几张表" in str(error.value.errors["file"][0])
