"""A draft for all tests of contracts."""

import pytest

from marketplace.deals.models import Contract
from tests.cast import Cast
from tests.factories.deals import make_contract


@pytest.fixture
def draft(cast: Cast) -> Contract:
    """A draft that the enterprise keeps as the seller; the buyer is the university."""
    return make_contract(cast.enterprise, cast.approver, cast.university)
