"""An index in a folder of its own, so that no test finds another's listings."""

import pytest

from search import analysis


@pytest.fixture(autouse=True, scope="session")
def _segmenter() -> None:
    """Half a second once, and not within a timed example."""
    analysis.warm_up()
