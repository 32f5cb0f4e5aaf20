"""The import of 20,000 contracts of the official register: seconds, memory, a second import, and the figures.

`python -m tests.benchmarks.register [ROWS]` with a migrated database of its own. The figures are compared with a
recomputation from the file in plain Python, which shares no code with the product.
"""

import csv
import hashlib
import io
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROWS = 20_000


def main(rows: int) -> int:
    """Run it, print the lines of docs/benchmarks.md, and give 1 when a figure differs."""
    folder = Path(tempfile.mkdtemp(prefix="bench-register-"))
    os.environ["DATA_DIR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.dev")
    if not os.environ.get("DATABASE_URL"):
        from tests import template

        template.copy_to(folder / "jiebang.sqlite3")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return _run(rows)


def _run(rows: int) -> int:
    from marketplace.registration.queries import ledger
    from marketplace.registration.services.verification import verify
    from tests.factories.parties import make_staff
    from tests.factories.register import as_csv, as_xlsx, values

    actor = make_staff("registrar_city")
    lines = [values(n) for n in range(1, rows + 1)]
    data = as_xlsx(lines)
    batch, check, carry = _import(data, actor)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    _say(f"{rows} rows: check {check}, import {carry} (wall, computing); {batch.counts}")
    _say(f"peak {peak} MB, of the reading process {child} MB")
    again, check, _none = _import(data, actor, confirm=False)
    _say(f"second import: check {check}; {again.counts}")
    wanted, found = _recomputed(as_csv(lines)), {}
    for (month, key), one in ledger.sums_by_month("city", "2000-01", "2100-01", "total").items():
        assert key == "all"
        found[month] = (one.contracts, one.amount_fen, one.technical_fen)
    start = time.perf_counter()
    report = verify()
    _say(f"verify_ledger {time.perf_counter() - start:.1f} s, {report.findings}")
    _say("figures of", len(found), "months equal to the file:", found == wanted)
    return 0 if found == wanted and not report.findings else 1


def _import(data: bytes, actor: Any, *, confirm: bool = True) -> tuple[Any, str, str]:
    from marketplace.files import storage
    from marketplace.journal import jobs
    from marketplace.registration.services import imports

    stored = storage.put(io.BytesIO(data))
    start = time.perf_counter(), time.process_time()
    batch = imports.start_import(
        actor=actor,
        file_name="register.xlsx",
        file_path=stored.path,
        file_sha256=hashlib.sha256(data).hexdigest(),
    )
    jobs.run_open()
    batch.refresh_from_db()
    check, carry = _since(start), ""
    if confirm:
        start = time.perf_counter(), time.process_time()
        imports.confirm_import(batch, plan=batch.plan_sha256, actor=actor)
        jobs.run_open()
        carry = _since(start)
    batch.refresh_from_db()
    return batch, check, carry


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _since(start: tuple[float, float]) -> str:
    return f"{time.perf_counter() - start[0]:.1f} s, {time.process_time() - start[1]:.1f} s"


def _recomputed(data: bytes) -> dict[str, tuple[int, int, int]]:
    """Contracts, total and technical amount in fen by month of registration, from the file alone."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        month = found[row["登记日期"][:7]]
        month[0] += 1
        for place, name in ((1, "合同成交额（万元）"), (2, "技术交易额（万元）")):
            whole, _dot, decimals = row[name].partition(".")
            month[place] += int(whole) * 1_000_000 + int(decimals.ljust(6, "0") or "0")
    return {month: (one[0], one[1], one[2]) for month, one in found.items()}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
