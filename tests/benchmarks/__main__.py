"""`make bench-search`: quality on match-dev and speed against the bare engine, as tables in Markdown.

Nothing here is asserted: the numbers belong to the machine they were measured on. The first run
embeds 5,239 documents (ten to twenty minutes); they are kept under DATA_DIR.
"""

import argparse
import os
import sys
from pathlib import Path

import django


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="5000,20000,100000", help="documents, comma between")
    parser.add_argument("--only", choices=["quality", "speed"])
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.test")
    django.setup()

    from django.conf import settings

    from tests.benchmarks import quality, speed

    shared = os.environ.get("SHARED_DIR") or Path(__file__).parents[2].parent / "shared"
    folder = Path(shared) / "match-dev"
    if not folder.is_dir():
        sys.stderr.write(
            f"{folder} is missing; set SHARED_DIR to the folder that holds match-dev\n"
        )
        return 1
    # The test settings switch the sentence model off.
    settings.SEARCH_VECTORS = True
    if options.only != "speed":
        quality.measure(folder)
    if options.only != "quality":
        speed.measure(folder, [int(size) for size in options.sizes.split(",")])
    return 0


if __name__ == "__main__":
    sys.exit(main())
