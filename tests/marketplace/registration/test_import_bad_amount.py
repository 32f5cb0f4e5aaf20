"""One amount that is out of range is a problem of its cell, and a failed job ends its import."""

import hashlib
import io

import pytest

from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.journal.models import Job
from marketplace.listings.imports.cells import CellError
from marketplace.registration.imports import runs
from marketplace.registration.imports.columns import BY_NAME, amount
from marketplace.registration.models import RegisterImport
from marketplace.registration.services import imports
from tests.cast import Cast
from tests.factories.register import as_csv, values

pytestmark = pytest.mark.django_db


def checked(cast: Cast, *rows: dict[str, str]) -> RegisterImport:
    data = as_csv(list(rows))
    batch = imports.start_import(
        actor=cast.registrar_city,
        file_name="登记表.csv",
        file_path=storage.put(io.BytesIO(data)).path,
        file_sha256=hashlib.sha256(data).hexdigest(),
    )
    jobs.run_open()
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("49.176", 49_176_000),
        ("1,234.567891", 1_234_567_891),
        ("１２３.4567", 123_456_700),
        ("10000000", 10_000_000_000_000),
        ("0.000001", 1),
        ("5.12000000", 5_120_000),
    ],
)
def test_amounts_in_wan_are_exact(text: str, fen: int) -> None:
    assert amount(text, "wan") == fen


@pytest.mark.parametrize(
    "text",
    [
        *(".1234", "1e3", "999999999999.1234", "9" * 20 + ".1234", "1" * 4400 + ".123"),
        *("1.1234567", "10000000.000001", "12,34.567", "-1.2345", ""),
    ],
)
def test_what_is_no_amount_is_a_fault_of_its_cell(text: str) -> None:
    with pytest.raises(CellError):
        amount(text, "wan")


@pytest.mark.parametrize("text", [".1234", "9" * 20 + ".1234"])
def test_one_bad_amount_stops_no_import(cast: Cast, text: str) -> None:
    batch = checked(cast, values(1), values(2, total=text, technical="1"))
    assert (batch.status, batch.counts["created"], batch.counts["skipped"]) == ("checked", 1, 1)
    (problem,) = batch.problems
    assert (problem["row"], problem["column"]) == (3, "合同成交额")


def test_a_job_that_is_given_up_ends_its_import(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = checked(cast, values(1))

    def breaks(*_args: object) -> None:
        raise OverflowError

    monkeypatch.setattr(runs.services, "carry_out", breaks)
    imports.confirm_import(batch, plan=batch.plan_sha256, actor=cast.registrar_city)
    Job.objects.filter(status="queued").update(attempts=jobs.ATTEMPTS.most - 1)
    jobs.run_open()
    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.job.status) == ("failed", 0, "failed")
    assert batch.error == "后台任务出错，已停止；已写入的行保留。请核对表格后重新上传"


def test_the_big_kind_is_answered_with_its_kinds() -> None:
    read = BY_NAME["contract_type"].read
    with pytest.raises(CellError, match="“技术开发”是合同大类，请填具体类型：委托开发、合作开发"):
        read("技术开发")
    with pytest.raises(CellError) as caught:
        read("买卖合同")
    assert str(caught.value).count("、") == 12
