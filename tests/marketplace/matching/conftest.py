"""An index in a folder of its own, so that no test finds another's listings."""

import pytest
from hypothesis import settings as hypothesis_settings

from search import analysis

# The machine may be busy; how long an example takes says nothing here.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def _segmenter() -> None:
    """Half a second once, and not within a timed example."""
    analysis.warm_up()
