"""Whatever a running site lays down in DATA_DIR stands in the table of what to back up."""

import re
from pathlib import Path

import pytest

from tests.journeys.conftest import Site
from tests.started import ROOT

pytestmark = pytest.mark.journey


def documented() -> set[str]:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = text.split("| in `DATA_DIR` |")[1].split("\n\n")[0]
    firsts = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for first in firsts for name in re.findall(r"`([^`]+)`", first)}


def laid_down(folder: Path) -> set[str]:
    """The names without the endings that the schedule has here; the log is the suite's own."""
    names = {path.name for path in folder.iterdir()} - {"run.log"}
    return {"beat-schedule" if name.startswith("beat-schedule.") else name for name in names}


def test_nothing_in_the_data_folder_is_forgotten_by_the_docs(site: Site) -> None:
    found = laid_down(site.data)
    # With servers, database and index are theirs.
    assert {"stamps", "static"} <= found
    assert found - documented() == set()
