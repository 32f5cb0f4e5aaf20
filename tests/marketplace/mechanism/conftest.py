"""A store and a key of receipts of their own for each test."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> Path:
    """The folder of the store."""
    settings.BID_STORE_DIR = tmp_path / "bids"
    settings.BID_RECEIPT_KEY_FILE = tmp_path / "receipts.pem"
    return tmp_path / "bids"
