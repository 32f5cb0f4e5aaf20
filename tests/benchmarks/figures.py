"""`python -m tests.benchmarks.figures`: what the pages of turnover cost at 20,000 and 200,000 entries.

Each page is asked in one process, warm, without any cache of pages. Printed are the median and the 95th
percentile of 40 requests in milliseconds, the queries, the growth of the median from the first size,
and how long an issue of all figures takes. On SQLite milliseconds of the processor, which include the database; on
PostgreSQL those on the wall. Nothing is asserted: numbers belong to their machine.

`--keep DIR` leaves the filled SQLite databases there and takes them up again, migrated further where the code
has new migrations, so that two states of the code are compared on the same rows. PostgreSQL takes up the rows of
the same databases (a fill of 200,000 takes twenty minutes), so that both engines are compared on the same ones.
"""

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROUNDS = 40
MONTHS = [f"{year}-{month:02d}" for year in range(2021, 2027) for month in range(1, 13)][:70]
#: One contract in so many was begun here, with its origin confirmed; the others were imported.
BEGUN_HERE = 20
YEAR = "year=2025"
PAGES = {
    "public": f"/statistics/?{YEAR}",
    "wall": f"/statistics/wall/?{YEAR}",
    "workbench": f"/workbench/statistics/?{YEAR}",
    "sums": f"/workbench/statistics/sums/district/?{YEAR}",
    "sums of flow": f"/workbench/statistics/sums/flow/?{YEAR}",
    "entries of a district": f"/workbench/statistics/entries/?{YEAR}&dimension=district&key=371302",
    "entries of a small cross": f"/workbench/statistics/entries/?{YEAR}&dimension=seller_district.field"
    "&key=371302%7C04",
    "all entries, page 300": f"/workbench/statistics/entries/?{YEAR}&page=300",
    "stages": f"/workbench/statistics/stages/?{YEAR}",
    "by day of registration": f"/workbench/statistics/registered/?{YEAR}",
    "report": "/workbench/statistics/report/2025/",
    "REST, one year": "/api/v1/statistics/2025/",
}


def say(line: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Fill a site step by step and ask its pages."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.figures")
    parser.add_argument("--sizes", default="20000,200000", help="entries, comma between")
    parser.add_argument("--engine", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path, help="where filled SQLite databases are kept")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.scale.settings"
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="bench-figures-") as place:
        os.environ |= {"DATA_DIR": place, "SEARCH_URL": "embedded://"}
        from tests import template

        if options.engine == "sqlite":
            path = Path(place) / "db.sqlite3"
            template.copy_to(path)
            os.environ["DATABASE_URL"] = f"sqlite:///{path}"
            measure(sizes, path, options.keep)
            return 0
        from deploy.services import PostgreSQL, environment, started

        with started(PostgreSQL) as running:
            os.environ |= environment(running)
            measure(sizes, keep=options.keep)
    return 0


