"""`python -m tests.benchmarks.figures`: what the pages of turnover cost at 20,000 and 200,000 entries.

Each page is asked in one process, warm, without any cache of pages. Printed are the median and the 95th
percentile of 40 requests in milliseconds, the queries, and how long an issue of all figures takes. Nothing
is asserted: numbers belong to their machine.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 40
MONTHS = [f"{year}-{month:02d}" for year in range(2021, 2027) for month in range(1, 13)][:70]
PAGES = {
    "public": "/statistics/?year=2025",
    "wall": "/statistics/wall/?year=2025",
    "workbench": "/workbench/statistics/?year=2025",
    "sums": "/workbench/statistics/sums/district/?year=2025",
    "entries": "/workbench/statistics/entries/?year=2025&dimension=district&key=371302",
}


def say(line: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Fill an embedded site step by step and ask its pages."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.figures")
    parser.add_argument("--sizes", default="20000,200000", help="entries, comma between")
    parser.add_argument("--engine", default="sqlite", choices=("sqlite", "postgresql"))
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
            measure(sizes)
            return 0
        from deploy.services import PostgreSQL, environment, started

        with started(PostgreSQL) as running:
            os.environ |= environment(running)
            measure(sizes)
    return 0


def measure(sizes: list[int]) -> None:
    """Bring the ledger to each size and print a line for each page."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    from marketplace.registration.models import LedgerEntry
    from marketplace.statistics import services
    from tests.cast import make_cast
    from tests.factories.ledger_rows import close_months, make_rows

    cast = make_cast()
    client = Client()
    client.force_login(cast.registrar_city, backend="django.contrib.auth.backends.ModelBackend")
    say("| entries | page | median ms | p95 ms | queries |\n| ---: | --- | ---: | ---: | ---: |")
    for number, size in enumerate(sizes, 1):
        have = LedgerEntry.objects.count()
        started_at = time.perf_counter()
        while have < size:
            batch = min(10_000, size - have)
            make_rows(batch, months=MONTHS, seed=have // 10_000 + number * 100, parties=900)
            have += batch
        filled = time.perf_counter() - started_at
        if number == 1:
            close_months(MONTHS[:-1])
            begun = time.perf_counter()
            blocks = services.issue_all()
            took = time.perf_counter() - begun
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            say(f"filled {filled:.0f} s; {blocks} blocks issued in {took:.0f} s; {memory} MB")
        from marketplace.kernel.statistics import refresh_statistics

        refresh_statistics()
        for name, path in PAGES.items():
            client.get(path)
            times = []
            for _round in range(ROUNDS):
                begun = time.process_time()
                answer = client.get(path)
                times.append(1000 * (time.process_time() - begun))
                assert answer.status_code == 200, (path, answer.status_code)
            with CaptureQueriesContext(connection) as found:
                client.get(path)
            p95 = statistics.quantiles(times, n=20)[-1]
            say(f"| {size} | {name} | {statistics.median(times):.0f} | {p95:.0f} | {len(found)} |")


if __name__ == "__main__":
    raise SystemExit(main())
