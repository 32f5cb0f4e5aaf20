"""A real process that carries an import out is really killed: nothing is half done, and no row is written twice.

`tests/consistency/test_register.py` does the same with 20,001 rows.
"""

from pathlib import Path

from tests.marketplace.registration.killing import killed_and_resumed


def test_2001_rows_with_every_fifth_bad(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, 2_001, steps=3)
