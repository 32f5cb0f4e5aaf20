"""What the tests of imports do with a sheet."""

import io
from typing import Any

import pytest

from marketplace.achievements import imports, services
from marketplace.achievements.models import ImportBatch
from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.kernel.errors import InvalidInput
from tests.cast import Cast
from tests.factories.achievements import TEXT, sheet, upload


def check(cast: Cast, data: bytes, name: str = "成果.xlsx") -> ImportBatch:
    batch = upload(cast.university, cast.university_member, data, name)
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def bring_in(cast: Cast, data: bytes, mode: str = "valid") -> ImportBatch:
    batch = check(cast, data)
    services.confirm_import(batch, actor=cast.university_member, mode=mode)
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> dict[str, int]:
    return {name: batch.counts[name] for name in ("total", "new", "duplicate", "changed", "bad")}


def row_of(**cells: Any) -> tuple[list[str], list[list[Any]]]:
    """A sheet of one row that is good but for these cells."""
    values = {"成果名称": "豆粕胶", "技术方案": TEXT.format(1), **cells}
    return list(values), [list(values.values())]


def one(cast: Cast, **cells: Any) -> ImportBatch:
    heads, rows = row_of(**cells)
    return check(cast, sheet(rows, heads))


def head_of(data: bytes, name: str = "成果.xlsx") -> str:
    path = storage.locate(storage.put(io.BytesIO(data)).path)
    with pytest.raises(InvalidInput) as error:
        imports.check_head(path, name)
    return str(error.value.errors["file"][0])
