"""An own index for each test, and pages as an editor makes them."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, own_index: Path) -> None:
    settings.MEDIA_ROOT = own_index / "media"


@pytest.fixture
def samples(db: None) -> int:
    """The sample pages; how many there are."""
    from cms import samples

    return samples.load()
