"""Each test starts and ends with an empty cache: what a test wrote is rolled back."""

import pytest

from marketplace.taxonomy import queries
from tests.factories.taxonomy import make_scheme, make_term


@pytest.fixture(autouse=True)
def _cold_cache():
    queries.forget()
    queries.forget_calendar()
    yield
    queries.forget()
    queries.forget_calendar()


@pytest.fixture
def colours(db):
    """Red (with red.dark, red.light), green, and blue retired at the start of 2024."""
    from datetime import date

    scheme = make_scheme()
    make_term(scheme, "red", "红", label_en="Red")
    make_term(scheme, "red.dark", "深红", label_en="Dark red")
    make_term(scheme, "red.light", "浅红")
    make_term(scheme, "green", "绿", label_en="Green")
    make_term(scheme, "blue", "蓝", label_en="Blue", valid_to=date(2024, 1, 1))
    return scheme
