"""Every row of the access matrix, every state, every role: the exact status, and no side effect.

Roles that stand alike to an object are asked in full once; of the others a sample, and all of them in `make proofs`.
"""

import pytest

from tests.access.matrix import load
from tests.access.walk import faults
from tests.access.world import World

pytestmark = pytest.mark.django_db
MATRIX = load()


@pytest.mark.parametrize("rule", MATRIX.rules, ids=lambda rule: rule.label)
def test_the_product_answers_as_the_matrix_says(world: World, rule: object) -> None:
    assert faults(world, rule) == []
