"""Pages that lead a newcomer through the code name what is there."""

import importlib
import re
from functools import reduce
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-a-need-becomes-a-match.md"
NAMES = re.findall(r"`((?:marketplace|search|cms)(?:\.\w+)+)`", PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_each_name_is_there(name: str) -> None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        assert reduce(getattr, parts[length:], module)
        return
    pytest.fail(f"no module of {name}")


def test_the_page_names_functions() -> None:
    assert len(NAMES) > 15
