"""What each page of the site of `make run` costs, as a table in Markdown.

    python -m tests.benchmarks.pages [--rounds N] [PAGE …]

CPU time of whole requests in one process (`time.process_time`): the WSGI handler with all middleware,
DEBUG off, warm, the sample data of `make run`. The pages are asked in turn, round after round, and the
median of the rounds counts, so that whatever else the machine does meets all of them alike. Nothing is
cached by a proxy; compression, which nginx does in production, is left out of the time.

Without DATA_DIR a data folder is made for the run. Nothing here is asserted; what a page may weigh and
ask of the database is asserted in `tests/marketplace/web/test_weights.py`.
"""

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def say(line: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Prepare a site if there is none, and measure it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("pages", nargs="*", help="names of the table; all by default")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.dev")
    # Similar listings come from words alone: the sentence model is a process of its own.
    os.environ["SEARCH_VECTORS"] = "0"
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        if not os.environ.get("DATA_DIR"):
            os.environ["DATA_DIR"] = folder
        command = [sys.executable, "manage.py", "bootstrap"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

        # Settings are read at import, so the folder must be known before.
        from tests.benchmarks.pages.measure import BARE, measured

        table = measured(options.rounds, options.pages)
    bare = table[BARE].milliseconds
    say("| page | ms | ratio | wanted | SQL | wanted | HTML kB | wanted | gzip kB | wanted |")
    say("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, page in table.items():
        cells = [
            f"{page.milliseconds:.1f}",
            f"{page.milliseconds / bare:.2f}",
            f"≤ {page.wanted:g}" if page.wanted else "",
            str(page.queries),
            "≤ 6" if page.is_public else "",
            f"{len(page.body) / 1000:.1f}",
            "≤ 60" if page.wanted else "",
            f"{len(gzip.compress(page.body, 6)) / 1000:.1f}",
            "≤ 15" if page.wanted else "",
        ]
        say(f"| {name} | {' | '.join(cells)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
