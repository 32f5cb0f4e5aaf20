"""20,001 rows of the official register, every fifth bad, with the importing process killed in the middle."""

from pathlib import Path

import pytest

from tests.marketplace.registration.killing import killed_and_resumed

pytestmark = [pytest.mark.kill, pytest.mark.long]


def test_20001_rows_with_every_fifth_bad(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, 20_001, steps=17)
