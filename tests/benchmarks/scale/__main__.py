"""`make bench-scale`: how the product grows beside the bare engine, as tables in Markdown.

For each engine real servers are started (SQLite and tantivy; PostgreSQL and Elasticsearch), filled and
asked. Nothing is asserted: the numbers belong to the machine they were measured on.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.services import Elasticsearch, Missing, PostgreSQL, environment, started

ROOT = Path(__file__).resolve().parents[3]
ENGINES = ("embedded", "elasticsearch")


def say(line: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Measure what was asked for; 1 when the data or a server is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="listings, comma between")
    parser.add_argument("--engines", default=",".join(ENGINES), help="comma between")
    options = parser.parse_args()
    # Who stops it stops the servers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(os.environ.get("SHARED_DIR") or ROOT.parent / "shared") / "match-dev"
    if not folder.is_dir():
        sys.stderr.write(f"{folder} is missing: SHARED_DIR names the folder with match-dev\n")
        return 1
    try:
        for engine in options.engines.split(","):
            with servers(engine) as env:
                report(engine, list(measured(options.sizes, folder, env)))
    except Missing as error:
        sys.stderr.write(f"missing: {error}\n")
        return 1
    return 0


@contextmanager
def servers(engine: str) -> Iterator[dict[str, str]]:
    """The settings of a site on this engine."""
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as place:
        env = {**os.environ, "DATA_DIR": place, "OMP_NUM_THREADS": "1"}
        env |= {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.scale.settings",
            "PYTHONPATH": str(ROOT),
        }
        for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
            env.pop(name, None)
        if engine == "embedded":
            yield env | {"SEARCH_URL": "embedded://"}
            return
        with started(PostgreSQL, Elasticsearch) as running:
            yield env | environment(running)


def measured(sizes: str, folder: Path, env: dict[str, str]) -> Iterator[dict[str, Any]]:
    """What the measuring process says of each size."""
    command = [sys.executable, "-m", "tests.benchmarks.scale.measure", sizes, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith(b"{"):
                yield json.loads(line)
    if process.returncode:
        raise SystemExit(process.returncode)


def report(engine: str, found: list[dict[str, Any]]) -> None:
    """Tables: loading, questions, pages, memory, growth."""
    say(f"\n### {engine}\n")
    say("| listings | product rows/s | of that reading and tokenising | bare bulk rows/s |")
    say("| ---: | ---: | ---: | ---: |")
    for one in found:
        share = f"{one['tokenizing_share']:.0%}"
        cells = [f"{one['size']:,}", f"{one['rows_per_second']:,.0f}", share]
        say(f"| {' | '.join([*cells, format(one['bare_rows_per_second'], ',.0f')])} |")
    say(
        "\n| listings | question | bare p50 | product p50 | ratio | bare p95 | product p95 | ratio |"
    )
    say("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for one in found:
        for name, case in one["cases"].items():
            cells = [f"{one['size']:,}", name]
            for bare, product in zip(case["bare"], case["product"], strict=True):
                cells += [f"{bare:.2f}", f"{product:.2f}", f"{product / bare:.2f}"]
            say(f"| {' | '.join(cells)} |")
    say("\n| listings | page | p50 ms | p95 ms |")
    say("| ---: | --- | ---: | ---: |")
    for one in found:
        for name, (middle, slow) in one["pages"].items():
            say(f"| {one['size']:,} | {name} | {middle:.1f} | {slow:.1f} |")
    say("\n| listings | " + " | ".join(found[0]["memory"]) + " |")
    say("| ---: |" + " ---: |" * len(found[0]["memory"]))
    for one in found:
        say(
            f"| {one['size']:,} | " + " | ".join(f"{v:,.0f}" for v in one["memory"].values()) + " |"
        )
    if len(found) > 1:
        growth(found[0], found[-1])


def growth(small: dict[str, Any], large: dict[str, Any]) -> None:
    """How p50 grows, bare and through the product."""
    say("\n| question | bare grows | product grows | product / bare |")
    say("| --- | ---: | ---: | ---: |")
    for name, case in large["cases"].items():
        before = small["cases"][name]
        bare = case["bare"][0] / before["bare"][0]
        product = case["product"][0] / before["product"][0]
        say(f"| {name} | {bare:.2f} | {product:.2f} | {product / bare:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
