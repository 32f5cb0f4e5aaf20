"""Two kinds of notice, and two people."""

import pytest

from marketplace.notices import kinds
from tests.factories.notices import make_reader


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("tests.returned", "需求被退回")
    kinds.register("tests.matched", "新的匹配", mail_default=False)


@pytest.fixture
def reader(db):
    return make_reader()


@pytest.fixture
def other(db):
    return make_reader("other@example.com")
