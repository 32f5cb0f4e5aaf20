"""The validator of the standard, which is read from the shared data and not part of the product."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def faults() -> Callable[[Any], list[Any]]:
    """Errors and warnings of a package by `validate_ocds.py --strict`, whose schemas need no network."""
    place = Path(os.environ.get("SHARED_DIR", "")) / "ocds/validate_ocds.py"
    if not os.environ.get("SHARED_DIR") or not place.exists():
        pytest.skip(
            "SHARED_DIR/ocds is missing: the schema of open data is not part of the project"
        )
    spec = importlib.util.spec_from_file_location("validate_ocds", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    validate: Callable[[Any], list[Any]] = module.validate
    return validate
