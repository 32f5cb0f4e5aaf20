"""One world for all tests of this folder: made once, in a transaction that is rolled back."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.world import World, living


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The cast, their sessions, and one object of each kind in each state."""
    with django_db_blocker.unblock(), living() as made:
        # What was built stays: looking through it again and again took a tenth of the walk.
        gc.collect()
        gc.freeze()
        yield made
        gc.unfreeze()