def measure(sizes: list[int], path: Path | None = None, keep: Path | None = None) -> None:
    """Bring the ledger to each size and print a line for each page."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from marketplace.kernel.statistics import refresh_statistics

    settings.ALLOWED_HOSTS = ["testserver"]
    first: dict[str, float] = {}
    head = "| entries | page | median ms | p95 ms | growth | queries |"
    for number, size in enumerate(sizes, 1):
        kept = keep / f"{size}.sqlite3" if keep else None
        if path and kept and kept.exists():
            connection.close()
            shutil.copyfile(kept, path)
            call_command("migrate", verbosity=0)
        elif kept and kept.exists():
            carried(kept)
        else:
            fill(size, number)
            refresh_statistics()
            if path and kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                connection.cursor().execute("VACUUM INTO %s", [str(kept)])
        refresh_statistics()
        say(f"{head}\n| ---: | --- | ---: | ---: | ---: | ---: |")
        ask(size, first)


def carried(kept: Path) -> None:
    """Replace what PostgreSQL has by the rows of this kept database."""
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks.carried import carry, migrated

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory(prefix="bench-figures-") as place:
        copied = Path(shutil.copyfile(kept, Path(place) / kept.name))
        migrated(copied)
        begun = time.perf_counter()
        rows = carry(copied)
    # As autovacuum leaves tables behind that are filled day by day.
    connection.cursor().execute("VACUUM ANALYZE")
    say(f"{rows} rows carried in {time.perf_counter() - begun:.0f} s")


def fill(size: int, number: int) -> None:
    """Bring the ledger to this size through its service; after the first size the figures are issued."""
    from django.core.management import call_command

    from marketplace.registration.models import LedgerEntry, LedgerPeriod
    from marketplace.statistics import services
    from tests.cast import make_cast
    from tests.factories.ledger_rows import close_months, make_rows

    if number == 1:
        call_command("migrate", verbosity=0)
        make_cast()
    # A closed month takes no entry; the blocks that were issued stay as they are.
    LedgerPeriod.objects.update(status="open", hash="")
    started_at = time.perf_counter()
    while (have := LedgerEntry.objects.count()) < size:
        batch = min(10_000, size - have)
        seed = have // 10_000 + number * 100
        have_lived(make_rows(batch, months=MONTHS, seed=seed, parties=900))
    filled = time.perf_counter() - started_at
    close_months(MONTHS[:-1])
    if number > 1:
        say(f"filled {filled:.0f} s")
        return
    begun = time.perf_counter()
    blocks = services.issue_all()
    took = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    say(f"filled {filled:.0f} s; {blocks} blocks issued in {took:.0f} s; {memory} MB")


def have_lived(entries: list[Any]) -> None:
    """The contracts of these entries were signed in their months; some were begun here and have a known origin."""
    from django.db.models import OuterRef, Subquery

    from marketplace.deals.models import Contract
    from marketplace.parties.models import Organization
    from marketplace.registration.models import Filing

    owner = Organization.objects.order_by("pk").first()
    ids = sorted(entry.contract_id for entry in entries)
    first, last = ids[0], ids[-1]
    day = Filing.objects.filter(contract=OuterRef("pk")).values("official_on")
    Contract.objects.filter(pk__range=(first, last)).update(signed_on=Subquery(day))
    chosen = list(Contract.objects.filter(pk__in=ids[::BEGUN_HERE]).select_related("filing"))
    for contract in chosen:
        signed = datetime.combine(contract.signed_on, datetime.min.time(), UTC)
        contract.origin, contract.owner = "empty", owner
        contract.created_at = signed - timedelta(days=contract.pk % 40)
        contract.origin_confirmed_at = signed
        contract.filing.decided_at = signed
    columns = ["origin", "owner", "created_at", "origin_confirmed_at"]
    Contract.objects.bulk_update(chosen, columns, batch_size=200)
    Filing.objects.bulk_update([one.filing for one in chosen], ["decided_at"], batch_size=200)


def ask(size: int, first: dict[str, float]) -> None:
    """Ask each page and print its line. `first` keeps the medians of the first size."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    # On SQLite the database works in this process.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    client = Client()
    registrar = get_user_model().objects.get(email="registrar_city@example.com")
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    for name, path in PAGES.items():
        client.get(path)
        times = []
        for _round in range(ROUNDS):
            begun = clock()
            answer = client.get(path)
            times.append(1000 * (clock() - begun))
            assert answer.status_code == 200, (path, answer.status_code)
        with CaptureQueriesContext(connection) as found:
            client.get(path)
        p95 = statistics.quantiles(times, n=20)[-1]
        median = statistics.median(times)
        growth = median / first.setdefault(name, median)
        say(f"| {size} | {name} | {median:.0f} | {p95:.0f} | {growth:.2f} | {len(found)} |")


if __name__ == "__main__":
    raise SystemExit(main())
