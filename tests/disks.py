"""A disk that is soon full."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def small_disk(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A private folder on a disk of one megabyte; needs the right to mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small disk here")
    settings.PRIVATE_FILES_DIR = folder
    yield folder
    # Lazily: a failed test may still hold a file of it.
    subprocess.run(["umount", "-l", str(folder)], check=True)
