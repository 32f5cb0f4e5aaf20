"""An import of the official register with every fifth row bad, killed in the middle of a step and resumed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests import template
from tests.factories.register import as_csv, values

WORKER = Path(__file__).with_name("import_worker.py")
ROOT = WORKER.parents[3]
#: Every fifth row is bad in one of these ways, in turn: what is typed, and the column that is named.
BAD: list[tuple[dict[str, str], str]] = [
    ({"technical": "99999"}, "技术交易额"),
    ({"signed_on": "2026-10-02", "official_on": "2026-10-01"}, "登记日期"),
    ({"official_number": "202637130100001"}, "合同登记编号"),
    ({"contract_type": "买卖合同"}, "合同类型"),
    ({"seller": ""}, "卖方名称"),
]


def killed_and_resumed(folder: Path, count: int, *, steps: int) -> None:
    """Import `count` rows; SIGKILL in step `steps`, whose rows are written and not committed; then resume."""
    database = folder / "db.sqlite3"
    template.copy_to(database)
    rows, bad = _rows(count)
    sheet = folder / "登记表.csv"
    sheet.write_bytes(as_csv([rows[number] for number in sorted(rows)]))
    good = [row for number, row in rows.items() if number not in bad]

    found = _killed_in(folder, steps, sheet)
    assert found["reasons"] == {str(number): [column] for number, column in bad.items()}
    assert found["shown"] == 100
    counts = {key: value for key, value in found["counts"].items() if isinstance(value, int)}
    wanted = {"read": count, "created": len(good), "skipped": len(bad)}
    assert counts == {**wanted, "registered": 0, "updated": 0, "unchanged": 0}

    (done,) = _query(database, "SELECT done FROM registration_registerimport")[0]
    assert done == (steps - 1) * 500
    whole = _written(database)
    assert 0 < whole < len(good)
    assert _counts(database) == (whole, whole, whole, whole)

    time.sleep(1.1)
    *_steps, found, ledger = _resumed(folder)
    assert (found["status"], found["done"]) == ("done", count)
    assert {key: found["counts"][key] for key in wanted} == wanted
    assert _counts(database) == (len(good),) * 4
    assert ledger["findings"] == []
    assert ledger["contracts"] == len(good)
    # Two decimals of 万元 are 100 元 each.
    assert ledger["amount"] == sum(int(row["total"].replace(".", "")) * 10_000 for row in good)
    assert ledger["technical"] == sum(int(row["technical"]) * 1_000_000 for row in good)


def _rows(count: int) -> tuple[dict[int, dict[str, str]], dict[int, str]]:
    """The rows by their number in the sheet, and the bad ones with the column that is named."""
    rows, bad = {}, {}
    for serial in range(1, count + 1):
        number, typed = serial + 1, {}
        if serial % 5 == 0:
            typed, bad[number] = BAD[serial // 5 % len(BAD)]
        rows[number] = values(serial, **typed)
    return rows, bad


def _environment(folder: Path, hold: int) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "deploy.settings.test",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "DATA_DIR": str(folder),
        "HOLD": str(hold),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }


def _killed_in(folder: Path, step: int, sheet: Path) -> dict[str, Any]:
    """Import the sheet and send SIGKILL in the open transaction of this step; what the check said."""
    command = [sys.executable, str(WORKER), "import", str(sheet)]
    environment = _environment(folder, step)
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        found, *said = [json.loads(worker.stdout.readline()) for _ in range(step + 1)]
        worker.kill()
    assert [one["step"] for one in said] == list(range(1, step + 1))
    assert worker.returncode == -signal.SIGKILL
    return dict(found)


def _resumed(folder: Path) -> list[dict[str, Any]]:
    """Let another worker do the rest; what it said."""
    done = subprocess.run(
        [sys.executable, str(WORKER), "resume"],
        env=_environment(folder, 0),
        cwd=ROOT,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def _query(database: Path, sql: str) -> list[Any]:
    with sqlite3.connect(database) as connection:
        return connection.execute(sql).fetchall()


def _written(database: Path) -> int:
    return int(_query(database, "SELECT count(*) FROM registration_filing")[0][0])


def _counts(database: Path) -> tuple[int, ...]:
    """Contracts, filings, different official numbers, and entries of the ledger."""
    wanted = (
        "SELECT count(*) FROM deals_contract",
        "SELECT count(*) FROM registration_filing",
        "SELECT count(DISTINCT official_number) FROM registration_filing",
        "SELECT count(*) FROM registration_ledgerentry",
    )
    return tuple(_query(database, sql)[0][0] for sql in wanted)
