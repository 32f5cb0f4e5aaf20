"""The registry of the kinds of listing."""

import pytest

from marketplace.achievements.kind import KIND as ACHIEVEMENTS
from marketplace.listings.kind import kind_named, kinds
from marketplace.needs.kind import KIND as NEEDS


def test_every_kind_is_known_by_its_name_and_by_the_prefix_of_its_codes() -> None:
    assert {kind.name: kind.prefix for kind in kinds()} == {
        "achievements": "CG",
        "needs": "XQ",
        "offerings": "FW",
    }
    assert kind_named("achievements") is ACHIEVEMENTS
    assert kind_named("needs") is NEEDS


def test_a_name_that_is_no_kind_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError):
        kind_named("organizations")
