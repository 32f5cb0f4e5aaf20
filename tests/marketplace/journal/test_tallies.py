"""Counters that every process adds to."""

import pytest

from marketplace.journal import tallies

pytestmark = pytest.mark.django_db


def test_counts_from_nothing():
    assert tallies.total("tests.odd") == 0
    tallies.count("tests.odd")
    tallies.count("tests.odd", 4)
    tallies.count("tests.other")
    assert (tallies.total("tests.odd"), tallies.total("tests.other")) == (5, 1)
