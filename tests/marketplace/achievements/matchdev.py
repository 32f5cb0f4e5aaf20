"""The development records of the matching benchmark as a spreadsheet of the template's columns.

`python -m tests.marketplace.achievements.matchdev DIR OUT.xlsx` writes the file for trying by hand.
"""

import gzip
import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from marketplace.sheets.writers import Column, write_xlsx

HEADS = ("成果名称", "技术方案", "关键词", "学科")


def shared_dir() -> Path:
    """Where the shared data lies: SHARED_DIR, or beside the checkout."""
    return Path(os.environ.get("SHARED_DIR", Path(__file__).parents[4] / "shared"))


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """The records: title (may be None), abstract, keywords, discipline."""
    with gzip.open(folder / "achievements_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def to_xlsx(folder: Path, most: int | None = None) -> bytes:
    """All records, or so many of the first, as XLSX."""
    rows = (
        [r["title"], r["abstract"], "；".join(r["keywords"] or []), r["discipline"]]
        for r in islice(records(folder), most)
    )
    with write_xlsx("成果", [Column(head) for head in HEADS], rows) as file:
        return file.read()


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(to_xlsx(Path(sys.argv[1])))
